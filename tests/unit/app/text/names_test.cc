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

TEST(Names, targets_are_paths_or_uris) {
  for (std::string_view to : {"/", "/a?b#c", "/a b", "http://a", "https://a.b:80/c", "HTTP://[::1]/", "https://a?b"}) {
    EXPECT_FALSE(fault_of_target(to)) << to;
  }
  for (std::string_view to : {"", "a", "//a", "http://", "http:///a", "https:/a", "ftp://a/", "mailto:a@b",
                              "https://u@a/", "https://a:99999/", "/a\n", "?a"}) {
    EXPECT_TRUE(fault_of_target(to)) << to;
  }
}

TEST(Names, extensions_begin_with_their_only_dot) {
  for (std::string_view extension : {".php", ".p", ".7z", ".a-b", ".ü"}) EXPECT_FALSE(fault_of_extension(extension));
  for (std::string_view extension : {"", ".", "..", "php", "*.php", ".tar.gz", "a.php", "./php", ".p/", ".p\n"}) {
    EXPECT_TRUE(fault_of_extension(extension)) << extension;
  }
}

TEST(Names, interpreters_are_absolute_paths_or_nothing) {
  for (std::string_view path : {"", "/usr/bin/php-cgi", "/a b"}) EXPECT_FALSE(fault_of_interpreter(path)) << path;
  for (std::string_view path : {"php-cgi", "./php", "bin/php", "~/php", "/usr/bin/", "/"}) {
    EXPECT_TRUE(fault_of_interpreter(path)) << path;
  }
  EXPECT_TRUE(fault_of_interpreter({"/a\0b", 4}));
}

TEST(Names, variables_have_names_that_shells_take) {
  for (std::string_view name : {"A", "_", "a_1", "GIT_PROJECT_ROOT"})
    EXPECT_FALSE(fault_of_variable_name(name)) << name;
  for (std::string_view name : {"", "1A", "A=B", "A B", "A-B", "Ä", "A.B"}) {
    EXPECT_TRUE(fault_of_variable_name(name)) << name;
  }
  EXPECT_FALSE(fault_of_variable_value("a\nb = ü"));
  EXPECT_TRUE(fault_of_variable_value({"a\0b", 3}));
}

TEST(Names, media_types_have_two_parts) {
  for (std::string_view type : {"text/plain", "text/html; charset=utf-8", "application/vnd.a+json"}) {
    EXPECT_FALSE(fault_of_media_type(type)) << type;
  }
  for (std::string_view type : {"", "text", "text/", "/plain", "text/a/b", "text /a", "text/html; a=\n"}) {
    EXPECT_TRUE(fault_of_media_type(type)) << type;
  }
}

}  // namespace
}  // namespace webserv::app
