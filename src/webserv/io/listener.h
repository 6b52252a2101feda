// A listening socket: one that was handed over, or one that we open ourselves.
#pragma once

#include <sys/stat.h>

#include <memory>
#include <mutex>
#include <span>
#include <string>

#include "webserv/base/result.h"
#include "webserv/io/address.h"
#include "webserv/io/fd.h"

namespace webserv {

// Connections that may wait to be accepted; the kernel caps it at net.core.somaxconn.
constexpr int listen_backlog = 4096;

// All workers wait at the same socket, so copies share it, and it ends with the last of them. A socket that was handed
// over is never shut down, and its path never unlinked: whoever made it keeps it open for our successor.
class Listener {
 public:
  // Takes over a listening stream socket; sets what the server needs of it (O_NONBLOCK, TCP_NODELAY, which accepted
  // sockets inherit).
  static Listener adopt(Fd socket, std::string name);

  // Binds and listens. A unix socket whose owner is gone is replaced, and removed when the listener ends. `beside` are
  // sockets of ours that will end: what they listen at may overlap the address, as 127.0.0.1:80 does *:80.
  static Result<Listener> open(const Address& address, std::string name, std::span<const Listener> beside = {});

  // The same socket under another name.
  Listener renamed(std::string name) const;

  int fd() const { return socket_->fd.get(); }
  const std::string& name() const { return name_; }
  // Whether we opened it, so that its backlog is lost when it ends.
  bool is_ours() const { return socket_->ours; }
  bool shares_socket(const Listener& other) const { return socket_ == other.socket_; }
  // From any thread, when nobody accepts any more. Where it is ours, clients are refused at once from now on, and its
  // address is free for others.
  void shut() const;
  // The address it is bound to, with the port that the kernel chose where it was 0.
  std::string address() const;

 private:
  struct Socket {
    Socket(Fd fd_, bool ours_) : fd(std::move(fd_)), ours(ours_) {}
    Socket(const Socket&) = delete;
    ~Socket();

    void unlink();

    Fd fd;
    const bool ours;
    std::string path;     // of a unix socket that is ours to remove,
    struct stat file {};  // as long as this is what lies there
    std::once_flag unlinked;
  };

  Listener(Fd fd, std::string name, bool ours);

  std::shared_ptr<Socket> socket_;
  std::string name_;
};

}  // namespace webserv
