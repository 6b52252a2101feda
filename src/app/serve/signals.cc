#include "app/serve/signals.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <initializer_list>
#include <limits>
#include <system_error>

namespace webserv::app {

namespace {

// Blocks the signals, so that a signalfd can have them.
sigset_t take(std::initializer_list<int> numbers) {
  sigset_t taken;
  sigemptyset(&taken);
  for (int number : numbers) sigaddset(&taken, number);
  pthread_sigmask(SIG_BLOCK, &taken, nullptr);
  return taken;
}

}  // namespace

Signals::Signals() {
  const sigset_t taken = take({SIGTERM, SIGINT, SIGHUP});
  std::signal(SIGPIPE, SIG_IGN);
  signals_ = Fd(signalfd(-1, &taken, SFD_CLOEXEC | SFD_NONBLOCK));
  std::array<int, 2> pipe = {-1, -1};
  if (!signals_ || pipe2(pipe.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
    throw std::system_error(errno, std::generic_category(), "cannot wait for signals");
  }
  posted_ = Fd(pipe[0]);
  post_ = Fd(pipe[1]);
}

void Signals::post(Event event) const {
  [[maybe_unused]] const ssize_t written = write(post_.get(), &event, sizeof event);
}

std::optional<Signals::Event> Signals::wait(std::optional<std::chrono::milliseconds> timeout) const {
  using Clock = std::chrono::steady_clock;
  const std::optional<Clock::time_point> end = timeout ? std::optional(Clock::now() + *timeout) : std::nullopt;
  while (true) {
    Event event{};
    if (read(posted_.get(), &event, sizeof event) == sizeof event) return event;
    signalfd_siginfo info{};
    if (read(signals_.get(), &info, sizeof info) == sizeof info) {
      return info.ssi_signo == SIGHUP ? Event::reload : Event::stop;
    }
    int milliseconds = -1;
    if (end) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(*end - Clock::now()).count();
      if (left <= 0) return std::nullopt;
      milliseconds = static_cast<int>(std::min<int64_t>(left, std::numeric_limits<int>::max()));
    }
    // Where a signal that is not ours interrupts it, the loop looks at the time again.
    std::array<pollfd, 2> waiting = {pollfd{posted_.get(), POLLIN, 0}, pollfd{signals_.get(), POLLIN, 0}};
    poll(waiting.data(), waiting.size(), milliseconds);
  }
}

}  // namespace webserv::app
