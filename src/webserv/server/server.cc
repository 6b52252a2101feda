#include "webserv/server/server.h"

#include <sched.h>

#include <system_error>

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
    : no_sink_(std::make_unique<LineSink>(-1)), crew_(std::make_unique<Crew>()) {
  crew_->log = log.events;
  crew_->listeners = std::move(listeners);
  for (const Listener& listener : crew_->listeners) crew_->entrances.push_back({.name = listener.name()});
  unsigned count = workers == 0 ? default_workers() : workers;
  LineSink& sink = log.access != nullptr ? *log.access : *no_sink_;
  for (unsigned i = 0; i < count; ++i) {
    crew_->workers.push_back(std::make_unique<Worker>(i, *crew_, application, clock_, sink, log.format));
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
  for (auto& worker : crew_->workers) worker->drain();
}

void Server::stop() {
  for (auto& worker : crew_->workers) worker->stop();
}

void Server::wait() {
  for (auto& worker : crew_->workers) worker->join();
}

unsigned Server::workers() const { return static_cast<unsigned>(crew_->workers.size()); }

std::vector<std::string> Server::addresses() const {
  std::vector<std::string> all;
  for (const Listener& listener : crew_->listeners) all.push_back(listener.address());
  return all;
}

}  // namespace webserv
