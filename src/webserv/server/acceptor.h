// Accepts the connections of one listener on one worker. All workers wait at the same socket, level-triggered, and the
// kernel wakes one of them.
#pragma once

#include "webserv/io/listener.h"
#include "webserv/io/loop.h"

namespace webserv {

class Worker;

class Acceptor final : private Watcher, private Deadline {
 public:
  // `entrance` is the listener's index in the crew.
  Acceptor(Worker& worker, const Listener& listener, size_t entrance);

  // Begins; throws std::system_error where the loop cannot watch the socket.
  void start();
  // Accepts no more. What waits in the backlog of a socket of ours is accepted now: no successor will do it.
  void stop();
  // A connection has ended: one more may be accepted.
  void resume();

 private:
  void ready(uint32_t events) override;
  void expired() override { resume(); }
  bool accept_one();
  void pause();

  Worker& worker_;
  const Listener& listener_;
  size_t entrance_;
  bool paused_ = false;
  bool stopped_ = false;
  Clock::time_point tell_again_{};  // that descriptors have run out
};

}  // namespace webserv
