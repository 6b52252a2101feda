// Who is at the other end of a connection.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace webserv {

// Small enough to be kept with every idle connection.
struct Peer {
  enum class Family : uint8_t { unix_socket, ipv4, ipv6 };
  Family family = Family::unix_socket;
  uint16_t port = 0;                  // host byte order
  std::array<uint8_t, 16> address{};  // network byte order; IPv4 in the first four

  // Writes "192.0.2.7", "2001:db8::7" or "unix" to `to` (at least 46 bytes) and returns the view of it.
  std::string_view text(std::span<char> to) const;
  // Of this machine: 127.0.0.0/8, ::1, or a unix socket.
  bool is_local() const;
  bool operator==(const Peer&) const = default;
};

// Of an address of the kernel's; an IPv4 one that is mapped to IPv6 is one of IPv4.
Peer peer_of(const sockaddr_storage& address);

// Of an address in network byte order, 4 bytes of IPv4 or 16 of IPv6; mapped ones as above.
Peer peer_of(std::span<const uint8_t, 4> ipv4);
Peer peer_of(std::span<const uint8_t, 16> ipv6);

// The address of IPv4 or IPv6 that the whole text is, without a port; mapped ones as above. Nothing for any other text:
// a name, a zone, brackets, blanks, zeros in front.
std::optional<Peer> parse_ip_address(std::string_view text);

}  // namespace webserv
