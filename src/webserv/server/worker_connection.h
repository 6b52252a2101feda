// A connection as its worker has it.
#pragma once

#include <cstdint>
#include <memory>

#include "webserv/io/fd.h"
#include "webserv/io/stream.h"
#include "webserv/io/task.h"
#include "webserv/server/connection.h"
#include "webserv/server/session.h"

namespace webserv::detail {

class WorkerConnection final : public Connection, public Pooled {
 public:
  // What it counts as.
  enum class Kind : uint8_t {
    served,
    turned_away,  // the client has too many: it is told so, and that is all
  };

  WorkerConnection(WorkerContext& worker, Fd socket, const Peer& peer, const ListenerInfo& listener, Kind kind);

  // Begins the prologue of its listener and then the protocol, once.
  void start();
  // Nobody gets anything more of it.
  void cut() { stream().fail(Error::operation_canceled); }
  void drain();

  // Since when nothing was asked of it; Clock::time_point::max() where something is.
  Clock::time_point idle_since() const;
  // Ends it, unless something has come meanwhile. Whether it ends.
  bool close_idle();

  Kind kind() const { return turned_away_ != 0 ? Kind::turned_away : Kind::served; }
  // Its place in the list of its worker.
  uint32_t slot() const { return slot_; }
  void move_to(uint32_t slot) { slot_ = slot & 0x7fffffff; }

 private:
  void run() override;
  Task<> run_prologue();
  Task<> serve();

  // There are many of them: each byte counts.
  uint32_t slot_ : 31 = 0;
  const uint32_t turned_away_ : 1;
  SocketStream socket_;
  std::unique_ptr<Session> session_;  // null as long as the prologue goes on
  Task<> task_;
};

}  // namespace webserv::detail
