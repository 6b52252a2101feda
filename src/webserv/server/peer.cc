#include "webserv/server/peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstring>

namespace webserv {

namespace {

char* put_octet(char* to, unsigned octet) {
  if (octet >= 100) *to++ = static_cast<char>('0' + octet / 100);
  if (octet >= 10) *to++ = static_cast<char>('0' + octet / 10 % 10);
  *to++ = static_cast<char>('0' + octet % 10);
  return to;
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
    if (IN6_IS_ADDR_V4MAPPED(&ip.sin6_addr)) {
      peer.family = Peer::Family::ipv4;
      std::memcpy(peer.address.data(), ip.sin6_addr.s6_addr + 12, 4);
    } else {
      peer.family = Peer::Family::ipv6;
      std::memcpy(peer.address.data(), &ip.sin6_addr, sizeof ip.sin6_addr);
    }
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

}  // namespace webserv
