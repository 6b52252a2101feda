#include "webserv/http/cookie.h"
#include "webserv/http/cookie_pairs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace webserv::detail {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs pairs_of(std::string_view field) {
  Pairs pairs;
  for_each_cookie(field, [&](std::string_view name, std::string_view value) {
    pairs.emplace_back(name, value);
    return true;
  });
  return pairs;
}

TEST(Cookie, reads_the_pairs_of_a_field) {
  const std::vector<std::pair<std::string_view, Pairs>> rows = {
      {"", {}},
      {"a=b", {{"a", "b"}}},
      {"a=b; c=d", {{"a", "b"}, {"c", "d"}}},
      {"a=b;c=d", {{"a", "b"}, {"c", "d"}}},
      {" a = b ;\tc\t=\td ", {{"a", "b"}, {"c", "d"}}},
      {"a=", {{"a", ""}}},
      {"a=b=c==", {{"a", "b=c=="}}},                  // base64
      {"a=\"b c\"", {{"a", "\"b c\""}}},              // quotes are part of the value
      {"a=\"b;c=d\"", {{"a", "\"b"}, {"c", "d\""}}},  // and do not hide a semicolon
      {"a=b, c=d", {{"a", "b, c=d"}}},                // nor does a comma separate
      {"a=b;; ;c=d;", {{"a", "b"}, {"c", "d"}}},
      {"a; b=c", {{"b", "c"}}},   // no "="
      {"=a; b=c", {{"b", "c"}}},  // no name
      {"=__Host-a=b", {}},        // nor one that poses as another
      {";", {}},
      {"a=b\xff; $Version=1", {{"a", "b\xff"}, {"$Version", "1"}}},
  };
  for (const auto& [field, pairs] : rows) EXPECT_EQ(pairs_of(field), pairs) << field;
}

TEST(Cookie, finds_the_first_of_a_name) {
  EXPECT_EQ(cookie_value("a=1; b=2; a=3", "a"), "1");
  EXPECT_EQ(cookie_value("a=1; b=2; a=3", "b"), "2");
  EXPECT_EQ(cookie_value("a=1", "A"), "");  // names are case-sensitive
  EXPECT_EQ(cookie_value("xa=1; a=2", "a"), "2");
  EXPECT_EQ(cookie_value("b=a=1", "a"), "");
  EXPECT_EQ(cookie_value("", "a"), "");
  EXPECT_EQ(cookie_value("=1", ""), "");
}

TEST(Cookie, looks_through_repeated_fields) {
  Fields fields;
  EXPECT_EQ(cookie_value(fields, "b"), "");
  fields.add({"Cookie", "a=1", FieldName::cookie});
  EXPECT_EQ(cookie_value(fields, "a"), "1");
  fields.add({"X", "b=9", FieldName::other});
  fields.add({"Cookie", "a=3; b=2", FieldName::cookie});
  EXPECT_EQ(cookie_value(fields, "a"), "1");
  EXPECT_EQ(cookie_value(fields, "b"), "2");
  EXPECT_EQ(cookie_value(fields, "c"), "");
}

TEST(SetCookie, is_careful_by_default) {
  EXPECT_EQ(write_set_cookie({"a", "b"}), "a=b; Path=/; HttpOnly; SameSite=Lax");
}

TEST(SetCookie, writes_what_it_is_told) {
  using std::chrono::seconds;
  EXPECT_EQ(write_set_cookie({"a", "b", "", "", {}, false, false, SameSite::unset}), "a=b");
  EXPECT_EQ(write_set_cookie({"a", "", "/x y", "example.org", seconds(3600), true, true, SameSite::strict}),
            "a=; Path=/x y; Domain=example.org; Max-Age=3600; Secure; HttpOnly; SameSite=Strict");
  EXPECT_EQ(write_set_cookie({"a", "\"b\"", "/", "", seconds(0), false, true, SameSite::none}),
            "a=\"b\"; Path=/; Max-Age=0; Secure; SameSite=None");
  EXPECT_EQ(write_set_cookie({"a", "", "/", "", seconds(-5), false, false, SameSite::unset}), "a=; Path=/; Max-Age=0");
  EXPECT_EQ(write_set_cookie({"__Host-a", "b", "/", "", {}, true, true}),
            "__Host-a=b; Path=/; Secure; HttpOnly; SameSite=Lax");
  EXPECT_EQ(write_set_cookie({"__Secure-a", "b", "/x", "example.org", {}, true, true, SameSite::unset}),
            "__Secure-a=b; Path=/x; Domain=example.org; Secure; HttpOnly");
}

