// Worker: a thread with its loop, and the connections that belong to it from their accept to their close.
#pragma once

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "webserv/server/acceptor.h"
#include "webserv/server/worker_connection.h"
#include "webserv/server/worker_context.h"
#include "webserv/server/worker_group.h"

namespace webserv::detail {

using Acceptors = std::vector<std::unique_ptr<Acceptor>>;

class Worker final : private AcceptedSink, private ConnectionOwner {
 public:
  Worker(unsigned index, WorkerGroup& group, std::shared_ptr<const Application> application, Clock& clock,
         const ServerLog& log);
  ~Worker();
  Worker(const Worker&) = delete;

  // Watches the listeners and starts the thread.
  void start();
  // From any thread: ends when the last connection has ended, at the latest after the application's drain time.
  void drain();
  // On the worker's thread: what Server's functions of these names promise.
  void replace(std::shared_ptr<const Application> application) { context_.replace(std::move(application)); }
  // Accepts by these from now on, which acceptors_for() has made. Before start() too, where no thread is there yet.
  void listen(Acceptors next);
  void log_requests(AccessFormat format) { context_.log_requests(format); }
  // From any thread: ends after this turn; connections are cut.
  void stop() { loop_.stop(); }
  // Waits for the end of the thread.
  void join();

  // From any thread.
  Acceptors acceptors_for(const std::vector<ActiveListener>& listeners);
  Loop& loop() { return loop_; }
  // Its loop is to answer; one that has not answered yet is not asked again.
  void ask();
  // It was asked, and its loop has neither come to it nor ended.
  bool is_silent() const { return asked_.load(std::memory_order_acquire) && !ended_.load(std::memory_order_acquire); }
  // Connections that it has or is about to get.
  uint32_t load() const { return load_.load(std::memory_order_relaxed); }

 private:
  class DrainEnd final : public Deadline {
   public:
    explicit DrainEnd(Worker& worker) : Deadline(worker.loop_.wheel()), worker_(worker) {}

   private:
    void expired() override { worker_.cut_all(); }
    Worker& worker_;
  };

  // AcceptedSink
  bool may_accept() override;
  void accepted(Fd socket, const Peer& peer, const ListenerInfo& listener) override;
  void cannot_accept(const ListenerInfo& listener, std::string_view why, Error error) override;
  // ConnectionOwner
  void remove(WorkerConnection& connection) override;
  bool name_client(WorkerConnection& connection, const Peer& client) override;
  bool enter(const Peer& client) override;
  void leave(const Peer& client) override { group_.clients.leave(client); }

  void run();
  Worker& emptiest();
  void turn_away(Fd socket, const Peer& peer, const ListenerInfo& listener);
  void adopt(Fd socket, const Peer& peer, const ListenerInfo& listener, WorkerConnection::Kind kind);
  bool may_be_told();
  void tell_of_proxy(const Peer& peer, const ListenerInfo& listener) const;
  void discount(const Peer& peer, WorkerConnection::Kind kind);
  void make_room();
  void close_idle(size_t most);
  void begin_drain();
  void end_if_drained();
  void cut_all();

  WorkerGroup& group_;
  Loop loop_;
  WorkerContext context_;
  Acceptors acceptors_;
  bool runs_ = false;
  std::vector<std::unique_ptr<WorkerConnection>> connections_;
  DrainEnd drain_end_;
  // Posted when no worker accepts any more; made before, for a drain needs no memory.
  std::unique_ptr<Posted> none_accepts_ = std::make_unique<Posted>([this] { end_if_drained(); });
  bool cut_ = false;
  size_t looked_at_ = 0;  // the connection at which close_idle() begins
  std::atomic<uint32_t> load_{0};
  std::atomic<bool> asked_{false};  // by ask()
  std::atomic<bool> ended_{false};  // the loop
  std::thread thread_;
};

}  // namespace webserv::detail
