#include "app/check/live_check.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "app/check/socket_owner.h"
#include "app/text/values.h"
#include "webserv/io/address.h"
#include "webserv/io/fd.h"

namespace webserv::app {
namespace {

// Error pages are kept in memory.
constexpr uint64_t most_page = 1 << 20;

std::string text_of(int error) { return std::strerror(error); }

// Why the path is no folder that can be looked into, or that one has the other rights to (access(2)); nothing where it
// is.
std::optional<Fault> fault_of_folder(const std::string& path, int rights = R_OK | X_OK) {
  struct stat status;
  if (::stat(path.c_str(), &status) != 0) {
    return Fault{fmt::format("the folder {} cannot be opened: {}", in_quotes(path), text_of(errno)),
                 errno == ENOENT ? "make it, or name another one" : ""};
  }
  if (!S_ISDIR(status.st_mode)) return Fault{fmt::format("{} is no folder", in_quotes(path)), "name a folder"};
  if (::access(path.c_str(), rights) == 0) return std::nullopt;
  const bool to_write = (rights & W_OK) != 0;
  return Fault{fmt::format("the folder {} cannot be {} by this user: {}", in_quotes(path),
                           to_write ? "written" : "read", text_of(errno)),
               to_write ? "let the user of the server write to it, or let systemd hand over the socket"
                        : "let the user of the server read and enter it"};
}

std::optional<Fault> fault_of_file(const std::string& path, uint64_t most) {
  struct stat status;
  if (::stat(path.c_str(), &status) != 0) {
    return Fault{fmt::format("the file {} cannot be opened: {}", in_quotes(path), text_of(errno)),
                 errno == ENOENT ? "make it, or name another one" : ""};
  }
  if (!S_ISREG(status.st_mode)) return Fault{fmt::format("{} is no file", in_quotes(path)), "name a file"};
  if (static_cast<uint64_t>(status.st_size) > most) {
    return Fault{fmt::format("the file {} has {} bytes, more than the {} that are allowed", in_quotes(path),
                             status.st_size, most),
                 {}};
  }
  if (::access(path.c_str(), R_OK) == 0) return std::nullopt;
  return Fault{fmt::format("the file {} cannot be read by this user: {}", in_quotes(path), text_of(errno)),
               "let the user of the server read it"};
}

std::optional<Fault> fault_of_program(const std::string& path) {
  struct stat status;
  if (::stat(path.c_str(), &status) != 0) {
    return Fault{fmt::format("the program {} cannot be run: {}", in_quotes(path), text_of(errno)),
                 errno == ENOENT ? "install it, or name another one" : ""};
  }
  if (!S_ISREG(status.st_mode)) return Fault{fmt::format("{} is no program", in_quotes(path)), "name a file"};
  if (::access(path.c_str(), X_OK) == 0) return std::nullopt;
  return Fault{fmt::format("the program {} cannot be run by this user: {}", in_quotes(path), text_of(errno)),
               "let the user of the server execute it"};
}

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
  return Fault{fmt::format("{} cannot be bound: {}", shown, text_of(error)), std::move(advice)};
}

class LiveCheck {
 public:
  explicit LiveCheck(Findings& findings) : findings_(findings) {}

  void check(const RouteConfig& route) {
    check_pages(route.error_pages, route.places);
    if (const auto* files = std::get_if<StaticFilesConfig>(&route.handler)) check(*files, route);
    if (const auto* cgi = std::get_if<CgiConfig>(&route.handler)) check(*cgi, "cgi", "interpreters", route.places);
  }

  void check_pages(const std::vector<ErrorPageConfig>& pages, const Places& places) {
    for (size_t i = 0; i < pages.size(); ++i) {
      report(places.of_text({}, "error_pages", i), fault_of_file(pages[i].file, most_page));
    }
  }

  void check(const ListenerConfig& listener) {
    for (size_t i = 0; i < listener.addresses.size(); ++i) {
      const auto address = parse_address(listener.addresses[i]);
      if (!address) continue;
      report(listener.places.of_text({}, "address", i), fault_of_binding(*address));
    }
  }

 private:
  void check(const StaticFilesConfig& files, const RouteConfig& route) {
    const Places& places = route.places;
    // A route for one path alone may be of a file.
    const bool is_file = !route.path.ends_with('/') && std::filesystem::is_regular_file(files.root);
    const std::optional<Fault> fault = is_file ? fault_of_file(files.root, UINT64_MAX) : fault_of_folder(files.root);
    report(places.of_text({}, "root"), fault);
    check_folders(files.symlinks, "symlinks", places);
    if (!fault && !files.fallback.empty())
      report(places.of_text({}, "fallback"), fault_of_file(files.root + files.fallback, UINT64_MAX));
    if (files.scripts) check(*files.scripts, {}, "scripts", places);
  }

  // `table` is the one that the programs stand in, and `interpreters` the key of those that run scripts. Scripts that
  // run themselves are looked at when they are asked for: there may be thousands.
  void check(const CgiConfig& cgi, std::string_view table, std::string_view interpreters, const Places& places) {
    if (!cgi.root.empty()) report(places.of_text(table, "root"), fault_of_folder(cgi.root));
    if (!cgi.program.empty()) report(places.of_text(table, "program"), fault_of_program(cgi.program));
    for (size_t i = 0; i < cgi.interpreters.size(); ++i) {
      const std::string& interpreter = cgi.interpreters[i].second;
      if (interpreter.empty()) continue;
      report(places.of_text(table, interpreters, i), fault_of_program(interpreter));
    }
    check_folders(cgi.symlinks, "symlinks", places);
    check_folders(cgi.sendfile_roots, "sendfile_roots", places);
  }

  void check_folders(const std::vector<std::string>& folders, std::string_view key, const Places& places) {
    for (size_t i = 0; i < folders.size(); ++i) {
      report(places.of_text({}, key, i), fault_of_folder(folders[i]));
    }
  }

  void report(Region region, const std::optional<Fault>& fault) {
    if (fault) findings_.add(region, fault->reason, fault->suggestion);
  }

  Findings& findings_;
};

}  // namespace

void check_live(const Config& config, Findings& findings) {
  LiveCheck live(findings);
  for (const ListenerConfig& listener : config.listeners) live.check(listener);
  for (const VhostConfig& host : config.vhosts) {
    live.check_pages(host.error_pages, host.places);
    for (const RouteConfig& route : host.routes) live.check(route);
  }
}

}  // namespace webserv::app
