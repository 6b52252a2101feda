// What the connections of a worker share.
#pragma once

#include <memory>
#include <vector>

#include "webserv/io/loop.h"
#include "webserv/server/application.h"
#include "webserv/server/request_log.h"
#include "webserv/server/server_log.h"

namespace webserv::detail {

struct H1Shared;
class WorkerConnection;

// Who has the connections of a worker.
class ConnectionOwner {
 public:
  // It is over. Destroys it.
  virtual void remove(WorkerConnection& connection) = 0;
  // What a trusted proxy has connected for is a client's from now on, and counts for it. False: it is to be closed.
  virtual bool name_client(WorkerConnection& connection, const Peer& client) = 0;
  // A request begins of a client whom a trusted proxy names; false where it has as many as a client may have
  // connections. Each that has begun leaves.
  virtual bool enter(const Peer& client) = 0;
  virtual void leave(const Peer& client) = 0;

 protected:
  ~ConnectionOwner() = default;
};

struct WorkerContext {
  WorkerContext(Loop& loop_, unsigned index_, std::shared_ptr<const Application> application_, const ServerLog& log);
  WorkerContext(const WorkerContext&) = delete;
  ~WorkerContext();

  // New requests see this application; those in flight keep theirs.
  void replace(std::shared_ptr<const Application> next);
  // Gives the memory back that waits for the next request; later ones may follow.
  void release();
  // How requests are logged from now on.
  void log_requests(AccessFormat format);

  Loop& loop;
  ConnectionOwner* owner = nullptr;  // of WorkerConnections
  const unsigned index;
  RequestIds request_ids;
  std::shared_ptr<const Application> application;
  const Log* const events;
  RequestLog request_log;
  std::vector<RequestObserver*> observers;  // of all requests; empty where nobody looks
  bool draining = false;                    // every answer is the last of its connection
  Clock::time_point tell_of_heads{};        // when the next event about a PROXY head may follow
  const std::unique_ptr<H1Shared> h1;       // what connections of HTTP/1 share
};

}  // namespace webserv::detail
