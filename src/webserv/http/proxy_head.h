// The head of the PROXY protocol (haproxy.org, proxy-protocol.txt, versions 1 and 2), which a proxy sends before the
// first byte of a connection to say whose it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include "webserv/base/peer.h"

namespace webserv::detail {

// No head is taken that is longer: with certificates of clients some have a few thousand bytes.
constexpr size_t most_proxy_head = 4096;

struct ProxyHead {
  // The client; nothing where the connection is the proxy's own (LOCAL, as health checks are), or where it says no
  // address (UNKNOWN, a unix socket, datagrams).
  std::optional<Peer> client;
  bool secure = false;  // the client came by TLS
  bool operator==(const ProxyHead&) const = default;
};

// Reads what has come of a head, from its first byte on. The value is how many bytes more are part of it for certain,
// so that nothing behind it is taken: it is to be called again with some of them, or all; 0: it is whole, and `head` is
// filled in. The error is a literal: no head begins like that, or it is malformed.
std::expected<size_t, std::string_view> read_proxy_head(std::string_view bytes, ProxyHead& head);

}  // namespace webserv::detail
