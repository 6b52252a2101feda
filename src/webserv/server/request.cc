#include "webserv/server/request.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
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

Task<std::expected<std::string, HttpError>> Body::text(uint64_t limit) {
  constexpr size_t step = 16 * 1024;
  std::string all;
  for (;;) {
    size_t have = all.size();
    all.resize(have + step);
    std::span<char> room(all.data() + have, step);
    std::expected<size_t, HttpError> got = co_await read_some(room);
    if (!got) co_return std::unexpected(got.error());
    all.resize(have + *got);
    if (all.size() > limit) {
      HttpError too_large(Status::content_too_large, "the body is larger than the handler takes");
      co_return std::unexpected(too_large);
    }
    if (*got == 0) co_return all;
  }
}

}  // namespace webserv
