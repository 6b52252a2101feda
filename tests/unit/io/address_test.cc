#include "webserv/io/address.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/un.h>
#include <unistd.h>

#include <stdexcept>
#include <string>

namespace webserv::detail {
namespace {

using namespace std::literals;
using ::testing::HasSubstr;

std::string fault(std::string_view text) {
  const std::expected<Address, std::string> parsed = parse_address(text);
  return parsed ? "parsed as " + parsed->to_string() : parsed.error();
}

TEST(Address, reads_every_form_and_writes_it_again) {
  struct Row {
    std::string_view text;
    int family;
    uint16_t port;
    bool both_families;
  };
  constexpr Row rows[] = {
      {"127.0.0.1:8080", AF_INET, 8080, false},
      {"0.0.0.0:80", AF_INET, 80, false},
      {"255.255.255.255:65535", AF_INET, 65535, false},
      {"127.0.0.1:0", AF_INET, 0, false},
      {"[::1]:8080", AF_INET6, 8080, false},
      {"[::]:443", AF_INET6, 443, false},
      {"[2001:db8::1]:1", AF_INET6, 1, false},
      {"[::ffff:10.0.0.1]:80", AF_INET6, 80, false},
      {"*:8080", AF_INET6, 8080, true},
      {"unix:/run/x.sock", AF_UNIX, 0, false},
      {"unix:run/x.sock", AF_UNIX, 0, false},
      {"unix:/run/with:colon 80", AF_UNIX, 0, false},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.text);
    const std::expected<Address, std::string> address = parse_address(row.text);
    ASSERT_TRUE(address) << address.error();
    EXPECT_EQ(address->family(), row.family);
    EXPECT_EQ(address->port(), row.port);
    EXPECT_EQ(address->both_families(), row.both_families);
    EXPECT_EQ(address->to_string(), row.text);
    EXPECT_EQ(*address, Address(row.text));
  }
}

TEST(Address, normalizes_an_ipv6_address) {
  EXPECT_EQ(Address("[2001:DB8:0:0:0:0:0:1]:00080").to_string(), "[2001:db8::1]:80");
}

TEST(Address, tells_what_is_wrong_and_names_a_right_form) {
  struct Row {
    std::string_view text, fault;
  };
  const Row rows[] = {
      {"", "127.0.0.1:8080, [::1]:8080, *:8080 or unix:/run/webserv.sock"},
      {"8080", "write *:8080 or 127.0.0.1:8080"},
      {":8080", "\"*\" stands for all addresses"},
      {"*", "write *:8080"},
      {"127.0.0.1", "write 127.0.0.1:8080"},
      {"[::1]", "write [::1]:8080"},
      {"/run/x.sock", "unix:/run/x.sock"},
      {"nonsense", "write 127.0.0.1:8080"},
      {"127.0.0.1 8080", "a colon stands before the port"},
      {"localhost:80", "names are not looked up"},
      {"http://127.0.0.1:80", "no scheme: leave out http://"},
      {"127.0.0.1:80,[::1]:80", "several addresses are a list"},
      {"::1", "in brackets"},
      {"::1:8080", "in brackets"},
      {"2001:db8:1:2:3:4:5:6:80", "in brackets"},
      {"::1:99999", "in brackets"},
      {"[127.0.0.1]:80", "in brackets stands an IPv6 address"},
      {"[]:80", "in brackets stands an IPv6 address"},
      {"[::1]:80]", "the port is missing"},
      {"[::1]80", "from 0 to 65535"},
      {"1:2:3:80", "in brackets"},
      {"[fe80::1%eth0]:80", "zone"},
      {"fe80::1%eth0:80", "zone"},
      {"127.0.0.1:", "from 0 to 65535"},
      {"127.0.0.1:65536", "from 0 to 65535"},
      {"127.0.0.1:+80", "from 0 to 65535"},
      {"127.0.0.1: 80", "from 0 to 65535"},
      {"127.0.0.1:80 ", "from 0 to 65535"},
      {"127.0.0.1:http", "from 0 to 65535"},
      {"127.0.0.1:0x50", "from 0 to 65535"},
      {"*:-1", "from 0 to 65535"},
      {"127.0.0.256:80", "four numbers from 0 to 255"},
      {"127.0.0.01:80", "four numbers from 0 to 255"},
      {"127.1:80", "four numbers from 0 to 255"},
      {" 127.0.0.1:80", "no blank stands"},
      {"127.0.0.1\0:80"sv, "NUL"},
      {"unix:", "path of the socket is missing"},
      {"unix:@abstract", "abstract"},
      {"unix:/a\0b"sv, "NUL"},
  };
  for (const Row& row : rows) EXPECT_THAT(fault(row.text), HasSubstr(row.fault)) << row.text;
}

TEST(Address, takes_a_path_as_long_as_the_kernel_does) {
  const std::string longest = "unix:/" + std::string(106, 'x');
  EXPECT_EQ(Address(longest).path().size(), 107u);
  EXPECT_THAT(fault(longest + "x"), HasSubstr("at most 107 bytes, this one has 108"));
}

TEST(Address, throws_where_a_text_that_should_be_right_is_not) {
  EXPECT_THROW(Address("localhost:80"), std::invalid_argument);
}

TEST(Address, tells_apart_addresses_that_differ_in_anything) {
  EXPECT_FALSE(Address("*:80") == Address("[::]:80"));
  EXPECT_FALSE(Address("127.0.0.1:80") == Address("127.0.0.1:81"));
  EXPECT_FALSE(Address("unix:/a") == Address("unix:/ab"));
}

TEST(Address, holds_what_the_kernel_says) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_GE(socket, 0);
  const Address any_port("127.0.0.1:0");
  ASSERT_EQ(::bind(socket, any_port.data(), any_port.size()), 0);
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  ASSERT_EQ(::getsockname(socket, reinterpret_cast<sockaddr*>(&storage), &size), 0);
  ::close(socket);
  const Address bound(storage, size);
  EXPECT_NE(bound.port(), 0);
  EXPECT_EQ(bound.to_string(), "127.0.0.1:" + std::to_string(bound.port()));
}

TEST(Address, has_no_path_where_a_unix_socket_has_no_name) {
  sockaddr_storage storage{};
  storage.ss_family = AF_UNIX;
  EXPECT_EQ(Address(storage, sizeof(sa_family_t)).path(), "");
  EXPECT_EQ(Address(storage, sizeof(sa_family_t)).to_string(), "unix:");
}

}  // namespace
}  // namespace webserv::detail
