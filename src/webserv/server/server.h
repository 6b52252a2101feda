// Server: listeners, workers, and what they serve.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "webserv/base/clock.h"
#include "webserv/io/address.h"
#include "webserv/io/listener.h"
#include "webserv/server/handler.h"
#include "webserv/server/limits.h"
#include "webserv/server/server_log.h"

namespace webserv {

struct Application;

namespace detail {
struct WorkerGroup;
class Worker;
}  // namespace detail

class Server {
 public:
  // Listens at `address`; throws std::system_error where that cannot be. `workers`: 0 is one per processor that this
  // process may use.
  Server(unsigned workers, const Address& address, Handler handler, Limits limits = {});
  // Serves at sockets that listen already, such as systemd's.
  Server(unsigned workers, std::vector<Listener> listeners, Handler handler, Limits limits = {});
  Server(unsigned workers, std::vector<Listener> listeners, std::shared_ptr<const Application> application,
         ServerLog log = {});
  // Stops, if it runs.
  ~Server();
  Server(const Server&) = delete;

  // Serves until drain() or stop(). Once, as start().
  void run();
  // Serves on threads of its own and returns. A server that has been started does not start again, not even when it has
  // ended: std::logic_error. std::system_error where a listener cannot be watched or a thread cannot be made.
  void start();
  // The rest from any thread. drain(): accepts no more, answers what is begun, ends with the last connection or after
  // the drain time of its limits.
  void drain();
  // Cuts all connections.
  void stop();
  // Waits for the end.
  void wait();

  // For who watches over the server, from any thread; requests pay nothing for it. ask_workers() asks each worker's
  // loop to answer, which it does as soon as it comes to it; std::bad_alloc where there is no memory to ask with.
  void ask_workers();
  // The workers, by their numbers from 0 on, that were asked and have not answered yet: something keeps their loops. A
  // worker that has ended, as each does when it has drained, owes no answer.
  std::vector<unsigned> silent_workers() const;

  // What follows changes a server that runs, without a pause. Each worker takes it over by itself, soon; the last one
  // to do so calls `done` on its thread, but nobody does where the server ends before. Changes come to every worker in
  // the order in which they were made. Where there is no memory for one, nothing changes: std::bad_alloc.
  using Done = std::function<void()>;

  // Every new request is one to this application, on kept connections too; those in flight keep the one they began
  // with, which ends with the last of them. Its limits hold from now on; a deadline that runs is left as it is. Whether
  // connections of a listener begin with a PROXY head changes with listen() alone.
  void replace(std::shared_ptr<const Application> application, Done done = {});
  // The same with the limits of before.
  void replace(Handler handler, Done done = {});

  // Accepts at these listeners from now on. Those that share a socket with one of before go on with it; the others of
  // before accept what waits for them and end, and their connections live on.
  void listen(std::vector<Listener> listeners, Done done = {});

  // Both, without a connection that comes in by a new listener and is answered by the application of before.
  void replace(std::shared_ptr<const Application> application, std::vector<Listener> listeners, Done done = {});
  // How requests are logged.
  void log_requests(AccessFormat format);

  unsigned workers() const;
  // "127.0.0.1:8080" of each listener.
  std::vector<std::string> addresses() const;

 private:
  struct Round;
  struct Change;
  std::shared_ptr<Change> prepare(std::vector<std::function<void(detail::Worker&)>> jobs, Done done);
  std::shared_ptr<Change> prepare(const std::function<void(detail::Worker&)>& same, Done done);
  std::shared_ptr<Change> prepare_replacement(const std::shared_ptr<const Application>& next, Done done);
  std::shared_ptr<Change> prepare_listening(const std::vector<Listener>& listeners, const Application& application,
                                            Done done);
  void begin(Change& change) noexcept;

  SystemClock clock_;
  std::unique_ptr<detail::WorkerGroup> group_;
  mutable std::mutex changing_;  // one at a time, so that all workers see the same order
  std::shared_ptr<const Application> application_;
  std::vector<Listener> listeners_;
  uint64_t listenings_ = 0;  // how often the listeners have changed
  bool started_ = false;
};

// One for each processor that this process may use.
unsigned default_workers();

}  // namespace webserv
