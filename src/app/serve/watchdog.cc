#include "app/serve/watchdog.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace webserv::app {

namespace {

using std::chrono::milliseconds;

// Parts of the manager's patience. It is told after a quarter of it (sd_watchdog_enabled(3) asks for a half at most)
// and the time that the slowest worker takes to answer, for which three quarters are left.
constexpr int pauses = 4;
// An answer is old by so much when it is passed on.
constexpr int glances = 100;
// Who has not answered for so long is told of, while there is time to do so.
constexpr int silences = 2;

// A patience that is shorter than the server can be quick is not kept, but the processor is not spent on it either.
constexpr milliseconds least_pause(10);
constexpr milliseconds least_glance(5);

}  // namespace

Watchdog::Watchdog(std::chrono::microseconds patience, const Notifier& notifier, const Log& log, Server& server,
                   std::function<std::string()> status)
    : patience_(std::chrono::duration_cast<milliseconds>(patience)),
      pause_(std::max(patience_ / pauses, least_pause)),
      glance_(std::max(patience_ / glances, least_glance)),
      notifier_(notifier),
      log_(log),
      server_(server),
      status_(std::move(status)) {}

milliseconds Watchdog::look(Time now) noexcept {
  try {
    return look_at_answers(now);
  } catch (const std::exception&) {  // no memory to ask with, or to tell: soon there may be
    return glance_;
  }
}

milliseconds Watchdog::look_at_answers(Time now) {
  const auto left = [&] { return std::chrono::ceil<milliseconds>(next_ - now); };
  if (!asked_) {
    if (now < next_) return left();
    server_.ask_workers();
    asked_ = now;
    return glance_;
  }
  const std::vector<unsigned> silent = server_.silent_workers();
  tell_of(silent, now);
  if (!silent.empty()) return glance_;
  notifier_.alive();
  next_ = std::max(*std::exchange(asked_, std::nullopt) + pause_, now + glance_);
  return left();
}

void Watchdog::tell_of(const std::vector<unsigned>& silent, Time now) {
  const auto is_silent = [&](unsigned worker) { return std::ranges::find(silent, worker) != silent.end(); };
  bool news = false;
  for (unsigned worker : silent) {
    if (now - *asked_ < patience_ / silences || !hung_.try_emplace(worker, *asked_).second) continue;
    news = true;
    log_.event(Level::error, "worker_hung",
               "a worker does not answer: its connections wait, and the service manager is not told that all is well",
               {{"worker", worker + 1}});
  }
  for (auto each = hung_.begin(); each != hung_.end();) {
    if (is_silent(each->first)) {
      ++each;
      continue;
    }
    news = true;
    const auto time = std::chrono::duration_cast<milliseconds>(now - each->second).count();
    log_.event(Level::notice, "worker_answers", "a worker answers again",
               {{"worker", each->first + 1}, {"hung_msec", time}});
    each = hung_.erase(each);
  }
  if (!news) return;
  std::string status;
  for (const auto& [worker, since] : hung_) status += (status.empty() ? "" : ", ") + name_of(worker);
  notifier_.status(status.empty() ? status_() : fmt::format("no answer from {}; {}", status, status_()));
}

std::string Watchdog::name_of(unsigned worker) const {
  return fmt::format("worker {} of {}", worker + 1, server_.workers());
}

}  // namespace webserv::app
