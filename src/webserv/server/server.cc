#include "webserv/server/server.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <iterator>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "webserv/server/application.h"
#include "webserv/server/proxy_prologue.h"
#include "webserv/server/worker.h"
#include "webserv/server/worker_group.h"

namespace webserv {

using namespace detail;

namespace {

std::vector<Listener> listen_at(const Address& address) {
  Result<Listener> listener = Listener::open(address, "http");
  if (!listener) throw std::system_error(std::make_error_code(listener.error()), "listen at " + address.to_string());
  std::vector<Listener> listeners;
  listeners.push_back(std::move(*listener));
  return listeners;
}

// What is known of the listeners, by their names and by what precedes their protocol; new ones are added.
std::vector<ActiveListener> activate(const std::vector<Listener>& listeners, const Application& application,
                                     WorkerGroup& group) {
  std::vector<ActiveListener> active;
  for (const Listener& listener : listeners) {
    const ListenerRules* rules = application.rules_of(listener.name());
    const bool has_prologue = rules != nullptr && rules->proxy_protocol;
    auto known = std::ranges::find_if(group.listeners, [&](const ListenerInfo& info) {
      return info.name == listener.name() && (info.prologue != nullptr) == has_prologue;
    });
    if (known == group.listeners.end()) {
      ListenerInfo& info = group.listeners.emplace_back();
      info.name = listener.name();
      if (has_prologue) info.prologue = read_proxy_prologue;
      known = std::prev(group.listeners.end());
    }
    active.push_back({listener, &*known});
  }
  return active;
}

std::shared_ptr<const Application> application_of(Handler handler, Limits limits) {
  return std::make_shared<const Application>(Application{std::move(handler), {}, limits, {}});
}

}  // namespace

unsigned default_workers() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<unsigned>(std::max(CPU_COUNT(&set), 1));
}

Server::Server(unsigned workers, const Address& address, Handler handler, Limits limits)
    : Server(workers, listen_at(address), std::move(handler), limits) {}

Server::Server(unsigned workers, std::vector<Listener> listeners, Handler handler, Limits limits)
    : Server(workers, std::move(listeners), application_of(std::move(handler), limits)) {}

Server::Server(unsigned workers, std::vector<Listener> listeners, std::shared_ptr<const Application> application,
               ServerLog log)
    : group_(std::make_unique<WorkerGroup>()), application_(std::move(application)), listeners_(std::move(listeners)) {
  group_->log = log.events;
  const std::vector<ActiveListener> active = activate(listeners_, *application_, *group_);
  unsigned count = workers == 0 ? default_workers() : workers;
  for (unsigned i = 0; i < count; ++i) {
    group_->workers.push_back(std::make_unique<Worker>(i, *group_, application_, clock_, log));
    group_->workers.back()->listen(group_->workers.back()->acceptors_for(active));
  }
  group_->accepting = count;
}

Server::~Server() {
  stop();
  wait();
}

void Server::run() {
  start();
  wait();
}

void Server::start() {
  if (std::exchange(started_, true)) {
    throw std::logic_error("a server that was started once does not start again: make another one");
  }
  for (auto& worker : group_->workers) worker->start();
}

void Server::drain() {
  // Before or after a change of the listeners, but alike for all workers.
  std::lock_guard lock(changing_);
  for (auto& worker : group_->workers) worker->drain();
}

void Server::stop() {
  for (auto& worker : group_->workers) worker->stop();
}

void Server::wait() {
  for (auto& worker : group_->workers) worker->join();
}

void Server::ask_workers() {
  for (auto& worker : group_->workers) worker->ask();
}

std::vector<unsigned> Server::silent_workers() const {
  std::vector<unsigned> silent;
  for (unsigned i = 0; i < group_->workers.size(); ++i) {
    if (group_->workers[i]->is_silent()) silent.push_back(i);
  }
  return silent;
}

// What each worker does, and what follows when all of them have done it.
struct Server::Round {
  std::vector<std::function<void(Worker&)>> jobs;
  Done done;
  std::atomic<size_t> left;
};

