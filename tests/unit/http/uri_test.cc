#include "webserv/http/uri.h"

#include <gtest/gtest.h>

#include <expected>
#include <initializer_list>
#include <string>
#include <string_view>

namespace webserv::detail {
namespace {

using namespace std::literals;

TEST(Target, is_taken_apart) {
  struct Row {
    Method method;
    std::string_view text;
    TargetForm form;
    std::string_view authority, path, query;
    bool has_query = false;
  };
  const Row rows[] = {
      {Method::get, "/", TargetForm::origin, "", "/", ""},
      {Method::get, "/a/b.html", TargetForm::origin, "", "/a/b.html", ""},
      {Method::get, "//a", TargetForm::origin, "", "//a", ""},
      {Method::get, "/a?", TargetForm::origin, "", "/a", "", true},
      {Method::get, "/a?b=c&d", TargetForm::origin, "", "/a", "b=c&d", true},
      {Method::get, "/?a?b/c", TargetForm::origin, "", "/", "a?b/c", true},
      {Method::get, "/%41%2f", TargetForm::origin, "", "/%41%2f", ""},
      {Method::get, "/a?100%&%zz", TargetForm::origin, "", "/a", "100%&%zz", true},
      {Method::get, "/http://a/", TargetForm::origin, "", "/http://a/", ""},
      {Method::get, "/a@b:c,d;e", TargetForm::origin, "", "/a@b:c,d;e", ""},
      {Method::options, "/", TargetForm::origin, "", "/", ""},
      {Method::options, "*", TargetForm::asterisk, "", "*", ""},
      {Method::get, "http://a", TargetForm::absolute, "a", "/", ""},
      {Method::get, "HTTP://A.b:80/c/d?e", TargetForm::absolute, "A.b:80", "/c/d", "e", true},
      {Method::get, "https://a/", TargetForm::absolute, "a", "/", ""},
      {Method::post, "http://a?b", TargetForm::absolute, "a", "/", "b", true},
      {Method::get, "http://[::1]:8080/x", TargetForm::absolute, "[::1]:8080", "/x", ""},
      {Method::get, "http://a//b", TargetForm::absolute, "a", "//b", ""},
      {Method::get, "http://a/?http://u@b/", TargetForm::absolute, "a", "/", "http://u@b/", true},
      {Method::options, "http://a", TargetForm::absolute, "a", "/", ""},
      {Method::connect, "a:443", TargetForm::authority, "a:443", "/", ""},
      {Method::connect, "[::1]:1", TargetForm::authority, "[::1]:1", "/", ""},
  };
  for (const Row& row : rows) {
    std::expected<Target, HttpError> target = parse_target(row.method, row.text);
    ASSERT_TRUE(target) << row.text;
    EXPECT_EQ(target->form, row.form) << row.text;
    EXPECT_EQ(target->text.data(), row.text.data()) << row.text;
    EXPECT_EQ(target->text, row.text);
    EXPECT_EQ(target->authority, row.authority) << row.text;
    EXPECT_EQ(target->path, row.path) << row.text;
    EXPECT_EQ(target->query, row.query) << row.text;
    EXPECT_EQ(target->has_query, row.has_query) << row.text;
  }
}

void check_refused(Method method, std::initializer_list<std::string_view> targets) {
  for (std::string_view text : targets) {
    std::expected<Target, HttpError> target = parse_target(method, text);
    ASSERT_FALSE(target) << text;
    EXPECT_EQ(target.error().status, Status::bad_request) << text;
  }
}

TEST(Target, is_refused_where_it_is_malformed) {
  check_refused(Method::get,
                {""sv, "a"sv, "*"sv, "/a b"sv, "/a#b"sv, "/a?b#c"sv, "/\0"sv, "/\t"sv, "/\x7f"sv, "/\xc3\xa4"sv,
                 "/a?\x80"sv, "/%"sv, "/%2"sv, "/%2x"sv, "/%x2"sv, "/%%41"sv, "/% 41"sv, "/%+1"sv, "/a%4?b"sv});
  check_refused(Method::options, {"*/"sv, "/ *"sv});
}

TEST(Target, is_refused_where_its_absolute_form_is_malformed) {
  check_refused(Method::get, {"http:/a"sv,
                              "http:a"sv,
                              "http//a"sv,
                              "http://"sv,
                              "http:///a"sv,
                              "http://?a"sv,
                              "http://:80/"sv,
                              "http://u@a/"sv,
                              "http://u:p@a/"sv,
                              "http://a:b/"sv,
                              "http://a:65536/"sv,
                              "http://a,b/"sv,
                              "http://[::1/"sv,
                              "http://a/%"sv,
                              "://a/"sv,
                              "ftp://a/"sv,
                              "file:///etc/passwd"sv,
                              "httpx://a/"sv,
                              "javascript:alert(1)"sv,
                              "a:80"sv});
}

TEST(Target, is_refused_where_connect_has_no_authority_with_a_port) {
  check_refused(Method::connect,
                {"/"sv, "*"sv, "a"sv, "a:"sv, "a:x"sv, ":80"sv, "a:80/"sv, "u@a:80"sv, "[::1]"sv, "http://a:80"sv});
}

TEST(Path, is_normalized) {
  struct Row {
    std::string_view path, normal;
  };
  const Row rows[] = {
      {"/", "/"},
      {"/a", "/a"},
      {"/a/b.c/", "/a/b.c/"},
      {"/.well-known/x", "/.well-known/x"},
      {"/...", "/..."},
      {"/..a/.b/c..", "/..a/.b/c.."},
      {"//", "/"},
      {"///a//b//", "/a/b/"},
      {"/.", "/"},
      {"/./", "/"},
      {"/a/.", "/a/"},
      {"/a/./b", "/a/b"},
      {"/a/..", "/"},
      {"/a/../", "/"},
      {"/a/b/..", "/a/"},
      {"/a/b/../c", "/a/c"},
      {"/a/b/../../c", "/c"},
      {"/a//../b", "/b"},
      {"/a/b//..", "/a/"},
      {"/a/./../b", "/b"},
      {"/%61", "/a"},
      {"/%2e", "/"},
      {"/a/%2E%2e/b", "/b"},
      {"/a/.%2e", "/"},
      {"/a/%2e./b", "/b"},
      {"/a/%2e/b", "/a/b"},
      {"/%2e%2e%2e", "/..."},
      {"/%252e%252e", "/%2e%2e"},  // decoded once
      {"/%25", "/%"},
      {"/a%20b%3fc%23", "/a b?c#"},
      {"/%01%0a%7f", "/\x01\n\x7f"},
      {"/%c3%a4/%ff", "/\xc3\xa4/\xff"},
      {"/a\\..\\b", "/a\\..\\b"},  // no separator here
      {"/%5c..", "/\\.."},
      {"/a;b=c/..", "/"},
      {"/..;/a", "/..;/a"},
      {"/%c0%ae%c0%ae/a", "/\xc0\xae\xc0\xae/a"},  // overlong UTF-8 is a name, not ".."
      {"/a+b", "/a+b"},
  };
  for (const Row& row : rows) {
    std::string scratch = "what was there before";
    std::expected<std::string_view, HttpError> normal = normalize_path(row.path, scratch);
    ASSERT_TRUE(normal) << row.path;
    EXPECT_EQ(*normal, row.normal) << row.path;
  }
}

TEST(Path, is_normalized_at_every_place) {
  for (size_t size = 0; size <= 40; ++size) {
    for (size_t at = 0; at <= size; ++at) {
      const std::string before = "/" + std::string(at, 'a');
      const std::string after(size - at, 'a');
      std::string scratch;
      for (std::string_view slash : {"//", "/./", "/%2e/", "/b/../", "/b/%2E."}) {
        std::string_view rest = std::string_view(after).substr(slash.ends_with('.') ? after.size() : 0);
        std::string normal = at == 0 ? before : before + "/";
        EXPECT_EQ(normalize_path(before + std::string(slash) + std::string(rest), scratch).value(),
                  normal + std::string(rest));
      }
      EXPECT_EQ(normalize_path(before + "%62" + after, scratch).value(), before + "b" + after);
      EXPECT_FALSE(normalize_path(before + std::string(1, '\0') + after, scratch));
      EXPECT_FALSE(normalize_path(before + "%2f" + after, scratch));
    }
  }
}

TEST(Path, stays_where_it_is_if_nothing_changes) {
  std::string scratch;
  for (std::string_view path : {"/", "/a", "/a/b.c/d_e-f~g!", "/.well-known/x", "/..a/", "/!\"$&'()*+,-;=:@/a"}) {
    EXPECT_EQ(normalize_path(path, scratch)->data(), path.data()) << path;
  }
  EXPECT_EQ(normalize_path("/%61", scratch)->data(), scratch.data());
}

TEST(Path, is_refused_where_it_is_no_name_of_a_file) {
  struct Row {
    std::string_view path;
    Status status;
  };
  const Row rows[] = {
      {"/..", Status::bad_request},
      {"/../", Status::bad_request},
      {"/a/../..", Status::bad_request},
      {"/a/../../a", Status::bad_request},
      {"/./..", Status::bad_request},
      {"//../a", Status::bad_request},
      {"/%2e%2e", Status::bad_request},
      {"/%2e%2e/etc/passwd", Status::bad_request},
      {"/.%2e/.%2e/etc", Status::bad_request},
      {"/a/%2e./%2e%2e/b", Status::bad_request},
      {"/%00", Status::bad_request},
      {"/a\0b"sv, Status::bad_request},
      {"/a%00.html", Status::bad_request},
      {"/..%00/", Status::bad_request},
      {"/%2f", Status::not_found},
      {"/a%2Fb", Status::not_found},
      {"/..%2f..%2fetc", Status::not_found},
      {"/%", Status::bad_request},
      {"/%4", Status::bad_request},
      {"/a%zz", Status::bad_request},
      {"", Status::bad_request},
      {"a", Status::bad_request},
      {"*", Status::bad_request},
      {"%2f", Status::bad_request},
  };
  for (const Row& row : rows) {
    std::string scratch;
    std::expected<std::string_view, HttpError> normal = normalize_path(row.path, scratch);
    ASSERT_FALSE(normal) << row.path;
    EXPECT_EQ(normal.error().status, row.status) << row.path;
  }
}

TEST(Path, may_be_long_and_deep) {
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += "/a";
  for (int i = 0; i < 4999; ++i) deep += "/..";
  std::string scratch;
  EXPECT_EQ(normalize_path(deep, scratch).value(), "/a/");
  EXPECT_FALSE(normalize_path(deep + "/../..", scratch));
}

TEST(Host, is_normalized) {
  struct Row {
    std::string_view authority, host;
  };
  const Row rows[] = {
      {"a", "a"},
      {"a:80", "a"},
      {"a:", "a"},
      {"a:0", "a"},
      {"a:00080", "a"},
      {"a:0000000080", "a"},
      {"a:65535", "a"},
      {"Example.COM", "example.com"},
      {"Example.COM.:8080", "example.com"},
      {"a.", "a"},
      {"www.a-b.example", "www.a-b.example"},
      {"a-very-long-name.of-several-parts.example.org:12345", "a-very-long-name.of-several-parts.example.org"},
      {"127.0.0.1:8080", "127.0.0.1"},
      {"1.2.3.4", "1.2.3.4"},
      {"8080", "8080"},
      {"8080:8080", "8080"},
      {"my_host", "my_host"},
      {"a~b!$&'()*+;=", "a~b!$&'()*+;="},
      {"%41b", "%41b"},
      {"xn--bcher-kva.example", "xn--bcher-kva.example"},
      {"[::1]", "[::1]"},
      {"[::1]:8080", "[::1]"},
      {"[2001:DB8::7]", "[2001:db8::7]"},
      {"[::ffff:1.2.3.4]:1", "[::ffff:1.2.3.4]"},
      {"[1111:2222:3333:4444:5555:6666:255.255.255.255]", "[1111:2222:3333:4444:5555:6666:ffff:ffff]"},
      {"[0:0::0:1]:80", "[::1]"},
      {"[2001:0DB8:0:0:0:0:0:7]", "[2001:db8::7]"},
      {"[::]:", "[::]"},
  };
  for (const Row& row : rows) {
    std::string scratch;
    std::expected<std::string_view, HttpError> host = normalize_host(row.authority, scratch);
    ASSERT_TRUE(host) << row.authority;
    EXPECT_EQ(*host, row.host) << row.authority;
    EXPECT_TRUE(is_host(row.authority)) << row.authority;
    EXPECT_EQ(normalize_host(*host, scratch).value(), row.host);
  }
}

TEST(Host, stays_where_it_is_if_nothing_changes) {
  std::string scratch;
  std::string_view authority = "example.org.:80";
  EXPECT_EQ(normalize_host(authority, scratch)->data(), authority.data());
}

void check_malformed(std::initializer_list<std::string_view> authorities) {
  for (std::string_view authority : authorities) {
    std::string scratch;
    std::expected<std::string_view, HttpError> host = normalize_host(authority, scratch);
    ASSERT_FALSE(host) << authority;
    EXPECT_EQ(host.error().status, Status::bad_request) << authority;
    EXPECT_FALSE(is_host(authority)) << authority;
  }
}

TEST(Host, is_refused_where_its_name_is_malformed) {
  check_malformed({""sv,     "."sv,    " a"sv,   "a "sv,      "a b"sv,
                   "a\tb"sv, "a,b"sv,  "a, b"sv, "u@a"sv,     "u:p@a"sv,
                   "a/"sv,   "/"sv,    "a/b"sv,  "a?b"sv,     "a#b"sv,
                   "a\\b"sv, "a\"b"sv, "a<b"sv,  "a|b"sv,     "a^b"sv,
                   "a`b"sv,  "{a}"sv,  "a\0"sv,  "a\x7f"sv,   "\xc3\xa4.example"sv,
                   "%"sv,    "%4"sv,   "a%zz"sv, "http://a"sv});
}

TEST(Host, is_refused_where_its_port_is_malformed) {
  check_malformed({":"sv, ":80"sv, ".:80"sv, "a:b"sv, "a:-1"sv, "a:+1"sv, "a: 80"sv, "a:80 "sv, "a:0x50"sv, "a:65536"sv,
                   "a:99999"sv, "a:18446744073709551617"sv, "a:80:80"sv, "a::"sv});
}

TEST(Host, is_refused_where_its_address_is_malformed) {
  check_malformed({"::1"sv,
                   "[]"sv,
                   "[:]"sv,
                   "[::1"sv,
                   "::1]"sv,
                   "[::1]a"sv,
                   "[::1]80"sv,
                   "[::1]."sv,
                   "[::1]:x"sv,
                   "[a]"sv,
                   "[1.2.3.4]"sv,
                   "[::1%25eth0]"sv,
                   "[::1%eth0]"sv,
                   "[v1.a]"sv,
                   "[:::1]"sv,
                   "[1:2:3:4:5:6:7]"sv,
                   "[1:2:3:4:5:6:7:8:9]"sv,
                   "[g::]"sv,
                   "[::1]]"sv,
                   "[[::1]]"sv,
                   "["sv,
                   "]"sv,
                   "[::1\0]"sv});
  EXPECT_FALSE(is_host("[" + std::string(100'000, ':') + "]"));
}

TEST(Percent, is_decoded_where_it_is_an_encoding) {
  EXPECT_EQ(percent_decode(""), "");
  EXPECT_EQ(percent_decode("a%20b+c"), "a b+c");
  EXPECT_EQ(percent_decode("a%20b+c", true), "a b c");
  EXPECT_EQ(percent_decode("%2B%2b", true), "++");
  EXPECT_EQ(percent_decode("%00"), "\0"sv);
  EXPECT_EQ(percent_decode("%c3%A4"), "\xc3\xa4");
  EXPECT_EQ(percent_decode("%2541"), "%41");
  EXPECT_EQ(percent_decode("%"), "%");
  EXPECT_EQ(percent_decode("100%"), "100%");
  EXPECT_EQ(percent_decode("%4"), "%4");
  EXPECT_EQ(percent_decode("%4x%41%zz%"), "%4xA%zz%");
  EXPECT_EQ(percent_decode("%%41"), "%A");
}

TEST(Percent, encodes_all_that_a_path_does_not_have) {
  EXPECT_EQ(percent_encode_path(""), "");
  EXPECT_EQ(percent_encode_path("/a-b._~/Z09"), "/a-b._~/Z09");
  EXPECT_EQ(percent_encode_path("a b\"<>&'?#%+:"), "a%20b%22%3C%3E%26%27%3F%23%25%2B%3A");
  EXPECT_EQ(percent_encode_path("\0\n\x7f\xc3\xa4\xff"sv), "%00%0A%7F%C3%A4%FF");
}

TEST(Query, gives_the_value_of_a_key) {
  struct Row {
    std::string_view query, key, value;
  };
  const Row rows[] = {
      {"", "a", ""},
      {"a=1", "a", "1"},
      {"a=1&b=2&c=3", "b", "2"},
      {"a=1&a=2", "a", "1"},
      {"a=1&b=2", "c", ""},
      {"a&b=2", "a", ""},
      {"aa=1&a=2", "a", "2"},
      {"a=", "a", ""},
      {"a=b=c&d", "a", "b=c"},
      {"&&a=1&", "a", "1"},
      {"a=1&", "", ""},
      {"=x", "", "x"},
      {"a+b=c+d%2B", "a b", "c d+"},
      {"%61=%31", "a", "1"},
      {"a=%&b=%4", "b", "%4"},
      {"a=1;b=2", "b", ""},
  };
  for (const Row& row : rows) EXPECT_EQ(query_value(row.query, row.key), row.value) << row.query;
}

}  // namespace
}  // namespace webserv::detail