TEST(SetCookie, takes_all_cookie_octets) {
  for (int byte = 0; byte < 256; ++byte) {
    auto c = static_cast<char>(byte);
    std::string value = {'x', c, 'y'};
    bool octet = byte > 0x20 && byte < 0x7f && std::string_view("\",;\\").find(c) == std::string_view::npos;
    EXPECT_EQ(write_set_cookie({"a", value}).has_value(), octet) << byte;
    EXPECT_EQ(write_set_cookie({"a", "\"" + value + "\""}).has_value(), octet) << byte;
  }
}

TEST(SetCookie, refuses_texts_that_would_not_stay_what_they_are) {
  using namespace std::string_view_literals;
  for (std::string_view name : {""sv, "a b"sv, "a=b"sv, "a;"sv, "a\r\n"sv, "\xe4"sv, "a\0"sv, "\"a\""sv}) {
    EXPECT_FALSE(write_set_cookie({name, "b"})) << name;
  }
  for (std::string_view value :
       {"\""sv, "\"b"sv, "b\""sv, "\"b\"c"sv, "\"\"\""sv, "b\r\nX: y"sv, "b; Secure"sv, "b\0"sv}) {
    EXPECT_FALSE(write_set_cookie({"a", value})) << value;
  }
  for (std::string_view path : {"x"sv, "/x "sv, "/x;y"sv, "/x\r\n"sv, "/x\0"sv, "/\x7f"sv, "/\xe4"sv}) {
    EXPECT_FALSE(write_set_cookie({"a", "b", path})) << path;
  }
  for (std::string_view domain : {"."sv, ".example.org"sv, "example."sv, "a..b"sv, "-a"sv, "a-"sv, "a-.b"sv, "a.-b"sv,
                                  "a b"sv, "a;b"sv, "a:80"sv, "[::1]"sv, "a\0"sv, "\xe4.org"sv}) {
    EXPECT_FALSE(write_set_cookie({"a", "b", "/", domain})) << domain;
  }
  EXPECT_TRUE(write_set_cookie({"a", "b", "/", "xn--4ca.Example-1.org"}));
}

TEST(SetCookie, refuses_prefixes_that_it_does_not_keep) {
  EXPECT_FALSE(write_set_cookie({"__Host-a", "b"}));                                      // not Secure
  EXPECT_FALSE(write_set_cookie({"__Host-a", "b", "/x", "", {}, true, true}));            // another path
  EXPECT_FALSE(write_set_cookie({"__Host-a", "b", "", "", {}, true, true}));              // no path
  EXPECT_FALSE(write_set_cookie({"__Host-a", "b", "/", "example.org", {}, true, true}));  // a domain
  EXPECT_FALSE(write_set_cookie({"__host-a", "b"}));                                      // browsers ignore case
  EXPECT_FALSE(write_set_cookie({"__Secure-a", "b"}));
  EXPECT_FALSE(write_set_cookie({"__SECURE-a", "b"}));
  EXPECT_TRUE(write_set_cookie({"__Hosta", "b"}));
  EXPECT_FALSE(write_set_cookie({"a", "b", "/", "", {}, true, false, SameSite::none}));
}

TEST(SetCookie, refuses_what_browsers_drop_for_its_size) {
  std::string value(max_cookie_size - 1, 'x');
  EXPECT_TRUE(write_set_cookie({"a", value}));
  EXPECT_FALSE(write_set_cookie({"ab", value}));
}

TEST(SetCookie, says_what_is_wrong) {
  EXPECT_THAT(write_set_cookie({"a b", "c"}).error(), testing::HasSubstr("name"));
  EXPECT_THAT(write_set_cookie({"a", "b c"}).error(), testing::HasSubstr("value"));
  EXPECT_THAT(write_set_cookie({"__Host-a", "b"}).error(), testing::HasSubstr("__Host-"));
}

}  // namespace
}  // namespace webserv::detail
