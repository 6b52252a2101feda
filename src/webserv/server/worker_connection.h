// A connection as its worker has it.
#pragma once

#include <cstdint>
#include <memory>

#include "webserv/io/fd.h"
#include "webserv/io/stream.h"
#include "webserv/io/task.h"
#include "webserv/server/connection.h"
#include "webserv/server/session.h"

namespace webserv {

class WorkerConnection;

// Its worker.
class ConnectionOwner {
 public:
  // It is over. Destroys it.
  virtual void remove(WorkerConnection& connection) = 0;

 protected:
  ~ConnectionOwner() = default;
};

class WorkerConnection final : public Connection {
 public:
  // What it counts as.
  enum class Kind : uint8_t {
    served,
    turned_away,  // the client has too many: it is told so, and that is all
  };

  WorkerConnection(ConnectionOwner& owner, WorkerContext& worker, Fd socket, const Peer& peer,
                   const ListenerInfo& listener, Kind kind);

  // Begins the prologue of its listener and then the protocol, once.
  void start();
  // Nobody gets anything more of it.
  void cut() { stream().fail(Error::operation_canceled); }
  void drain();

  // Since when nothing was asked of it; Clock::time_point::max() where something is.
  Clock::time_point idle_since() const;
  // Ends it, unless something has come meanwhile. Whether it ends.
  bool close_idle();

  Kind kind() const { return kind_; }
  // Its place in the list of its worker.
  uint32_t slot() const { return slot_; }
  void move_to(uint32_t slot) { slot_ = slot; }

 private:
  void run() override { owner_.remove(*this); }
  Task<> run_prologue();
  Task<> serve();

  ConnectionOwner& owner_;
  uint32_t slot_ = 0;
  const Kind kind_;
  SocketStream socket_;
  std::unique_ptr<Session> session_;  // null as long as the prologue goes on
  Task<> task_;
};

}  // namespace webserv
