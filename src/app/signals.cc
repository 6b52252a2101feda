#include "app/signals.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <limits>
#include <system_error>

namespace webserv {

Signals::Signals() {
  sigset_t handled;
  sigemptyset(&handled);
  for (int number : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&handled, number);
  pthread_sigmask(SIG_BLOCK, &handled, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  signals_ = Fd(signalfd(-1, &handled, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!signals_) throw std::system_error(errno, std::generic_category(), "cannot wait for signals");
}

std::optional<Signals::Event> Signals::wait(std::optional<std::chrono::milliseconds> timeout) const {
  using Clock = std::chrono::steady_clock;
  const std::optional<Clock::time_point> end = timeout ? std::optional(Clock::now() + *timeout) : std::nullopt;
  while (true) {
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
    pollfd waiting{signals_.get(), POLLIN, 0};
    poll(&waiting, 1, milliseconds);
  }
}

}  // namespace webserv
