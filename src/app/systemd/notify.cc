#include "app/systemd/notify.h"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "webserv/base/text.h"

namespace webserv::app {

using namespace detail;

namespace {

// systemd reads messages of up to 4,096 bytes; it is for a line of a terminal, too.
constexpr size_t longest_status = 1000;

// A reload may take so many times longer than anything else that keeps the first thread.
constexpr int64_t patience_of_reload = 6;

// Far above what anybody sets, far below where sums overflow.
constexpr uint64_t longest_watchdog = uint64_t{24} * 3600 * 1'000'000;

size_t character_size(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

// C0, DEL and C1, by the bytes of one character.
bool is_control(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  return first < 0x20 || first == 0x7f || (first == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0);
}

}  // namespace

Notifier::Address Notifier::read_address(const char* path) {
  Address manager;
  sockaddr_un& address = manager.address;
  const size_t size = path == nullptr ? 0 : std::strlen(path);
  if (size < 2 || size >= sizeof address.sun_path || (path[0] != '/' && path[0] != '@')) return manager;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path, size);
  if (path[0] == '@') address.sun_path[0] = '\0';
  // An abstract name ends where the address ends; to a path, zeros of sun_path are the terminator.
  manager.length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + size);
  return manager;
}

std::optional<std::chrono::microseconds> Notifier::read_watchdog() {
  uint64_t time = 0;
  // 0: not meant for this process; below: nothing that makes sense. Neither has a watchdog.
  if (sd_watchdog_enabled(0, &time) <= 0) return std::nullopt;
  return std::chrono::microseconds(std::min(time, longest_watchdog));
}

// sd_notify() would read the environment at each message: it is emptied here once and for all, and the address kept.
Notifier::Notifier()
    : manager_(read_address(std::getenv("NOTIFY_SOCKET"))),
      watchdog_(manager_.length > 0 ? read_watchdog() : std::nullopt) {
  if (manager_.length > 0) socket_ = Fd(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC", "FDSTORE", "MEMORY_PRESSURE_WATCH",
                           "MEMORY_PRESSURE_WRITE"}) {
    unsetenv(name);
  }
}

void Notifier::ready(std::string_view status) const {
  send(fmt::format("READY=1\nSTATUS={}\n{}", one_line(status), watchdog_line(1)));
}

void Notifier::ready() const noexcept {
  send("READY=1\n");
  if (!watchdog_) return;
  constexpr std::string_view name = "WATCHDOG_USEC=";
  std::array<char, 64> message{};
  char* number = std::ranges::copy(name, message.begin()).out;
  const char* end = std::to_chars(number, message.data() + message.size(), watchdog_->count()).ptr;
  send({message.data(), static_cast<size_t>(end - message.data())});
}

// sd_notify(3): what holds from now on, and is counted anew.
std::string Notifier::watchdog_line(int64_t times) const {
  return watchdog_ ? fmt::format("WATCHDOG_USEC={}\n", times * watchdog_->count()) : "";
}

void Notifier::status(std::string_view status) const { send(fmt::format("STATUS={}\n", one_line(status))); }

void Notifier::stopping(std::string_view status) const {
  send(fmt::format("STOPPING=1\nSTATUS={}\n", one_line(status)));
}

// Both in one datagram: systemd compares the time with that of its signal (systemd.service(5), Type=notify-reload).
void Notifier::reloading() const {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  send(fmt::format("RELOADING=1\nMONOTONIC_USEC={}\n{}", int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000,
                   watchdog_line(patience_of_reload)));
}

void Notifier::send(std::string_view message) const noexcept {
  if (!socket_) return;
  sendto(socket_.get(), message.data(), message.size(), MSG_NOSIGNAL,
         reinterpret_cast<const sockaddr*>(&manager_.address), manager_.length);
}

std::string one_line(std::string_view text) {
  std::string line;
  while (!text.empty()) {
    std::string_view character = text.substr(0, character_size(text[0]));
    std::string_view shown = character;
    if (!is_utf8(character)) {
      character = text.substr(0, 1);
      shown = "?";
    } else if (is_control(character)) {
      shown = line.empty() || line.back() == ' ' ? "" : " ";
    }
    if (line.size() + shown.size() > longest_status) return line + "...";
    line += shown;
    text.remove_prefix(character.size());
  }
  return line;
}

}  // namespace webserv::app
