// Accepts the connections of one listener on one worker. All workers wait at the same socket, level-triggered, and the
// kernel wakes one of them.
#pragma once

#include <string_view>

#include "webserv/base/peer.h"
#include "webserv/io/listener.h"
#include "webserv/io/loop.h"
#include "webserv/server/listener_info.h"

namespace webserv::detail {

// A listener whose connections are accepted, and what is known of it.
struct ActiveListener {
  Listener listener;
  const ListenerInfo* info;
};

// Who gets what is accepted. Called on the loop's thread.
class AcceptedSink {
 public:
  // Whether there is room for one more connection; it is asked again soon.
  virtual bool may_accept() = 0;
  virtual void accepted(Fd socket, const Peer& peer, const ListenerInfo& listener) = 0;
  // Nothing can be accepted for a while; told once a minute at most.
  virtual void cannot_accept(const ListenerInfo& listener, std::string_view why, Error error) = 0;

 protected:
  ~AcceptedSink() = default;
};

class Acceptor final : private Watcher, private Deadline {
 public:
  // Borrows `loop` and `to`.
  Acceptor(Loop& loop, AcceptedSink& to, ActiveListener listener);

  // Begins; throws std::system_error where the loop cannot watch the socket.
  void start();
  // Accepts no more. What waits in the backlog of a socket of ours is accepted now, over the limit of connections too:
  // no successor will do it.
  void stop();
  // A connection has ended: one more may be accepted. Tries again later where that fails.
  void resume();

  const Listener& listener() const { return listener_.listener; }
  const ListenerInfo& info() const { return *listener_.info; }
  // What is accepted from now on came in by this one.
  void rename(const ListenerInfo& info) { listener_.info = &info; }

 private:
  void ready(uint32_t events) override;
  void expired() override { resume(); }
  bool accept_one();
  void warn(int error);
  void pause();

  Loop& loop_;
  AcceptedSink& to_;
  ActiveListener listener_;
  bool paused_ = true;  // the loop does not watch the socket
  bool stopped_ = false;
  unsigned failures_ = 0;           // to accept, one after the other
  Clock::time_point warn_again_{};  // why it is paused
};

}  // namespace webserv::detail
