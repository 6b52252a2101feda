// Worker: a thread with its loop, and the connections that belong to it from their accept to their close.
#pragma once

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "webserv/server/acceptor.h"
#include "webserv/server/crew.h"
#include "webserv/server/worker_context.h"

namespace webserv {

class Worker {
 public:
  Worker(unsigned index, Crew& crew, const std::vector<Door>& doors, std::shared_ptr<const Application> application,
         Clock& clock, LineSink& sink, AccessFormat format);
  ~Worker();
  Worker(const Worker&) = delete;

  // Watches the listeners and starts the thread.
  void start();
  // From any thread: ends when the last connection has ended, at the latest after the application's drain time.
  void drain();
  // On the worker's thread: what Server's functions of these names promise.
  void replace(std::shared_ptr<const Application> application) { context_.replace(std::move(application)); }
  void listen(const std::vector<Door>& doors);
  void log_requests(AccessFormat format) { context_.access.use(format); }
  // From any thread: ends after this turn; connections are cut.
  void stop() { loop_.stop(); }
  // Waits for the end of the thread.
  void join();

  Loop& loop() { return loop_; }
  Crew& crew() { return crew_; }

  // For the acceptors, on the worker's thread.
  bool may_accept() const;
  void accepted(Fd socket, const Peer& peer, const Entrance& entrance);

  // Connections that it has or is about to get.
  uint32_t load() const { return load_.load(std::memory_order_relaxed); }

 private:
  class Connection;
  class DrainEnd final : public Deadline {
   public:
    explicit DrainEnd(Worker& worker) : Deadline(worker.loop_.wheel()), worker_(worker) {}

   private:
    void expired() override { worker_.cut_all(); }
    Worker& worker_;
  };

  void run();
  Worker& emptiest();
  void discount();
  void adopt(Fd socket, const Peer& peer, const Entrance& entrance);
  void remove(Connection& connection);
  void begin_drain();
  void end_if_drained();
  void cut_all();

  Crew& crew_;
  Loop loop_;
  WorkerContext context_;
  std::vector<std::unique_ptr<Acceptor>> acceptors_;
  std::vector<std::unique_ptr<Connection>> connections_;
  DrainEnd drain_end_;
  bool cut_ = false;
  std::atomic<uint32_t> load_{0};
  std::thread thread_;
};

}  // namespace webserv
