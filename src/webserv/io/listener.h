// A listening socket: one that was handed over, or one that we open ourselves.
#pragma once

#include <string>

#include "webserv/base/result.h"
#include "webserv/io/address.h"
#include "webserv/io/fd.h"

namespace webserv {

// Connections that may wait to be accepted; the kernel caps it at net.core.somaxconn.
constexpr int listen_backlog = 4096;

// A resource: ends its socket. A socket that was handed over is never shut down, and its path never unlinked: whoever
// made it keeps it open for our successor.
class Listener {
 public:
  // Takes over a listening stream socket; sets what the server needs of it (O_NONBLOCK, TCP_NODELAY, which accepted
  // sockets inherit).
  static Listener adopt(Fd socket, std::string name);

  // Binds and listens. A unix socket whose owner is gone is replaced, and removed when the listener ends.
  static Result<Listener> open(const Address& address, std::string name);

  Listener(Listener&& other) noexcept;
  Listener& operator=(Listener&&) = delete;
  ~Listener();

  int fd() const { return socket_.get(); }
  const std::string& name() const { return name_; }
  // Whether we opened it, so that its backlog is lost when it ends.
  bool is_ours() const { return ours_; }
  // The address it is bound to, with the port that the kernel chose where it was 0.
  std::string address() const;

 private:
  Listener(Fd socket, std::string name, bool ours);

  Fd socket_;
  std::string name_;
  bool ours_;
  std::string path_;  // of a unix socket that is ours to remove
};

}  // namespace webserv
