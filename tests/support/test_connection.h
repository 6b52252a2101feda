// A connection without a socket: what a session is told of it.
#pragma once

#include "webserv/server/connection.h"
#include "webserv/server/worker_context.h"

namespace webserv::detail::test {

// Before the connection, which looks at it.
struct TestListener {
  ListenerInfo listener{.name = "http"};
};

class TestConnection final : private TestListener, public Connection {
 public:
  TestConnection(WorkerContext& worker, Stream& stream)
      : Connection(worker, stream, Peer{.family = Peer::Family::ipv4, .port = 4711, .address = {192, 0, 2, 7}},
                   TestListener::listener) {}

  // Whether its session has ended.
  bool ended() const { return ended_; }
  void run() override { ended_ = true; }

 private:
  bool ended_ = false;
};

}  // namespace webserv::detail::test