// A job for each worker, which holds the round, ready to be posted: from here on nothing can fail. Where they never
// are, as when the server ends first, the round ends with them.
struct Server::Change {
  std::shared_ptr<Round> round;
  std::vector<std::unique_ptr<Posted>> posted{};
};

std::shared_ptr<Server::Change> Server::prepare(std::vector<std::function<void(Worker&)>> jobs, Done done) {
  const size_t workers = group_->workers.size();
  auto round = std::make_shared<Round>(std::move(jobs), std::move(done), workers);
  auto change = std::make_shared<Change>(round);
  for (size_t i = 0; i < workers; ++i) {
    change->posted.push_back(std::make_unique<Posted>([round, i, worker = group_->workers[i].get()] {
      round->jobs[i](*worker);
      if (round->left.fetch_sub(1, std::memory_order_acq_rel) == 1 && round->done) round->done();
    }));
  }
  return change;
}

std::shared_ptr<Server::Change> Server::prepare(const std::function<void(Worker&)>& same, Done done) {
  return prepare(std::vector(group_->workers.size(), same), std::move(done));
}

void Server::begin(Change& change) noexcept {
  for (size_t i = 0; i < change.posted.size(); ++i) group_->workers[i]->loop().post(std::move(change.posted[i]));
}

std::shared_ptr<Server::Change> Server::prepare_replacement(const std::shared_ptr<const Application>& next, Done done) {
  return prepare([next](Worker& worker) { worker.replace(next); }, std::move(done));
}

std::shared_ptr<Server::Change> Server::prepare_listening(const std::vector<Listener>& listeners,
                                                          const Application& application, Done done) {
  const std::vector<ActiveListener> active = activate(listeners, application, *group_);
  std::vector<std::function<void(Worker&)>> jobs;
  for (auto& worker : group_->workers) {
    auto acceptors = std::make_shared<Acceptors>(worker->acceptors_for(active));
    jobs.push_back([acceptors](Worker& each) { each.listen(std::move(*acceptors)); });
  }
  return prepare(std::move(jobs), std::move(done));
}

void Server::replace(std::shared_ptr<const Application> application, Done done) {
  std::lock_guard lock(changing_);
  const std::shared_ptr<Change> change = prepare_replacement(application, std::move(done));
  application_ = std::move(application);
  begin(*change);
}

void Server::replace(Handler handler, Done done) {
  std::shared_ptr<const Application> next;
  {
    std::lock_guard lock(changing_);
    next = std::make_shared<const Application>(std::move(handler), application_->refusal, application_->limits,
                                               application_->listeners);
  }
  replace(std::move(next), std::move(done));
}

void Server::listen(std::vector<Listener> listeners, Done done) {
  std::lock_guard lock(changing_);
  const std::shared_ptr<Change> change = prepare_listening(listeners, *application_, std::move(done));
  listeners_ = std::move(listeners);
  ++listenings_;
  begin(*change);
}

void Server::replace(std::shared_ptr<const Application> application, std::vector<Listener> listeners, Done done) {
  std::lock_guard lock(changing_);
  const std::shared_ptr<Change> second = prepare_listening(listeners, *application, std::move(done));
  const uint64_t number = listenings_ + 1;
  const std::shared_ptr<Change> first = prepare_replacement(application, [this, second, number] {
    {
      // Not between two halves of another change, nor behind a later one.
      std::lock_guard whole(changing_);
      if (listenings_ == number) return begin(*second);
    }
    if (second->round->done) second->round->done();
  });
  application_ = std::move(application);
  listeners_ = std::move(listeners);
  listenings_ = number;
  begin(*first);
}

void Server::log_requests(AccessFormat format) {
  std::lock_guard lock(changing_);
  begin(*prepare([format](Worker& worker) { worker.log_requests(format); }, {}));
}

unsigned Server::workers() const { return static_cast<unsigned>(group_->workers.size()); }

std::vector<std::string> Server::addresses() const {
  std::vector<std::string> all;
  std::lock_guard lock(changing_);
  for (const Listener& listener : listeners_) all.push_back(listener.address());
  return all;
}

}  // namespace webserv
