#include "webserv/server/worker.h"

#include <signal.h>
#include <sys/random.h>

#include <algorithm>
#include <utility>

#include "webserv/io/slices.h"

namespace webserv {

namespace {

// Below this much a worker keeps what it accepts: moving a connection costs more than a small difference.
constexpr uint32_t fair_difference = 8;

// For handlers to end by themselves after their connection was cut.
constexpr Clock::duration last_moment = std::chrono::seconds(1);

}  // namespace

class Worker::Connection final : public Deferred {
 public:
  Connection(Worker& worker, Fd socket, const Peer& peer, const Entrance& entrance, size_t slot)
      : worker_(worker),
        peer_(peer),
        slot_(static_cast<uint32_t>(slot)),
        stream_(worker.loop_, std::move(socket)),
        http_(stream_, peer_, entrance, worker.context_, *this),
        task_(http_.serve()) {}

  void start(bool overloaded) {
    counted_ = !overloaded;
    if (overloaded) http_.refuse_all();
    task_.start();
  }
  void drain() { http_.drain(); }
  void cut() { stream_.fail(Error::operation_canceled); }
  void run() override { worker_.remove(*this); }

  const Peer& peer() const { return peer_; }
  bool counted() const { return counted_; }
  uint32_t slot() const { return slot_; }
  void move_to(uint32_t slot) { slot_ = slot; }

 private:
  Worker& worker_;
  const Peer peer_;
  uint32_t slot_;
  bool counted_ = false;
  SocketStream stream_;
  H1Connection http_;
  Task<> task_;
};

Worker::Worker(unsigned index, Crew& crew, const std::vector<Door>& doors,
               std::shared_ptr<const Application> application, Clock& clock, LineSink& sink, AccessFormat format)
    : crew_(crew), loop_(clock), context_(loop_, index, std::move(application), sink, format), drain_end_(*this) {
  if (getrandom(&context_.request_ids.base, sizeof context_.request_ids.base, GRND_NONBLOCK) < 0) {
    context_.request_ids.base = static_cast<uint64_t>(clock.unix_seconds()) << 16 | index;
  }
  for (const Door& door : doors) acceptors_.push_back(std::make_unique<Acceptor>(*this, door));
}

Worker::~Worker() { join(); }

void Worker::start() {
  for (auto& acceptor : acceptors_) acceptor->start();
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
  connections_.clear();
  context_.access.flush();
  context_.exchanges.drop_free();
  FramePool::release();
}

void Worker::join() {
  if (thread_.joinable()) thread_.join();
}

bool Worker::may_accept() const {
  return crew_.connections.load(std::memory_order_relaxed) < context_.application->limits.connections;
}

// An inherited socket alone lets the worker that sleeps least take most.
Worker& Worker::emptiest() {
  Worker* best = this;
  for (auto& other : crew_.workers) {
    if (other->load() < best->load()) best = other.get();
  }
  uint32_t least = best->load();
  return load() > least + fair_difference + least / 8 ? *best : *this;
}

// Before the doors that go are closed, those that come are open: they may have the same port.
void Worker::listen(const std::vector<Door>& doors) {
  if (context_.draining) {
    for (const Door& door : doors) door.listener.shut();
    return;
  }
  std::vector<std::unique_ptr<Acceptor>> former = std::exchange(acceptors_, {});
  for (const Door& door : doors) {
    auto same = std::ranges::find_if(former, [&](const std::unique_ptr<Acceptor>& each) {
      return each != nullptr && each->listener().shares_socket(door.listener);
    });
    if (same != former.end()) {
      (*same)->rename(*door.entrance);
      acceptors_.push_back(std::move(*same));
    } else {
      acceptors_.push_back(std::make_unique<Acceptor>(*this, door));
      acceptors_.back()->resume();
    }
  }
  for (const std::unique_ptr<Acceptor>& each : former) {
    if (each != nullptr) each->stop();
  }
}

void Worker::accepted(Fd socket, const Peer& peer, const Entrance& entrance) {
  crew_.connections.fetch_add(1, std::memory_order_relaxed);
  Worker& target = emptiest();
  target.load_.fetch_add(1, std::memory_order_relaxed);
  if (&target == this) return adopt(std::move(socket), peer, entrance);
  try {
    target.loop_.post([&target, socket = std::move(socket), peer, &entrance]() mutable {
      target.adopt(std::move(socket), peer, entrance);
    });
  } catch (...) {
    // Out of memory, most likely: this connection ends, the others go on.
    target.discount();
  }
}

// Takes back what accepted() counted.
void Worker::discount() {
  crew_.connections.fetch_sub(1, std::memory_order_relaxed);
  load_.fetch_sub(1, std::memory_order_relaxed);
}

void Worker::adopt(Fd socket, const Peer& peer, const Entrance& entrance) {
  const size_t slot = connections_.size();
  bool welcome = false;
  try {
    connections_.push_back(std::make_unique<Connection>(*this, std::move(socket), peer, entrance, slot));
    welcome = crew_.clients.enter(peer, context_.application->limits.connections_per_client);
    connections_.back()->start(!welcome);
  } catch (...) {
    // Out of memory, most likely: this connection ends, the others go on.
    if (welcome) crew_.clients.leave(peer);
    connections_.resize(slot);
    discount();
    end_if_drained();
  }
}

void Worker::remove(Connection& connection) {
  if (connection.counted()) crew_.clients.leave(connection.peer());
  uint32_t slot = connection.slot();
  connections_.back()->move_to(slot);
  std::swap(connections_[slot], connections_.back());
  connections_.pop_back();
  discount();
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
  if (crew_.accepting.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    for (auto& acceptor : acceptors_) acceptor->listener().shut();
    for (auto& worker : crew_.workers) worker->loop_.post([each = worker.get()] { each->end_if_drained(); });
  }
}

void Worker::end_if_drained() {
  if (!context_.draining || crew_.accepting.load(std::memory_order_acquire) != 0) return;
  if (load_.load(std::memory_order_acquire) == 0) loop_.stop();
}

void Worker::cut_all() {
  // What still runs a while after it was cut waits for something else than its client.
  if (std::exchange(cut_, true)) return loop_.stop();
  drain_end_.expires_at(loop_.now() + last_moment);
  // A connection that is cut takes itself out only at the end of the turn: the list stays as it is meanwhile.
  for (auto& connection : connections_) connection->cut();
}

}  // namespace webserv
