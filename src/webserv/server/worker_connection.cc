#include "webserv/server/worker_connection.h"

#include <optional>
#include <utility>

#include "webserv/server/exceptions.h"
#include "webserv/server/h1/h1_connection.h"
#include "webserv/server/worker_context.h"

namespace webserv::detail {

WorkerConnection::WorkerConnection(WorkerContext& worker, Fd socket, const Peer& peer, const ListenerInfo& listener,
                                   Kind kind)
    : Connection(worker, socket_, peer, listener, kind == Kind::of_proxy ? Maker::proxy : Maker::client, own_of(kind)),
      socket_(worker.loop, std::move(socket)),
      task_(listener.prologue ? run_prologue() : serve()) {}

// The first protocol of a connection is HTTP/1: the place where others will be chosen.
Task<> WorkerConnection::serve() {
  session_ = std::make_unique<H1Connection>(*this);
  if (kind() == Kind::turned_away) session_->turn_away();
  return session_->serve();
}

Task<> WorkerConnection::run_prologue() {
  std::optional<Task<>> session;
  try {
    const bool goes_on = co_await listener().prologue(*this);
    if (goes_on) session.emplace(serve());
  } catch (...) {
    log_exception(worker().events, "what precedes the protocol of a connection has failed", *this);
  }
  if (session) {
    Task<>& whole = *session;
    co_await whole;
    co_return;
  }
  stream().close();
  worker().loop.defer(*this);
}

bool WorkerConnection::name_client(const Peer& client) { return worker().owner->name_client(*this, client); }

void WorkerConnection::run() { worker().owner->remove(*this); }

void WorkerConnection::start() { task_.start(); }

void WorkerConnection::drain() {
  if (session_) session_->drain();
}

Clock::time_point WorkerConnection::idle_since() const {
  return session_ ? session_->idle_since() : Clock::time_point::max();
}

bool WorkerConnection::close_idle() {
  if (idle_since() == Clock::time_point::max() || stream().unread() > 0) return false;
  cut();
  return true;
}

}  // namespace webserv::detail
