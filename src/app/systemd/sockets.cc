#include "app/systemd/sockets.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <utility>

namespace webserv::app {
namespace {

// Of one socket: as many as its queue may hold. Whoever comes later makes systemd start the server again.
constexpr int most_turned_away = 4096;

// What sd_listen_fds_with_names() allocates.
class Names {
 public:
  Names() = default;
  Names(const Names&) = delete;
  Names& operator=(const Names&) = delete;
  ~Names() {
    if (names_ == nullptr) return;
    for (char** name = names_; *name != nullptr; ++name) std::free(*name);
    std::free(names_);
  }
  char*** out() { return &names_; }
  std::string operator[](int index) const { return names_[index]; }

 private:
  char** names_ = nullptr;
};

// What is wrong with the socket, or nothing.
std::optional<std::string> fault(const PassedSocket& socket) {
  const int fd = socket.fd.get();
  const auto complaint = [&](std::string_view what) {
    return fmt::format("the descriptor {} that systemd passed as \"{}\" {}", fd, socket.name, what);
  };
  if (sd_is_socket(fd, AF_UNSPEC, 0, -1) <= 0)
    return complaint("is not a socket: its unit must be a socket unit with ListenStream=");
  if (sd_is_socket(fd, AF_UNSPEC, SOCK_STREAM, -1) <= 0) {
    return complaint("is not a stream socket: use ListenStream= in its socket unit");
  }
  if (sd_is_socket(fd, AF_UNSPEC, SOCK_STREAM, 1) <= 0) {
    return complaint("does not listen: set Accept=no in its socket unit");
  }
  const int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0) {
    return complaint(fmt::format("cannot be made non-blocking: {}", std::strerror(errno)));
  }
  return std::nullopt;
}

// The place of the listener that a socket of this name belongs to; listeners.size() if there is none.
size_t listener_of(std::string_view name, std::span<const ListenerPlan> listeners) {
  const auto found = std::ranges::find(listeners, name, &ListenerPlan::name);
  return static_cast<size_t>(found - listeners.begin());
}

std::string unclaimed(std::string_view name, std::span<const ListenerPlan> listeners) {
  std::vector<std::string_view> names;
  for (const ListenerPlan& listener : listeners) names.push_back(listener.name);
  return fmt::format(
      "systemd passed a socket named \"{0}\", but there is no [listener.\"{0}\"]: add one, or set FileDescriptorName= "
      "in the "
      "socket unit to one of: {1}",
      name, fmt::join(names, ", "));
}

}  // namespace

std::expected<std::vector<PassedSocket>, SocketErrors> passed_sockets() {
  Names names;
  const int count = sd_listen_fds_with_names(1, names.out());
  // systemd 258 and later set it too; older libraries do not know it.
  unsetenv("LISTEN_PIDFDID");
  if (count < 0) {
    return std::unexpected(
        SocketErrors{fmt::format("cannot take the sockets that $LISTEN_FDS announces: {}; start the server by systemd "
                                 "or systemd-socket-activate",
                                 std::strerror(-count))});
  }
  std::vector<PassedSocket> sockets;
  SocketErrors errors;
  for (int i = 0; i < count; ++i) {
    sockets.push_back({Fd(SD_LISTEN_FDS_START + i), names[i]});
    if (std::optional<std::string> error = fault(sockets.back())) errors.push_back(*std::move(error));
  }
  if (!errors.empty()) return std::unexpected(std::move(errors));
  return sockets;
}

std::expected<std::vector<ListenerSockets>, SocketErrors> match_sockets(std::span<const std::string> passed,
                                                                        std::span<const ListenerPlan> listeners) {
  SocketErrors errors;
  std::vector<size_t> places;  // of the listener of each socket
  const bool only_one = passed.size() == 1 && listeners.size() == 1;
  for (const std::string& name : passed) {
    places.push_back(only_one ? 0 : listener_of(name, listeners));
    if (places.back() == listeners.size()) errors.push_back(unclaimed(name, listeners));
  }
  for (size_t i = 0; i < listeners.size(); ++i) {
    if (!listeners[i].addresses.empty() || std::ranges::count(places, i) > 0) continue;
    errors.push_back(
        fmt::format("the listener \"{0}\" has neither an address nor a socket: give it one with address = \"...\" in "
                    "[listener.\"{0}\"], "
                    "or start a socket unit with FileDescriptorName={0}",
                    listeners[i].name));
  }
  if (!errors.empty()) return std::unexpected(std::move(errors));

  std::vector<ListenerSockets> result;
  for (const ListenerPlan& listener : listeners) result.push_back({listener.name, {}, listener.addresses});
  for (size_t i = 0; i < passed.size(); ++i) {
    result[places[i]].passed.push_back(i);
    result[places[i]].addresses.clear();
  }
  return result;
}

void turn_away_clients(std::span<const Listener> sockets) {
  constexpr std::string_view answer =
      "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 38\r\n"
      "Connection: close\r\n\r\nThe server is not configured properly\n";
  for (const Listener& socket : sockets) {
    for (int accepted = 0; accepted < most_turned_away; ++accepted) {
      const Fd client(accept4(socket.fd(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
      if (!client) break;
      send(client.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
      shutdown(client.get(), SHUT_WR);
      // Closing with a request unread would reset the connection, and the answer might be lost.
      std::array<char, 16384> request;
      for (int reads = 0; reads < 4 && recv(client.get(), request.data(), request.size(), 0) > 0; ++reads) continue;
    }
  }
}

}  // namespace webserv::app
