#include "webserv/server/server.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <system_error>
#include <utility>

#include "webserv/server/crew.h"
#include "webserv/server/worker.h"

namespace webserv {

namespace {

std::vector<Listener> listen_at(const Address& address) {
  Result<Listener> listener = Listener::open(address, "http");
  if (!listener) throw std::system_error(std::make_error_code(listener.error()), "listen at " + address.to_string());
  std::vector<Listener> listeners;
  listeners.push_back(std::move(*listener));
  return listeners;
}

const Entrance& entrance_of(const Listener& listener, std::deque<Entrance>& entrances) {
  auto known = std::ranges::find(entrances, listener.name(), &Entrance::name);
  return known != entrances.end() ? *known : entrances.emplace_back(Entrance{.name = listener.name()});
}

std::vector<Door> doors_of(const std::vector<Listener>& listeners, std::deque<Entrance>& entrances) {
  std::vector<Door> doors;
  for (const Listener& listener : listeners) doors.push_back({listener, &entrance_of(listener, entrances)});
  return doors;
}

std::shared_ptr<const Application> application_of(Handler handler, Limits limits) {
  return std::make_shared<const Application>(Application{std::move(handler), {}, limits});
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
    : no_sink_(std::make_unique<LineSink>(-1)),
      crew_(std::make_unique<Crew>()),
      application_(std::move(application)),
      listeners_(std::move(listeners)) {
  crew_->log = log.events;
  const std::vector<Door> doors = doors_of(listeners_, crew_->entrances);
  unsigned count = workers == 0 ? default_workers() : workers;
  LineSink& sink = log.access != nullptr ? *log.access : *no_sink_;
  for (unsigned i = 0; i < count; ++i) {
    crew_->workers.push_back(std::make_unique<Worker>(i, *crew_, doors, application_, clock_, sink, log.format));
  }
  crew_->accepting = count;
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
  for (auto& worker : crew_->workers) worker->start();
}

void Server::drain() {
  // Before or after a change of the listeners, but alike for all workers.
  std::lock_guard lock(changing_);
  for (auto& worker : crew_->workers) worker->drain();
}

void Server::stop() {
  for (auto& worker : crew_->workers) worker->stop();
}

void Server::wait() {
  for (auto& worker : crew_->workers) worker->join();
}

// Posts the job to all workers, in the order of its callers.
void Server::on_each_worker(const std::function<void(Worker&)>& job, Done done) {
  struct Round {
    std::function<void(Worker&)> job;
    Done done;
    std::atomic<size_t> left;
  };
  auto round = std::make_shared<Round>(job, std::move(done), crew_->workers.size());
  for (auto& each : crew_->workers) {
    each->loop().post([round, worker = each.get()] {
      round->job(*worker);
      if (round->left.fetch_sub(1, std::memory_order_acq_rel) == 1 && round->done) round->done();
    });
  }
}

void Server::replace(std::shared_ptr<const Application> application, Done done) {
  std::lock_guard lock(changing_);
  application_ = std::move(application);
  on_each_worker([next = application_](Worker& worker) { worker.replace(next); }, std::move(done));
}

void Server::replace(Handler handler, Done done) {
  std::lock_guard lock(changing_);
  Application next = *application_;
  next.handler = std::move(handler);
  application_ = std::make_shared<const Application>(std::move(next));
  on_each_worker([next = application_](Worker& worker) { worker.replace(next); }, std::move(done));
}

void Server::listen(std::vector<Listener> listeners, Done done) {
  std::lock_guard lock(changing_);
  on_each_worker([doors = doors_of(listeners, crew_->entrances)](Worker& worker) { worker.listen(doors); },
                 std::move(done));
  listeners_ = std::move(listeners);
}

void Server::log_requests(AccessFormat format) {
  std::lock_guard lock(changing_);
  on_each_worker([format](Worker& worker) { worker.log_requests(format); }, {});
}

unsigned Server::workers() const { return static_cast<unsigned>(crew_->workers.size()); }

std::vector<std::string> Server::addresses() const {
  std::vector<std::string> all;
  std::lock_guard lock(changing_);
  for (const Listener& listener : listeners_) all.push_back(listener.address());
  return all;
}

}  // namespace webserv
