#include "webserv/server/worker.h"

#include <signal.h>
#include <sys/random.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <string>
#include <system_error>
#include <utility>

#include "webserv/io/slices.h"

namespace webserv::detail {

namespace {

// Below this much a worker keeps what it accepts: moving a connection costs more than a small difference.
constexpr uint32_t fair_difference = 8;

// For handlers to end by themselves after their connection was cut.
constexpr Clock::duration last_moment = std::chrono::seconds(1);

// Near `limits.connections`, where a sixteenth or less is left, connections that idle make room for others: the workers
// together close a thirty-second of the limit at a time, each of them some of those that it looks at.
constexpr uint64_t near_limit = 16;
constexpr uint64_t closed_at_a_time = 32;
constexpr size_t most_closed = 64;
constexpr size_t most_looked_at = 16'384;
// A connection that has just come is about to say something.
constexpr Clock::duration least_idle = std::chrono::milliseconds(100);

void reset(const Fd& socket) {
  const linger now{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

}  // namespace

Worker::Worker(unsigned index, WorkerGroup& group, std::shared_ptr<const Application> application, Clock& clock,
               const ServerLog& log)
    : group_(group), loop_(clock), context_(loop_, index, std::move(application), log), drain_end_(*this) {
  context_.owner = this;
  if (getrandom(&context_.request_ids.base, sizeof context_.request_ids.base, GRND_NONBLOCK) < 0) {
    context_.request_ids.base = static_cast<uint64_t>(clock.unix_seconds()) << 16 | index;
  }
}

Worker::~Worker() { join(); }

void Worker::start() {
  for (auto& acceptor : acceptors_) acceptor->start();
  runs_ = true;
  thread_ = std::thread([this] { run(); });
}

void Worker::run() {
  // To write to a program that has closed its input is no reason to die.
  sigset_t broken_pipe;
  sigemptyset(&broken_pipe);
  sigaddset(&broken_pipe, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
  ask_for_short_slices();
  loop_.run();
  ended_.store(true, std::memory_order_release);
  connections_.clear();
  context_.request_log.flush();
  context_.release();
  FramePool::release();
}

void Worker::join() {
  if (thread_.joinable()) thread_.join();
}

void Worker::ask() {
  auto answer = std::make_unique<Posted>([this] { asked_.store(false, std::memory_order_release); });
  if (!asked_.exchange(true, std::memory_order_acq_rel)) loop_.post(std::move(answer));
}

bool Worker::may_accept() {
  const uint64_t limit = context_.application->limits.connections;
  const uint64_t connections = group_.connections.load(std::memory_order_relaxed);
  if (connections + limit / near_limit >= limit) make_room();
  return connections < limit;
}

// Asks all workers to close connections that idle, unless they are at it.
void Worker::make_room() {
  unsigned nobody = 0;
  const auto workers = static_cast<unsigned>(group_.workers.size());
  if (!group_.closing_idle.compare_exchange_strong(nobody, workers)) return;
  const uint64_t share = context_.application->limits.connections / closed_at_a_time / workers;
  const size_t most = std::clamp<size_t>(share, 1, most_closed);
  for (auto& each : group_.workers) {
    try {
      each->loop_.post([worker = each.get(), most] {
        worker->close_idle(most);
        worker->group_.closing_idle.fetch_sub(1);
      });
    } catch (...) {  // out of memory, most likely
      group_.closing_idle.fetch_sub(1);
    }
  }
}

// Closes up to `most` connections: of those that it looks at, the ones that have idled longest.
void Worker::close_idle(size_t most) {
  struct Idle {
    Clock::time_point since;
    WorkerConnection* connection;
    bool operator<(const Idle& other) const { return since < other.since; }
  };
  std::array<Idle, most_closed> heap;  // of those found so far, the one that has idled least in front
  size_t found = 0;
  const size_t looks = std::min(connections_.size(), most_looked_at);
  for (size_t i = 0; i < looks; ++i, ++looked_at_) {
    if (looked_at_ >= connections_.size()) looked_at_ = 0;
    WorkerConnection& connection = *connections_[looked_at_];
    const Idle idle{connection.idle_since(), &connection};
    if (idle.since > loop_.now() - least_idle) continue;
    if (found == most) {
      if (!(idle < heap.front())) continue;
      std::pop_heap(heap.begin(), heap.begin() + static_cast<std::ptrdiff_t>(found--));
    }
    heap[found++] = idle;
    std::push_heap(heap.begin(), heap.begin() + static_cast<std::ptrdiff_t>(found));
  }
  // They take themselves out only at the end of the turn: the list stays as it is meanwhile.
  for (size_t i = 0; i < found; ++i) heap[i].connection->close_idle();
}

// An inherited socket alone lets the worker that sleeps least take most.
Worker& Worker::emptiest() {
  Worker* best = this;
  for (auto& other : group_.workers) {
    if (other->load() < best->load()) best = other.get();
  }
  uint32_t least = best->load();
  return load() > least + fair_difference + least / 8 ? *best : *this;
}

Acceptors Worker::acceptors_for(const std::vector<ActiveListener>& listeners) {
  Acceptors acceptors;
  AcceptedSink& sink = *this;
  for (const ActiveListener& each : listeners) acceptors.push_back(std::make_unique<Acceptor>(loop_, sink, each));
  return acceptors;
}

// Before the listeners that go are closed, those that come are open: they may have the same port. Needs no memory.
void Worker::listen(Acceptors next) {
  if (context_.draining) {
    // Those that share a socket with one of before may still be accepted at by a worker that drains later, which comes
    // here, too.
    if (group_.accepting != 0) return;
    for (auto& each : next) each->listener().shut();
    return;
  }
  Acceptors former = std::exchange(acceptors_, std::move(next));
  for (auto& each : acceptors_) {
    auto same = std::ranges::find_if(former, [&](const std::unique_ptr<Acceptor>& other) {
      return other != nullptr && other->listener().shares_socket(each->listener());
    });
    if (same != former.end()) {
      (*same)->rename(each->info());
      each = std::move(*same);
    } else if (runs_) {
      each->resume();
    }
  }
  for (auto& each : former) {
    if (each != nullptr) each->stop();
  }
}

// Where memory is out this connection ends, and the others go on.
void Worker::accepted(Fd socket, const Peer& peer, const ListenerInfo& listener) {
  auto kind = WorkerConnection::Kind::served;
  try {
    if (context_.application->trusts(listener.name, peer)) {
      kind = WorkerConnection::Kind::of_proxy;
    } else if (!enter(peer)) {
      return turn_away(std::move(socket), peer, listener);
    }
  } catch (...) {
    return;
  }
  group_.connections.fetch_add(1, std::memory_order_relaxed);
  Worker& target = emptiest();
  target.load_.fetch_add(1, std::memory_order_relaxed);
  if (&target == this) return adopt(std::move(socket), peer, listener, kind);
  try {
    target.loop_.post([&target, socket = std::move(socket), peer, &listener, kind]() mutable {
      target.adopt(std::move(socket), peer, listener, kind);
    });
  } catch (...) {
    target.discount(peer, kind);
  }
}

// A client that has too many connections keeps none of the places that others need.
void Worker::turn_away(Fd socket, const Peer& peer, const ListenerInfo& listener) {
  tell_of_proxy(peer, listener);
  if (!may_be_told()) return reset(socket);
  load_.fetch_add(1, std::memory_order_relaxed);
  adopt(std::move(socket), peer, listener, WorkerConnection::Kind::turned_away);
}

// Whether one more client that has too many may be told so; then it is counted.
bool Worker::may_be_told() {
  const uint64_t most = std::min(most_turned_away, context_.application->limits.connections / turned_away_share + 1);
  if (group_.turned_away.fetch_add(1, std::memory_order_relaxed) < most) return true;
  group_.turned_away.fetch_sub(1, std::memory_order_relaxed);
  return false;
}

bool Worker::enter(const Peer& client) {
  return group_.clients.enter(client, context_.application->limits.connections_per_client);
}

// What was counted for nobody so far counts for its client, as if it had connected itself.
bool Worker::name_client(WorkerConnection& connection, const Peer& client) {
  auto kind = WorkerConnection::Kind::served;
  if (context_.application->trusts(connection.listener().name, client)) {
    kind = WorkerConnection::Kind::of_proxy;
  } else if (!enter(client)) {
    if (!may_be_told()) return false;
    group_.connections.fetch_sub(1, std::memory_order_relaxed);
    kind = WorkerConnection::Kind::turned_away;
  }
  connection.become(client, kind);
  return true;
}

// A client on this machine that says for whom it asks, and has many connections.
void Worker::tell_of_proxy(const Peer& peer, const ListenerInfo& listener) const {
  if (group_.log == nullptr || !peer.is_local() || !listener.has_untrusted_proxy.load(std::memory_order_relaxed) ||
      listener.told_of_proxy.exchange(true, std::memory_order_relaxed)) {
    return;
  }
  try {
    std::array<char, 46> text;
    const std::string_view address = peer.text(text);
    group_.log->event(Level::warning, "proxy_not_trusted",
                      "a client on this machine has too many connections and says whom it asks for: if it is a proxy, "
                      "name it in `trusted_proxies` of its listener",
                      {{"listener", listener.name}, {"remote_addr", address}});
  } catch (...) {  // there is no memory to tell it with
  }
}

void Worker::cannot_accept(const ListenerInfo& listener, std::string_view why, Error error) {
  if (group_.log == nullptr) return;
  try {
    const std::string reason = std::make_error_code(error).message();
    group_.log->event(Level::warning, "accept_paused", why, {{"listener", listener.name}, {"error", reason}});
  } catch (...) {  // there is no memory to tell it with
  }
}

// Takes back what was counted for a connection.
void Worker::discount(const Peer& peer, WorkerConnection::Kind kind) {
  load_.fetch_sub(1, std::memory_order_relaxed);
  if (kind == WorkerConnection::Kind::turned_away) {
    group_.turned_away.fetch_sub(1, std::memory_order_relaxed);
  } else {
    group_.connections.fetch_sub(1, std::memory_order_relaxed);
    if (kind == WorkerConnection::Kind::served) leave(peer);
  }
}

// Where memory is out this connection ends, and the others go on.
void Worker::adopt(Fd socket, const Peer& peer, const ListenerInfo& listener, WorkerConnection::Kind kind) {
  const size_t slot = connections_.size();
  try {
    connections_.push_back(std::make_unique<WorkerConnection>(context_, std::move(socket), peer, listener, kind));
    connections_.back()->move_to(static_cast<uint32_t>(slot));
    connections_.back()->start();
  } catch (...) {
    connections_.resize(slot);
    discount(peer, kind);
    end_if_drained();
  }
}

void Worker::remove(WorkerConnection& connection) {
  discount(connection.peer(), connection.kind());
  uint32_t slot = connection.slot();
  connections_.back()->move_to(slot);
  std::swap(connections_[slot], connections_.back());
  connections_.pop_back();
  for (auto& acceptor : acceptors_) acceptor->resume();
  end_if_drained();
}

void Worker::drain() {
  loop_.post([this] { begin_drain(); });
}

void Worker::begin_drain() {
  if (context_.draining) return;
  context_.draining = true;
  for (auto& acceptor : acceptors_) acceptor->stop();
  for (auto& connection : connections_) connection->drain();
  drain_end_.expires_at(loop_.now() + context_.application->limits.drain);
  // Until all have stopped accepting, one of them may still give us a connection.
  if (group_.accepting.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    for (auto& acceptor : acceptors_) acceptor->listener().shut();
    for (auto& worker : group_.workers) worker->loop_.post(std::move(worker->none_accepts_));
  }
}

void Worker::end_if_drained() {
  if (!context_.draining || group_.accepting.load(std::memory_order_acquire) != 0) return;
  if (load_.load(std::memory_order_acquire) == 0) loop_.stop();
}

void Worker::cut_all() {
  // What still runs a while after it was cut waits for something else than its client.
  if (std::exchange(cut_, true)) return loop_.stop();
  drain_end_.expires_at(loop_.now() + last_moment);
  // A connection that is cut takes itself out only at the end of the turn: the list stays as it is meanwhile.
  for (auto& connection : connections_) connection->cut();
}

}  // namespace webserv::detail
