#include "webserv/io/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <array>
#include <optional>
#include <stdexcept>
#include <utility>

#include "webserv/base/text.h"

namespace webserv {

using namespace detail;

namespace {

constexpr std::string_view unix_prefix = "unix:";
constexpr std::string_view right_forms = "127.0.0.1:8080, [::1]:8080, *:8080 or unix:/run/webserv.sock";
// sun_path with its final NUL, unix(7).
constexpr size_t max_path = sizeof(sockaddr_un::sun_path) - 1;

std::unexpected<std::string> error(std::string_view what) { return std::unexpected(std::string(what)); }

template <class Socket>
Socket as(const sockaddr_storage& storage) {
  Socket socket;
  std::memcpy(&socket, &storage, sizeof socket);
  return socket;
}

bool is_ipv4(std::string_view text) {
  in_addr ignored;
  return inet_pton(AF_INET, std::string(text).c_str(), &ignored) == 1;
}

bool is_ipv6(std::string_view text) {
  in6_addr ignored;
  return inet_pton(AF_INET6, std::string(text).c_str(), &ignored) == 1;
}

// What is wrong with a text that has no port behind its host.
std::string without_port(std::string_view text) {
  const std::string whole(text);
  if (parse_decimal(text)) return "a port needs an address: write *:" + whole + " or 127.0.0.1:" + whole;
  if (text == "*" || is_ipv4(text) || (text.starts_with('[') && text.ends_with(']'))) {
    return "the port is missing: write " + whole + ":8080";
  }
  const size_t blank = text.find_first_of(" \t");
  if (blank != std::string_view::npos && is_ipv4(text.substr(0, blank))) {
    return "a colon stands before the port, as in 127.0.0.1:8080";
  }
  if (text.starts_with('/')) return "a unix socket is written unix:" + whole;
  return "write " + std::string(right_forms);
}

// What is wrong with a host that is neither a number nor "*".
std::string wrong_host(std::string_view host) {
  if (host.empty()) return "the address before the port is missing: \"*\" stands for all addresses, as in *:8080";
  if (const size_t scheme = host.find("://"); scheme != std::string_view::npos) {
    return "an address has no scheme: leave out " + std::string(host.substr(0, scheme + 3));
  }
  if (host.find(',') != std::string_view::npos) return "several addresses are a list: [\"*:80\", \"*:81\"]";
  if (host.find_first_of(" \t") != std::string_view::npos) return "no blank stands in an address";
  if (host.find('%') != std::string_view::npos) {
    return "addresses with a zone are not known here: let a systemd socket unit listen at it";
  }
  if (host.find_first_not_of("0123456789.") == std::string_view::npos)
    return "an IPv4 address has four numbers from 0 to 255, without zeros in front";
  if (host.find_first_not_of("0123456789abcdefABCDEF.:") == std::string_view::npos && host.find(':') != host.npos) {
    return "an IPv6 address stands in brackets: [::1]:8080";
  }
  return "names are not looked up: write an address such as 127.0.0.1:8080, [::1]:8080 or *:8080";
}

std::optional<std::string> fault_of_path(std::string_view path) {
  if (path.empty()) return "the path of the socket is missing: unix:/run/webserv.sock";
  if (path.starts_with('@')) return "abstract sockets are not known here: give the path of a file";
  if (path.size() > max_path) {
    return "the path of a unix socket has at most " + std::to_string(max_path) + " bytes, this one has " +
           std::to_string(path.size());
  }
  return std::nullopt;
}

sockaddr_un unix_socket(std::string_view path) {
  sockaddr_un socket{};
  socket.sun_family = AF_UNIX;
  std::memcpy(socket.sun_path, path.data(), path.size());
  return socket;
}

// Fills `socket` from the host of an IPv6 address: "*", or one in brackets. The error is a sentence.
std::optional<std::string> fill(sockaddr_in6& socket, std::string_view host) {
  if (host == "*") return std::nullopt;
  const std::string inside(host.substr(1, host.size() - 2));
  if (inet_pton(AF_INET6, inside.c_str(), &socket.sin6_addr) == 1) return std::nullopt;
  if (inside.find('%') != std::string::npos) return wrong_host(inside);
  return "in brackets stands an IPv6 address, such as [::1]:8080";
}

}  // namespace

std::expected<Address, std::string> parse_address(std::string_view text) {
  Address address;
  const auto hold = [&](const auto& socket, size_t size) {
    std::memcpy(&address.storage_, &socket, sizeof socket);
    address.size_ = static_cast<socklen_t>(size);
    return address;
  };
  if (text.find('\0') != std::string_view::npos) return error("an address has no NUL");
  if (text.starts_with(unix_prefix)) {
    const std::string_view path = text.substr(unix_prefix.size());
    if (std::optional<std::string> fault = fault_of_path(path)) return std::unexpected(*std::move(fault));
    return hold(unix_socket(path), offsetof(sockaddr_un, sun_path) + path.size() + 1);
  }
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || text.ends_with(']')) return std::unexpected(without_port(text));
  const std::string_view host = text.substr(0, colon);
  if (is_ipv6(text) || is_ipv6(host)) return error("an IPv6 address stands in brackets: [::1]:8080");
  const std::optional<uint64_t> port = parse_decimal(text.substr(colon + 1), 65535);
  if (!port) return error("the port is a number from 0 to 65535");
  const uint16_t network_port = htons(static_cast<uint16_t>(*port));

