#include "webserv/base/peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace webserv {

namespace {

char* put_octet(char* to, unsigned octet) {
  if (octet >= 100) *to++ = static_cast<char>('0' + octet / 100);
  if (octet >= 10) *to++ = static_cast<char>('0' + octet / 10 % 10);
  *to++ = static_cast<char>('0' + octet % 10);
  return to;
}

// Fills in an address of IPv6, or the one of IPv4 that is mapped to it.
void set_address(Peer& peer, const in6_addr& address) {
  if (IN6_IS_ADDR_V4MAPPED(&address)) {
    peer.family = Peer::Family::ipv4;
    std::memcpy(peer.address.data(), address.s6_addr + 12, 4);
  } else {
    peer.family = Peer::Family::ipv6;
    std::memcpy(peer.address.data(), &address, sizeof address);
  }
}

}  // namespace

Peer peer_of(const sockaddr_storage& address) {
  Peer peer;
  if (address.ss_family == AF_INET) {
    const auto& ip = reinterpret_cast<const sockaddr_in&>(address);
    peer.family = Peer::Family::ipv4;
    peer.port = ntohs(ip.sin_port);
    std::memcpy(peer.address.data(), &ip.sin_addr, sizeof ip.sin_addr);
  } else if (address.ss_family == AF_INET6) {
    const auto& ip = reinterpret_cast<const sockaddr_in6&>(address);
    peer.port = ntohs(ip.sin6_port);
    set_address(peer, ip.sin6_addr);
  }
  return peer;
}

std::string_view Peer::text(std::span<char> to) const {
  switch (family) {
    case Family::unix_socket: return "unix";
    case Family::ipv4: {
      char* end = put_octet(to.data(), address[0]);
      for (size_t i = 1; i < 4; ++i) {
        *end++ = '.';
        end = put_octet(end, address[i]);
      }
      return {to.data(), end};
    }
    case Family::ipv6:
      if (inet_ntop(AF_INET6, address.data(), to.data(), static_cast<socklen_t>(to.size())) == nullptr) return {};
      return to.data();
  }
  return {};
}

Peer peer_of(std::span<const uint8_t, 4> ipv4) {
  Peer peer;
  peer.family = Peer::Family::ipv4;
  std::ranges::copy(ipv4, peer.address.begin());
  return peer;
}

Peer peer_of(std::span<const uint8_t, 16> ipv6) {
  in6_addr address;
  std::memcpy(&address, ipv6.data(), ipv6.size());
  Peer peer;
  set_address(peer, address);
  return peer;
}

bool Peer::is_local() const {
  switch (family) {
    case Family::unix_socket: return true;
    case Family::ipv4: return address[0] == 127;
    case Family::ipv6: return std::memcmp(address.data(), &in6addr_loopback, address.size()) == 0;
  }
  return false;
}

std::optional<Peer> parse_ip_address(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size() || text.find('\0') != std::string_view::npos) return std::nullopt;
  std::memcpy(terminated.data(), text.data(), text.size());
  Peer peer;
  in6_addr ipv6;
  if (inet_pton(AF_INET, terminated.data(), peer.address.data()) == 1) {
    peer.family = Peer::Family::ipv4;
  } else if (inet_pton(AF_INET6, terminated.data(), &ipv6) == 1) {
    set_address(peer, ipv6);
  } else {
    return std::nullopt;
  }
  return peer;
}

}  // namespace webserv
