#include "webserv/http/cgi_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "support/splits.h"

namespace webserv::detail {
namespace {

using testing::HasSubstr;

// What a head comes to, as a text that can be compared.
std::string outcome(std::string_view bytes, const Cuts& cuts = {}) {
  CgiHead head;
  CgiHeadParser parser;
  std::expected<bool, CgiMistake> whole = false;
  for (size_t cut : cuts) {
    whole = parser.parse(bytes.substr(0, cut), head);
    if (!whole || *whole) break;
  }
  if (whole && !*whole) whole = parser.parse(bytes, head);
  if (!whole) return "mistake: " + std::string(whole.error());
  if (!*whole) return "more";
  std::string text = std::to_string(code(head.status));
  if (!head.local_redirect.empty()) text.append(" local ").append(head.local_redirect);
  if (head.content_length) text.append(" length ").append(std::to_string(*head.content_length));
  if (!head.sendfile.empty()) text.append(" file ").append(head.sendfile);
  for (const Field& field : head.fields) text.append(" | ").append(field.name).append("=").append(field.value);
  return text.append(" | size ").append(std::to_string(head.size));
}

struct Case {
  std::string_view bytes;
  std::string_view expected;
};

TEST(CgiHeadTest, says_what_kind_of_answer_it_is) {
  const Case cases[] = {
      {"Content-Type: text/plain\n\nbody", "200 | Content-Type=text/plain | size 26"},
      {"Content-Type: text/plain\r\n\r\nbody", "200 | Content-Type=text/plain | size 28"},
      {"content-type:text/plain\r\n\nbody", "200 | content-type=text/plain | size 26"},
      {"Status: 404 Not Found\nContent-Type: a/b\n\n", "404 | Content-Type=a/b | size 41"},
      {"Status: 204\n\n", "204 | size 13"},
      {"Status:599 \n\n", "599 | size 13"},
      {"X-Own: 1\n\n", "200 | X-Own=1 | size 10"},
      {"Location: /here?a=b;c%20d\n\n", "200 local /here?a=b;c%20d | Location=/here?a=b;c%20d | size 27"},
      {"Location: https://a.test/\n\n", "302 | Location=https://a.test/ | size 27"},
      {"Location: //a.test/\n\n", "302 | Location=//a.test/ | size 21"},
      {"Location: /a#b\n\n", "302 | Location=/a#b | size 16"},
      {"Location: a.html\n\n", "302 | Location=a.html | size 18"},
      {"Location: /x\nStatus: 303 See Other\n\n", "303 | Location=/x | size 36"},
      {"Set-Cookie: a=b\nLocation: /x\n\n", "302 | Set-Cookie=a=b | Location=/x | size 30"},
      {"Location: http://a/\nContent-Type: a/b\n\n<p>", "302 | Location=http://a/ | Content-Type=a/b | size 39"},
      {"Content-Length: 12\nContent-Type: a/b\n\n", "200 length 12 | Content-Type=a/b | size 38"},
      {"X-Sendfile: /srv/a b\n\n", "200 file /srv/a b | size 22"},
  };
  for (const Case& c : cases) EXPECT_EQ(outcome(c.bytes), c.expected) << c.bytes;
}

TEST(CgiHeadTest, keeps_repeated_fields_apart_and_in_their_order) {
  EXPECT_EQ(outcome("Set-Cookie: a=1\nVary: x\nSet-Cookie: b=2\n\n"),
            "200 | Set-Cookie=a=1 | Vary=x | Set-Cookie=b=2 | size 41");
}

TEST(CgiHeadTest, passes_nothing_on_that_is_the_servers_own) {
  EXPECT_EQ(outcome("Connection: close\nTransfer-Encoding: chunked\nKeep-Alive: 1\nUpgrade: x\nTrailer: x\nTE: x\n"
                    "Date: today\nX-CGI-Extension: 1\nproxy-connection: x\nA: b\n\n"),
            "200 | A=b | size 144");
}

TEST(CgiHeadTest, takes_what_is_said_twice_in_the_same_words) {
  EXPECT_EQ(outcome("Content-Type: a/b\nContent-Type: a/b\nStatus: 200\nStatus: 200 OK\n\n"),
            "200 | Content-Type=a/b | size 64");
}

TEST(CgiHeadTest, names_mistakes) {
  const Case cases[] = {
      {"\nbody", "begins with an empty line"},
      {"\r\nbody", "begins with an empty line"},
      {"hello world\n", "no field"},
      {"<html>\n", "no field"},
      {"HTTP/1.1 200 OK\n", "status line"},
      {" Content-Type: a/b\n", "no field"},
      {"Content-Type : a/b\n", "no field"},
      {": a\n", "no field"},
      {"A: b\n folded\n", "no field"},
      {"A: b\rSet-Cookie: c\n", "control byte"},
      {std::string_view("A: b\0c\n", 7), "control byte"},
      {"A: \x1b[0m\n", "control byte"},
      {"A: b\nS\xc3\xa4tze: c\n", "no field"},
      {"Status: 99\n", "Status"},
      {"Status: 101 Switching\n", "Status"},
      {"Status: 600\n", "Status"},
      {"Status: 2000\n", "Status"},
      {"Status: 200OK\n", "Status"},
      {"Status: OK\n", "Status"},
      {"Status: +20\n", "Status"},
      {"Status:\n", "Status"},
      {"Status: 200\nStatus: 404\n", "contradict"},
      {"Content-Type: a/b\nContent-Type: c/d\n", "contradict"},
      {"Location: /a\nLocation: /b\n", "contradict"},
      {"Content-Length: 1\nContent-Length: 2\n", "contradict"},
      {"Content-Length: 1, 1\n", "Content-Length"},
      {"Content-Length: -1\n", "Content-Length"},
      {"Content-Length: 99999999999999999999\n", "Content-Length"},
      {"Content-Length:\n", "Content-Length"},
  };
  for (const Case& c : cases) {
    EXPECT_THAT(outcome(c.bytes), testing::AllOf(HasSubstr("mistake"), HasSubstr(c.expected))) << c.bytes;
  }
}

TEST(CgiHeadTest, needs_the_empty_line) {
  for (std::string_view bytes : {"", "A", "A: b", "A: b\r", "A: b\r\n", "A: b\n\r"}) EXPECT_EQ(outcome(bytes), "more");
  EXPECT_THAT(CgiHeadParser::cut_off(0), HasSubstr("nothing"));
  EXPECT_THAT(CgiHeadParser::cut_off(5), HasSubstr("before the empty line"));
}

TEST(CgiHeadTest, has_limits) {
  std::string line = "A: " + std::string(CgiHeadParser::max_size - 5, 'x');
  EXPECT_EQ(outcome(line + "\n").substr(0, 4), "more");
  EXPECT_THAT(outcome(line + "\n\n"), testing::StartsWith("200"));
  EXPECT_THAT(outcome(line + "x\n\n"), HasSubstr("longer than"));
  EXPECT_THAT(outcome(line + "xxxxx"), HasSubstr("longer than"));
  std::string fields;
  for (size_t i = 0; i < CgiHeadParser::max_fields; ++i) fields += "A: b\n";
  EXPECT_THAT(outcome(fields + "\n"), testing::StartsWith("200"));
  EXPECT_THAT(outcome(fields + "A: b\n"), HasSubstr("256 fields"));
}

TEST(CgiHeadTest, comes_to_the_same_however_the_bytes_are_split) {
  std::string flood(CgiHeadParser::max_size + 3, 'x');
  for (std::string_view bytes :
       {std::string_view("Status: 404\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 3\r\n\r\nabc\n\n"),
        std::string_view("Location: /x?y\n\nignored: yes\n\n"), std::string_view("A: b\nbroken\nStatus: 1\n"),
        std::string_view("A: b\r\n\rC: d\n\n"), std::string_view("A: b"), std::string_view("\n"),
        std::string_view("")}) {
    for (const Cuts& cuts : all_cuts(bytes.size())) EXPECT_EQ(outcome(bytes, cuts), outcome(bytes)) << bytes;
  }
  for (const Cuts& cuts : all_cuts(flood.size(), 16)) {
    if (cuts.size() > 1) continue;
    EXPECT_EQ(outcome(flood, cuts), outcome(flood));
  }
}

}  // namespace
}  // namespace webserv::detail
