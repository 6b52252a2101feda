#include "webserv/base/peer.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace webserv {
namespace {

using namespace std::literals;

std::string text_of(std::string_view address) {
  const std::optional<Peer> peer = parse_ip_address(address);
  std::array<char, 46> text;
  return peer ? std::string(peer->text(text)) : "none";
}

TEST(Peer, is_read_of_numbers_alone) {
  EXPECT_EQ(text_of("192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(text_of("2001:DB8:0::7"), "2001:db8::7");
  EXPECT_EQ(text_of("::ffff:192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(text_of("::ffff:c000:207"), "192.0.2.7");
  for (std::string_view text : {""sv, "1"sv, "1.2.3"sv, "1.2.3.4.5"sv, "01.2.3.4"sv, "1.2.3.256"sv, "1.2.3.4:5"sv,
                                " 1.2.3.4"sv, "1.2.3.4 "sv, "[::1]"sv, "fe80::1%eth0"sv, "localhost"sv, "unix"sv,
                                "1.2.3.4\0"sv, "1.2.3.4\0.5"sv, "::ffff:1.2.3.256"sv, ":::"sv, "0x7f.0.0.1"sv}) {
    EXPECT_EQ(text_of(text), "none") << text;
  }
  EXPECT_EQ(text_of(std::string(100'000, '1')), "none");
}

TEST(Peer, is_local_where_its_address_is_of_this_machine) {
  EXPECT_TRUE(Peer().is_local());
  for (std::string_view text : {"127.0.0.1", "127.255.1.2", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(parse_ip_address(text)->is_local()) << text;
  }
  for (std::string_view text : {"126.0.0.1", "128.0.0.1", "::", "::2", "10.0.0.1"}) {
    EXPECT_FALSE(parse_ip_address(text)->is_local()) << text;
  }
}

}  // namespace
}  // namespace webserv
