// Tells systemd how the service is (sd_notify(3)): the service has Type=notify.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "webserv/io/fd.h"

namespace webserv::app {

// Without a service manager it does nothing. Failures are not reported: nobody could act on one.
class Notifier {
 public:
  // Takes the manager's socket from $NOTIFY_SOCKET, and removes that and all else that systemd means for this process
  // alone from the environment: call it once, before there are threads.
  Notifier();

  // The server serves. Each status is shown by "systemctl status": one_line() is applied.
  void ready(std::string_view status) const;
  // The same without words, which need memory.
  void ready() const noexcept;
  void status(std::string_view status) const;

  // The server ends, first by draining.
  void stopping(std::string_view status) const;

  // The configuration is being read again; ready() follows in any case. Meanwhile the watchdog is more patient: a large
  // configuration takes its time.
  void reloading() const;

  // How long the manager goes without alive() before it ends the service (WatchdogSec=), if it does: as
  // sd_watchdog_enabled(3) understands $WATCHDOG_USEC and $WATCHDOG_PID.
  std::optional<std::chrono::microseconds> watchdog() const { return watchdog_; }
  void alive() const noexcept { send("WATCHDOG=1\n"); }

 private:
  void send(std::string_view message) const noexcept;

  // Of the manager's socket; its length is 0 where there is none of a kind that sd_notify(3) knows on one machine.
  struct Address {
    sockaddr_un address{};
    socklen_t length = 0;
  };
  static Address read_address(const char* path);
  static std::optional<std::chrono::microseconds> read_watchdog();
  std::string watchdog_line(int64_t times) const;

  const Address manager_;
  const std::optional<std::chrono::microseconds> watchdog_;
  Fd socket_;
};

// The text as one line of valid UTF-8: runs of control characters become a blank, bad bytes "?", and the end of what is
// too long for a status "...".
std::string one_line(std::string_view text);

}  // namespace webserv::app
