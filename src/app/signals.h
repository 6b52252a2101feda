// The signals that the program obeys, as events to wait for: SIGTERM and SIGINT stop it, SIGHUP asks for a reload.
#pragma once

#include <chrono>
#include <optional>

#include "webserv/io/fd.h"

namespace webserv {

class Signals {
 public:
  enum class Event { stop, reload };

  // Blocks them in this thread and in those that it starts from now on: make it before any other thread. SIGPIPE is
  // ignored, so that a write to a peer that is gone is an error like others. Throws std::system_error where the system
  // has no signalfd left.
  Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // Waits for the next event, at most `timeout`, for ever if none is given. Nothing: the time has passed.
  std::optional<Event> wait(std::optional<std::chrono::milliseconds> timeout = std::nullopt) const;

 private:
  Fd signals_;
};

}  // namespace webserv
