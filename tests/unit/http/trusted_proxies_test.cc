#include "webserv/http/trusted_proxies.h"

#include <gtest/gtest.h>

#include <string>

namespace webserv {
namespace {

using namespace std::literals;

TEST(AddressPrefix, is_read_with_and_without_its_bits) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"10.0.0.0/8", "10.0.0.0/8"},          {"10.0.0.1", "10.0.0.1/32"},        {"0.0.0.0/0", "0.0.0.0/0"},
      {"10.1.2.3/8", "10.1.2.3/8"},          {"2001:db8::/32", "2001:db8::/32"}, {"::1", "::1/128"},
      {"::ffff:10.0.0.0/104", "10.0.0.0/8"}, {"::ffff:10.0.0.1", "10.0.0.1/32"},
  };
  for (const auto& [text, read] : rows) {
    ASSERT_TRUE(parse_prefix(text)) << text;
    EXPECT_EQ(parse_prefix(text)->text(), read);
  }
  for (std::string_view text : {""sv, "/8"sv, "10.0.0.0/"sv, "10.0.0.0/33"sv, "10.0.0.0/+8"sv, "10.0.0.0/8/8"sv,
                                "10.0.0.0/255.0.0.0"sv, "10/8"sv, "::/129"sv, "::ffff:10.0.0.0/8"sv,
                                "::ffff:10.0.0.0/95"sv, "[::1]/128"sv, "unix"sv, "10.0.0.0 /8"sv}) {
    EXPECT_FALSE(parse_prefix(text)) << text;
  }
}

TEST(AddressPrefix, has_a_network) {
  EXPECT_EQ(parse_prefix("10.1.2.3/8")->network().text(), "10.0.0.0/8");
  EXPECT_EQ(parse_prefix("10.255.2.3/9")->network().text(), "10.128.0.0/9");
  EXPECT_EQ(parse_prefix("10.1.2.3/32")->network().text(), "10.1.2.3/32");
  EXPECT_EQ(parse_prefix("2001:db8:ffff::1/33")->network().text(), "2001:db8:8000::/33");
  EXPECT_EQ(parse_prefix("2001:db8::1/0")->network().text(), "::/0");
}

TEST(TrustedProxies, have_the_addresses_of_their_networks_and_no_others) {
  TrustedProxies trusted;
  for (std::string_view text : {"10.0.0.0/8", "192.0.2.128/25", "198.51.100.7", "2001:db8::/33"}) {
    trusted.networks.push_back(*parse_prefix(text));
  }
  for (std::string_view text : {"10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3", "192.0.2.128", "192.0.2.255",
                                "198.51.100.7", "2001:db8:7fff::1"}) {
    EXPECT_TRUE(trusted.contains(*parse_ip_address(text))) << text;
  }
  for (std::string_view text : {"9.255.255.255", "11.0.0.0", "192.0.2.127", "192.0.3.128", "198.51.100.6", "::1",
                                "2001:db8:8000::", "2001:db7::", "a00::", "::10.0.0.1"}) {
    EXPECT_FALSE(trusted.contains(*parse_ip_address(text))) << text;
  }
  EXPECT_FALSE(trusted.contains(Peer()));
  trusted.unix_sockets = true;
  EXPECT_TRUE(trusted.contains(Peer()));
}

}  // namespace
}  // namespace webserv
