#include "app/check/live_check.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/check/socket_owner.h"
#include "app/config/own_paths.h"
#include "app/routes/host_faults.h"
#include "webserv/io/address.h"
#include "webserv/io/fd.h"

namespace webserv::app {
namespace {

// Error pages are kept in memory.
constexpr uint64_t most_page = 1 << 20;

// Why no socket can be bound to the address; nothing where one can, or where one of ours is.
std::optional<Fault> fault_of_binding(const Address& address) {
  if (!address.path().empty()) {
    const std::string folder = std::filesystem::path(address.path()).parent_path().string();
    return fault_of_folder(folder.empty() ? "." : folder, W_OK | X_OK);
  }
  const Fd socket(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  const int ipv6_only = address.both_families() ? 0 : 1;
  if (socket) {
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (address.family() == AF_INET6) {
      ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &ipv6_only, sizeof ipv6_only);
    }
    if (::bind(socket.get(), address.data(), address.size()) == 0 && ::listen(socket.get(), 1) == 0)
      return std::nullopt;
  }
  const int error = errno;
  const std::string shown = in_quotes(address.to_string());
  if (error == EADDRINUSE) {
    const std::optional<std::string> owner = owner_of_port(address.port());
    if (owner == "systemd" || owner == "webserv") return std::nullopt;
    return Fault{fmt::format("{} is in use by {}", shown, owner ? in_quotes(*owner) : "another program"),
                 "stop it, or choose another port"};
  }
  std::string advice;
  if (error == EACCES) advice = "let systemd hand over the socket, or choose a port from 1024 on";
  if (error == EADDRNOTAVAIL) advice = "this machine has no such address";
  return Fault{fmt::format("{} cannot be bound: {}", shown, std::strerror(error)), std::move(advice)};
}

void check_pages(const std::vector<ErrorPageConfig>& pages, const Places& places, Findings& findings) {
  for (size_t i = 0; i < pages.size(); ++i) {
    findings.add(places.of_text({}, "error_pages", i), fault_of_file(pages[i].file, most_page));
  }
}

void check_listener(const ListenerConfig& listener, Findings& findings) {
  for (size_t i = 0; i < listener.addresses.size(); ++i) {
    const auto address = parse_address(listener.addresses[i]);
    if (address) findings.add(listener.places.of_text({}, "address", i), fault_of_binding(*address));
  }
}

}  // namespace

void check_live(const Config& config, Findings& findings) {
  for (const ListenerConfig& listener : config.listeners) check_listener(listener, findings);
  check_sandboxes(config, findings);
  for (const VhostConfig& host : config.vhosts) {
    check_pages(host.error_pages, host.places, findings);
    for (const RouteConfig& route : host.routes) {
      check_pages(route.error_pages, route.places, findings);
      route.handler->check_live(route.places, findings);
    }
  }
}

}  // namespace webserv::app
