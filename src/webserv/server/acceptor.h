// Accepts the connections of one listener on one worker. All workers wait at the same socket, level-triggered, and the
// kernel wakes one of them.
#pragma once

#include "webserv/io/listener.h"
#include "webserv/io/loop.h"

namespace webserv {

class Worker;
struct Entrance;

// A listener, and the entrance of the connections that it accepts.
struct Door {
  Listener listener;
  const Entrance* entrance;
};

class Acceptor final : private Watcher, private Deadline {
 public:
  Acceptor(Worker& worker, Door door);

  // Begins; throws std::system_error where the loop cannot watch the socket.
  void start();
  // Accepts no more. What waits in the backlog of a socket of ours is accepted now, over the limit of connections too:
  // no successor will do it.
  void stop();
  // A connection has ended: one more may be accepted. Tries again later where that fails.
  void resume();

  const Listener& listener() const { return door_.listener; }
  // What is accepted from now on came in by this entrance.
  void rename(const Entrance& entrance) { door_.entrance = &entrance; }

 private:
  void ready(uint32_t events) override;
  void expired() override { resume(); }
  bool accept_one();
  void tell(int error);
  void pause();

  Worker& worker_;
  Door door_;
  bool paused_ = true;  // the loop does not watch the socket
  bool stopped_ = false;
  unsigned failures_ = 0;           // to accept, one after the other
  Clock::time_point tell_again_{};  // why it is paused
};

}  // namespace webserv
