// Who may say who the client is: networks of addresses, and unix sockets.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "webserv/base/peer.h"

namespace webserv {

// The addresses that begin with the first `bits` of one.
struct AddressPrefix {
  Peer address;
  unsigned bits = 0;

  bool contains(const Peer& peer) const;
  // The same with zeros behind those bits.
  AddressPrefix network() const;
  // "10.0.0.0/8".
  std::string text() const;
  bool operator==(const AddressPrefix&) const = default;
};

// Reads "10.0.0.0/8", or "10.0.0.1" for that address alone. A prefix of IPv4 that is mapped to IPv6 is one of IPv4.
std::optional<AddressPrefix> parse_prefix(std::string_view text);

struct TrustedProxies {
  std::vector<AddressPrefix> networks = {};
  bool unix_sockets = false;

  bool contains(const Peer& peer) const;
  bool empty() const { return networks.empty() && !unix_sockets; }
  bool operator==(const TrustedProxies&) const = default;
};

}  // namespace webserv
