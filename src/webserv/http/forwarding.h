// What proxies tell of the client behind them: Forwarded (RFC 7239), and X-Forwarded-For and -Proto, which no standard
// has.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "webserv/base/peer.h"
#include "webserv/http/fields.h"
#include "webserv/http/trusted_proxies.h"

namespace webserv {

// Proxies that are looked through: a chain that is longer is somebody's play. What stands left of them is not looked
// at.
constexpr size_t most_proxies = 32;

struct Forwarding {
  enum class Source : uint8_t { none, forwarded, x_forwarded };
  enum class Scheme : uint8_t { unknown, http, https };

  // The last address from the right that is trusted itself no more; else the leftmost one that is known to be right,
  // which is the peer where no address is. Its port is 0 where no proxy tells it.
  Peer client;
  Scheme scheme = Scheme::unknown;  // in which the client has spoken to the first of the trusted proxies
  Source source = Source::none;     // whose fields tell it: the others count for nothing
  bool operator==(const Forwarding&) const = default;
};

// Reads the fields of a request that has come from `peer`, who is trusted. Each proxy adds to the right, so that what
// stands there was written by one that is trusted, and it is read from there. Reading ends at what is no address
// ("unknown", "_hidden", an empty element, garbage): nobody knows who has written what stands left of it.
// X-Forwarded-For counts before Forwarded: the usual proxies write the former, and pass on what a client has put into
// the latter.
Forwarding read_forwarding(const Fields& fields, const Peer& peer, const TrustedProxies& trusted);

// Without the fields of forwarding that are not of this source. Where it is none, all of them go.
Fields keep_forwarding(const Fields& fields, Forwarding::Source source);

// A client as Forwarded names it, without its quotes (RFC 7239 6): "192.0.2.7", "192.0.2.7:80", "[2001:db8::7]:80".
// Nothing where it is hidden, or malformed.
std::optional<Peer> parse_node(std::string_view text);

// As X-Forwarded-For has it: also an IPv6 address without brackets, and "unix:", as nginx writes it.
std::optional<Peer> parse_x_node(std::string_view text);

}  // namespace webserv
