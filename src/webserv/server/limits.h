// Every size and time of the server with its reason. The first group is set by the configuration; its defaults are
// safe.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "webserv/base/clock.h"
#include "webserv/http/head_limits.h"

namespace webserv {

constexpr uint64_t unlimited = std::numeric_limits<uint64_t>::max();

// What a route may set for itself.
struct RouteLimits {
  uint64_t body_size = 1 << 20;                      // bytes of a request's body: 413 above
  Clock::duration body = std::chrono::seconds(30);   // a body's pause, see least_body_rate: 408
  Clock::duration write = std::chrono::seconds(30);  // a response's pause: reset
  // The same on connections of trusted proxies, which take nothing while they have enough to give to a slow client.
  Clock::duration proxy_write = std::chrono::minutes(5);
};

struct Limits {
  HeadLimits head;
  RouteLimits route;                                // for routes that say nothing else
  uint64_t connections = 8192;                      // near it idle ones are closed; above it none is accepted
  uint64_t connections_per_client = 256;            // of one IPv4 address or IPv6 /64: 503 above
  uint64_t requests_per_connection = 10'000;        // the last answer says Connection: close
  Clock::duration idle = std::chrono::seconds(15);  // between requests: closed silently
  // The same on connections of trusted proxies, and before their first request: many keep them for 60 s, or make them
  // before they have one. Whoever closes first should be the proxy: its next request may be on its way.
  Clock::duration proxy_idle = std::chrono::seconds(75);
  Clock::duration head_time = std::chrono::seconds(10);  // the whole head: 408
  Clock::duration drain = std::chrono::seconds(20);      // at stop: how long requests in flight may go on
};

namespace detail {

// A body that comes slower than this (bytes per second) is taken for an attack: its pause shrinks meanwhile.
constexpr uint32_t least_body_rate = 256;

// Requests of one connection that are answered before the others get their turn.
constexpr unsigned requests_per_turn = 16;

// New connections that are accepted before the others get their turn.
constexpr unsigned accepts_per_turn = 16;

// Bytes of a body that go out or come in before other connections get their turn, where the client is as fast: a third
// of a millisecond for those of a file. In smaller portions the receivers wake up more often, which costs the server
// too.
constexpr size_t bytes_per_turn = 2 * 1024 * 1024;

// Answers are gathered into one write up to this size; a larger body is sent from where it lies.
constexpr size_t gather_size = 32 * 1024;

// What an unread body may have left for it to be skipped, so that the connection can go on; else it is closed.
constexpr uint64_t skip_size = 64 * 1024;

// The head of the PROXY protocol is there by then, where a listener asks for it.
constexpr Clock::duration proxy_head_time = std::chrono::seconds(5);

// After the last answer the rest of what the client sends is read and dropped, so that a reset does not eat the answer:
// until nothing came for the pause, and no longer than the time.
constexpr Clock::duration linger_pause = std::chrono::seconds(1);
constexpr Clock::duration linger_time = std::chrono::seconds(10);

// The same in all for a client that was turned away: its connection is to cost little.
constexpr Clock::duration turn_away_time = std::chrono::milliseconds(900);

// Connections of such clients at a time, in all workers: what comes above is reset. Where few connections are allowed,
// because few descriptors are, this is a share of them, and one more.
constexpr uint64_t most_turned_away = 128;
constexpr uint64_t turned_away_share = 8;

// At a drain, connections without a request have this long for one that may be on its way.
constexpr Clock::duration drain_moment = std::chrono::milliseconds(500);

// Room for a body's bytes behind a head of the greatest size.
constexpr size_t body_room = 4 * 1024;

}  // namespace detail

}  // namespace webserv
