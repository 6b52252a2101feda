#include "webserv/server/client_counts.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

namespace webserv::detail {
namespace {

Peer peer(const char* address) {
  Peer peer;
  peer.family = std::string_view(address).contains(':') ? Peer::Family::ipv6 : Peer::Family::ipv4;
  ::inet_pton(peer.family == Peer::Family::ipv6 ? AF_INET6 : AF_INET, address, peer.address.data());
  return peer;
}

TEST(ClientCounts, counts_an_address_up_to_its_limit) {
  ClientCounts counts;
  EXPECT_TRUE(counts.enter(peer("192.0.2.7"), 2));
  EXPECT_TRUE(counts.enter(peer("192.0.2.7"), 2));
  EXPECT_FALSE(counts.enter(peer("192.0.2.7"), 2));
  EXPECT_TRUE(counts.enter(peer("192.0.2.8"), 2));
  counts.leave(peer("192.0.2.7"));
  EXPECT_TRUE(counts.enter(peer("192.0.2.7"), 2));
}

// Whoever has one address of a network of IPv6 has all of them.
TEST(ClientCounts, counts_a_network_of_ipv6_as_one_client) {
  ClientCounts counts;
  EXPECT_TRUE(counts.enter(peer("2001:db8:1:2::1"), 2));
  EXPECT_TRUE(counts.enter(peer("2001:db8:1:2:ffff::9"), 2));
  EXPECT_FALSE(counts.enter(peer("2001:db8:1:2::3"), 2));
  EXPECT_TRUE(counts.enter(peer("2001:db8:1:3::1"), 2));
  counts.leave(peer("2001:db8:1:2::77"));
  EXPECT_TRUE(counts.enter(peer("2001:db8:1:2::3"), 2));
}

TEST(ClientCounts, a_unix_socket_is_no_client) {
  ClientCounts counts;
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(counts.enter(Peer(), 1));
}

}  // namespace
}  // namespace webserv::detail
