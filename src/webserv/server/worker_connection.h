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
    of_proxy,     // counts for no client: a proxy has those of many
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

  Kind kind() const { return static_cast<Kind>(own() >> slot_bits); }
  // Its place in the list of its worker.
  uint32_t slot() const { return own() & most_slots; }
  void move_to(uint32_t slot) { set_own((own() & ~most_slots) | (slot & most_slots)); }

  bool name_client(const Peer& client) override;
  // Before the protocol begins: it is this client's, and counts as that.
  void become(const Peer& client, Kind kind) {
    set_peer(client);
    set_own(own_of(kind) | slot());
  }

 private:
  void run() override;
  Task<> run_prologue();
  Task<> serve();

  static constexpr unsigned slot_bits = own_bits - 2;
  static constexpr uint32_t most_slots = (1u << slot_bits) - 1;
  static uint32_t own_of(Kind kind) { return static_cast<uint32_t>(kind) << slot_bits; }

  SocketStream socket_;
  std::unique_ptr<Session> session_;  // null as long as the prologue goes on
  Task<> task_;
};

}  // namespace webserv::detail
