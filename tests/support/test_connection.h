// A connection without a socket: what a session is told of it.
#pragma once

#include "webserv/server/connection.h"
#include "webserv/server/worker_context.h"

namespace webserv::detail::test {

class TestConnection final : public Connection {
 public:
  TestConnection(WorkerContext& worker, Stream& stream)
      : Connection(worker, stream, Peer{.family = Peer::Family::ipv4, .port = 4711, .address = {192, 0, 2, 7}},
                   listener_) {}

  // Whether its session has ended.
  bool ended() const { return ended_; }
  void run() override { ended_ = true; }

 private:
  ListenerInfo listener_{.name = "http"};
  bool ended_ = false;
};

}  // namespace webserv::detail::test
