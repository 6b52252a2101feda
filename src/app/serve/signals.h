// What the program's first thread waits for: signals (SIGTERM and SIGINT stop it, SIGHUP asks for a reload), and events
// that its other threads post.
#pragma once

#include <chrono>
#include <optional>

#include "webserv/io/fd.h"

namespace webserv::app {

class Signals {
 public:
  enum class Event : char {
    stop,
    reload,
    taken_over,  // all workers have what was read
    ended,       // the server
  };

  // Blocks them in this thread and in those that it starts from now on: make it before any other thread. SIGPIPE is
  // ignored, so that a write to a peer that is gone is an error like others. Throws std::system_error where the system
  // has no signalfd left.
  Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // Wakes the thread that waits with this event. From any thread.
  void post(Event event) const;

  // Waits for the next event, at most `timeout`, for ever if none is given. Nothing: the time has passed.
  std::optional<Event> wait(std::optional<std::chrono::milliseconds> timeout = std::nullopt) const;

 private:
  Fd signals_;
  Fd posted_;  // a pipe of events, a byte each
  Fd post_;
};

}  // namespace webserv::app
