#include "webserv/http/trusted_proxies.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "webserv/base/text.h"

namespace webserv {

using namespace detail;

namespace {

constexpr unsigned ipv4_bits = 32;
constexpr unsigned ipv6_bits = 128;
// Before an address of IPv4 that is mapped to IPv6 (RFC 4291 2.5.5.2).
constexpr unsigned mapped_bits = ipv6_bits - ipv4_bits;

uint8_t mask_of(unsigned bits) { return static_cast<uint8_t>(0xff00u >> std::min(bits, 8u)); }

}  // namespace

bool AddressPrefix::contains(const Peer& peer) const {
  if (peer.family != address.family) return false;
  const unsigned whole = bits / 8;
  if (!std::equal(address.address.begin(), address.address.begin() + whole, peer.address.begin())) return false;
  if (bits % 8 == 0) return true;
  return ((address.address[whole] ^ peer.address[whole]) & mask_of(bits % 8)) == 0;
}

AddressPrefix AddressPrefix::network() const {
  AddressPrefix network = *this;
  for (unsigned i = 0; i < network.address.address.size(); ++i) {
    network.address.address[i] &= mask_of(bits > i * 8 ? bits - i * 8 : 0);
  }
  return network;
}

std::string AddressPrefix::text() const {
  std::array<char, 46> buffer;
  std::string text(address.text(buffer));
  text.push_back('/');
  append_decimal(text, bits);
  return text;
}

std::optional<AddressPrefix> parse_prefix(std::string_view text) {
  const size_t slash = std::min(text.find('/'), text.size());
  const std::string_view host = text.substr(0, slash);
  const std::optional<Peer> address = parse_ip_address(host);
  if (!address) return std::nullopt;
  const bool is_ipv4 = address->family == Peer::Family::ipv4;
  const unsigned most = is_ipv4 ? ipv4_bits : ipv6_bits;
  if (slash == text.size()) return AddressPrefix{*address, most};
  const bool is_mapped = is_ipv4 && host.find(':') != std::string_view::npos;
  const std::optional<uint64_t> bits = parse_decimal(text.substr(slash + 1), is_mapped ? ipv6_bits : most);
  if (!bits || (is_mapped && *bits < mapped_bits)) return std::nullopt;
  return AddressPrefix{*address, static_cast<unsigned>(*bits) - (is_mapped ? mapped_bits : 0)};
}

bool TrustedProxies::contains(const Peer& peer) const {
  if (peer.family == Peer::Family::unix_socket) return unix_sockets;
  return std::ranges::any_of(networks, [&](const AddressPrefix& network) { return network.contains(peer); });
}

}  // namespace webserv