  if (host == "*" || (host.starts_with('[') && host.ends_with(']'))) {
    sockaddr_in6 socket{};
    socket.sin6_family = AF_INET6;
    socket.sin6_port = network_port;
    if (std::optional<std::string> fault = fill(socket, host)) return std::unexpected(*std::move(fault));
    address.both_families_ = host == "*";
    return hold(socket, sizeof socket);
  }
  sockaddr_in socket{};
  socket.sin_family = AF_INET;
  socket.sin_port = network_port;
  if (inet_pton(AF_INET, std::string(host).c_str(), &socket.sin_addr) != 1) return std::unexpected(wrong_host(host));
  return hold(socket, sizeof socket);
}

Address::Address(std::string_view text) {
  std::expected<Address, std::string> parsed = parse_address(text);
  if (!parsed) throw std::invalid_argument("\"" + std::string(text) + "\": " + parsed.error());
  *this = *parsed;
}

Address::Address(const sockaddr_storage& storage, socklen_t size, bool both_families)
    : storage_(storage), size_(size), both_families_(both_families) {}

uint16_t Address::port() const {
  if (family() == AF_INET) return ntohs(as<sockaddr_in>(storage_).sin_port);
  if (family() == AF_INET6) return ntohs(as<sockaddr_in6>(storage_).sin6_port);
  return 0;
}

std::string Address::path() const {
  constexpr size_t before = offsetof(sockaddr_un, sun_path);
  if (family() != AF_UNIX || size_ <= before) return {};
  const sockaddr_un socket = as<sockaddr_un>(storage_);
  return std::string(socket.sun_path, strnlen(socket.sun_path, size_ - before));
}

std::string Address::to_string() const {
  if (family() == AF_UNIX) return std::string(unix_prefix) + path();
  const std::string behind = ":" + std::to_string(port());
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (family() == AF_INET) {
    const sockaddr_in socket = as<sockaddr_in>(storage_);
    return inet_ntop(AF_INET, &socket.sin_addr, text.data(), text.size()) + behind;
  }
  if (both_families_) return "*" + behind;
  const sockaddr_in6 socket = as<sockaddr_in6>(storage_);
  return "[" + std::string(inet_ntop(AF_INET6, &socket.sin6_addr, text.data(), text.size())) + "]" + behind;
}

}  // namespace webserv
