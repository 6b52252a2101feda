// Server: listeners, workers, and what they serve.
#pragma once

#include <memory>
#include <vector>

#include "webserv/base/access_log.h"
#include "webserv/base/log.h"
#include "webserv/io/address.h"
#include "webserv/io/listener.h"
#include "webserv/server/handler.h"
#include "webserv/server/limits.h"
#include "webserv/server/worker_context.h"

namespace webserv {

struct Crew;

// Where a server logs to. What is given is borrowed and outlives the server.
struct ServerLog {
  const Log* events = nullptr;  // none: silent
  LineSink* access = nullptr;
  AccessFormat format = AccessFormat::off;
};

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

  // Serves until drain() or stop().
  void run();
  // Serves on threads of its own and returns.
  void start();
  // The rest from any thread. drain(): accepts no more, answers what is begun, ends with the last connection or after
  // the drain time of its limits.
  void drain();
  // Cuts all connections.
  void stop();
  // Waits for the end.
  void wait();

  unsigned workers() const;
  // "127.0.0.1:8080" of each listener.
  std::vector<std::string> addresses() const;

 private:
  SystemClock clock_;
  std::unique_ptr<LineSink> no_sink_;
  std::unique_ptr<Crew> crew_;
};

// One for each processor that this process may use.
unsigned default_workers();

}  // namespace webserv
