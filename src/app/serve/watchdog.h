// Tells the service manager that the server lives, as long as it does (WatchdogSec= in its unit): that every worker's
// loop answers, and with them the first thread, which is the one that looks.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/systemd/notify.h"
#include "webserv/base/log.h"
#include "webserv/server/server.h"

namespace webserv::app {

class Watchdog {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // The manager waits for `patience` at most; `status` is what it is to show while all answer. Borrows all but that.
  Watchdog(std::chrono::microseconds patience, const Notifier& notifier, const Log& log, Server& server,
           std::function<std::string()> status);

  // Asks the workers and, when all have answered, tells the manager; says which one does not answer, and that it does
  // again. To be called again after the time that it gives back, at the latest.
  std::chrono::milliseconds look(Time now) noexcept;

 private:
  std::chrono::milliseconds look_at_answers(Time now);
  void tell_of(const std::vector<unsigned>& silent, Time now);
  std::string name_of(unsigned worker) const;

  const std::chrono::milliseconds patience_;
  const std::chrono::milliseconds pause_;   // between two questions
  const std::chrono::milliseconds glance_;  // between two looks for answers
  const Notifier& notifier_;
  const Log& log_;
  Server& server_;
  const std::function<std::string()> status_;

  std::optional<Time> asked_;      // and not answered by all yet
  Time next_{};                    // when to ask again
  std::map<unsigned, Time> hung_;  // who was told of, and since when it is silent
};

}  // namespace webserv::app
