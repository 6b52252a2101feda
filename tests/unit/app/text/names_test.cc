#include "app/text/names.h"

#include <gtest/gtest.h>

#include <string>

namespace webserv::app {
namespace {

TEST(Names, hosts_are_compared_in_lower_case_without_a_dot_at_the_end) {
  struct Row {
    std::string_view text, name;
  };
  const std::string label(63, 'a');
  const std::string longest = label + '.' + label + '.' + label + '.' + std::string(61, 'b');
  const Row rows[] = {
      {"*", "*"},
      {"a", "a"},
      {"A.b.", "a.b"},
      {"*.X.y", "*.x.y"},
      {"a_b-c.1.d", "a_b-c.1.d"},
      {"127.0.0.1", "127.0.0.1"},
      {"[2001:DB8::1]", "[2001:db8::1]"},
      {"[0:0::1]", "[::1]"},
      {"xn--bcher-kva.example", "xn--bcher-kva.example"},
      {longest, longest},
  };
  for (const Row& row : rows) EXPECT_EQ(parse_host_name(row.text), row.name) << row.text;
  EXPECT_FALSE(parse_host_name("x" + longest));
  EXPECT_FALSE(parse_host_name(label + "a"));
  using namespace std::literals;
  for (std::string_view text :
       {"."sv, "*.*"sv, "*.a.*"sv, "a.."sv, "a\0b"sv, "[::1\0]"sv, "a,b"sv, "user@a"sv, "a b"sv}) {
    EXPECT_FALSE(parse_host_name(text)) << text;
  }
}

TEST(Names, listeners_are_what_systemd_takes) {
  for (std::string_view name : {"http", "webserv.socket", "a b", "x@1"})
    EXPECT_FALSE(fault_of_listener_name(name)) << name;
  EXPECT_FALSE(fault_of_listener_name(std::string(255, 'x')));
  EXPECT_TRUE(fault_of_listener_name(std::string(256, 'x')));
  for (std::string_view name : {"", "a:b", "a\n", "\x7f", "ü"}) EXPECT_TRUE(fault_of_listener_name(name)) << name;
}

TEST(Names, routes_are_decoded_paths) {
  for (std::string_view path :
       {"/", "/a", "/a/", "/a b", "/ü", "/.well-known/", "/...", "/a%", "/a%2", "/*a", "/a\\b"}) {
    EXPECT_FALSE(fault_of_route_path(path)) << path;
  }
  for (std::string_view path :
       {"", "a", "/a/../", "/..", "/.", "//", "/a//", "/a?", "/a#", "/%41", "/a/*", "/\x01", "/\x7f"}) {
    EXPECT_TRUE(fault_of_route_path(path)) << path;
  }
}

TEST(Names, errors_are_codes_and_classes) {
  EXPECT_EQ(parse_error_code("400"), 400u);
  EXPECT_EQ(parse_error_code("404"), 404u);
  EXPECT_EQ(parse_error_code("599"), 599u);
  EXPECT_EQ(parse_error_code("4xx"), 4u);
  EXPECT_EQ(parse_error_code("5xx"), 5u);
  for (std::string_view text :
       {"", "4", "5", "40", "399", "600", "4000", "0404", "+404", "404 ", "4xX", "3xx", "xxx", "*"}) {
    EXPECT_FALSE(parse_error_code(text)) << text;
  }
}

}  // namespace
}  // namespace webserv::app
