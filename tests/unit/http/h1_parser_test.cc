#include "webserv/http/h1_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/splits.h"

namespace webserv::detail {
namespace {

using namespace std::literals;
using testing::ElementsAreArray;

// Of the whole at once, which every split has to come to as well.
HeadOutcome read(std::string_view bytes, HeadLimits limits = {}, size_t most_cuts = 300) {
  HeadOutcome outcome = read_head(bytes, limits);
  for (const Cuts& cuts : all_cuts(bytes.size(), most_cuts)) {
    EXPECT_TRUE(same_outcome(read_head(bytes, limits, cuts), outcome))
        << testing::PrintToString(bytes.substr(0, 300)) << " cut at " << cuts.front();
  }
  return outcome;
}

// The status that a head is refused with; 200 where it is whole, 100 where more bytes are needed.
unsigned status(std::string_view bytes, HeadLimits limits = {}) {
  HeadOutcome outcome = read(bytes, limits);
  if (!outcome.whole) return code(outcome.whole.error().status);
  return *outcome.whole ? 200 : 100;
}

std::string text(const Field& field) { return std::string(field.name).append("=").append(field.value); }

std::vector<std::string> texts(const Fields& fields) {
  std::vector<std::string> all;
  for (const Field& field : fields) all.push_back(text(field));
  return all;
}

TEST(RequestParser, reads_a_whole_head) {
  constexpr std::string_view bytes =
      "GET /small.html?a=1&b=%2 HTTP/1.1\r\n"
      "Host: example.com:8080\r\n"
      "user-agent:curl/7.88.1\r\n"
      "Accept: \t */*\t \r\n"
      "X-Empty:\r\n"
      "X-Blank:  \r\n"
      "X-Text: gr\xc3\xbc\xc3\x9f \"quoted\"\tand: more\r\n"
      "\r\n";
  std::string and_more = std::string(bytes) + "GET / HTTP/1.1\r\n";
  HeadOutcome outcome = read(and_more);
  ASSERT_TRUE(outcome.whole && *outcome.whole);
  const RequestHead& head = outcome.head;
  EXPECT_EQ(head.method, Method::get);
  EXPECT_EQ(head.method_name, "GET");
  EXPECT_EQ(head.target.form, TargetForm::origin);
  EXPECT_EQ(head.target.text, "/small.html?a=1&b=%2");
  EXPECT_EQ(head.target.path, "/small.html");
  EXPECT_EQ(head.target.query, "a=1&b=%2");
  EXPECT_TRUE(head.target.has_query);
  EXPECT_EQ(head.protocol, Protocol::http_1_1);
  EXPECT_EQ(outcome.size, bytes.size());
  EXPECT_TRUE(outcome.keep_alive);
  EXPECT_THAT(texts(head.fields),
              ElementsAreArray({"Host=example.com:8080", "user-agent=curl/7.88.1", "Accept=*/*",
                                "X-Empty=", "X-Blank=", "X-Text=gr\xc3\xbc\xc3\x9f \"quoted\"\tand: more"}));
  EXPECT_EQ(head.fields.value(FieldName::user_agent), "curl/7.88.1");
  EXPECT_EQ(head.fields.value("x-text").substr(0, 2), "gr");
}

TEST(RequestParser, reads_the_shortest_heads) {
  HeadOutcome old = read("GET / HTTP/1.0\r\n\r\n");
  ASSERT_TRUE(old.whole && *old.whole);
  EXPECT_EQ(old.head.protocol, Protocol::http_1_0);
  EXPECT_FALSE(old.keep_alive);
  EXPECT_EQ(old.head.fields.size(), 0u);
  HeadOutcome current = read("GET / HTTP/1.1\r\nHost:a\r\n\r\n");
  ASSERT_TRUE(current.whole && *current.whole);
  EXPECT_EQ(texts(current.head.fields), std::vector<std::string>{"Host=a"});
}

TEST(RequestParser, reads_the_next_head_into_the_same_object) {
  RequestParser parser;
  RequestHead head;
  ASSERT_TRUE(parser.parse("POST /a?b HTTP/1.1\r\nHost: a\r\nCookie: c\r\nConnection: close\r\n\r\n", head).value());
  EXPECT_FALSE(parser.keep_alive());
  parser.reset();
  ASSERT_TRUE(parser.parse("GET /c HTTP/1.1\r\nHost: d\r\n\r\n", head).value());
  EXPECT_EQ(head.method, Method::get);
  EXPECT_EQ(head.target.path, "/c");
  EXPECT_FALSE(head.target.has_query);
  EXPECT_EQ(texts(head.fields), std::vector<std::string>{"Host=d"});
  EXPECT_FALSE(head.fields.has(FieldName::cookie));
  EXPECT_TRUE(parser.keep_alive());
}

// A head that is refused is shown to whoever refuses it.
TEST(RequestParser, keeps_nothing_of_the_head_before) {
  RequestParser parser;
  RequestHead head;
  ASSERT_TRUE(parser.parse("POST /a?token=secret HTTP/1.0\r\nHost: a\r\nCookie: c\r\n\r\n", head).value());
  parser.reset();
  ASSERT_FALSE(parser.parse("BREW", head).value());
  EXPECT_EQ(head.method, Method::unknown);
  EXPECT_EQ(head.method_name, "");
  EXPECT_EQ(head.target.text, "");
  EXPECT_EQ(head.target.path, "");
  EXPECT_EQ(head.target.query, "");
  EXPECT_EQ(head.host, "");
  EXPECT_EQ(head.protocol, Protocol::http_1_1);
  EXPECT_EQ(head.fields.size(), 0u);
}

TEST(RequestParser, goes_on_where_its_bytes_were_moved_to) {
  constexpr std::string_view bytes = "GET /x HTTP/1.1\r\nHost: a\r\nCookie: c\r\n\r\n";
  RequestParser parser;
  RequestHead head;
  std::string before(bytes.substr(0, 30));
  ASSERT_FALSE(parser.parse(before, head).value());
  parser.reset();
  std::string moved(bytes);
  ASSERT_TRUE(parser.parse(moved, head).value());
  EXPECT_EQ(head.target.text.data(), moved.data() + 4);
  EXPECT_EQ(head.fields.size(), 2u);
}

TEST(RequestParser, skips_one_empty_line_and_counts_it) {
  HeadOutcome outcome = read("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(outcome.whole && *outcome.whole);
  EXPECT_EQ(outcome.head.method_name, "GET");
  EXPECT_EQ(outcome.size, 29u);
}

struct Row {
  std::string_view bytes;
  unsigned status;
};

void check(const std::vector<Row>& rows) {
  for (const Row& row : rows) EXPECT_EQ(status(row.bytes), row.status) << testing::PrintToString(row.bytes);
}

TEST(RequestParser, takes_request_lines_by_the_letter) {
  // Each has to be told from its own bytes: nothing follows that could be told instead.
  check({
      {"", 100},
      {"\r", 100},
      {"\r\n", 100},
      {"G", 100},
      {"GET", 100},
      {"GET ", 100},
      {"GET /", 100},
      {"GET / ", 100},
      {"GET / HTTP/1.1", 100},
      {"GET / HTTP/1.1\r", 100},
      {"GET / HTTP/1.1\r\n", 100},
      {"\n", 400},
      {"\nGET / HTTP/1.1\r\n", 400},
      {"\r\r", 400},
      {"\rGET", 400},
      {"\r\n\r", 400},
      {"\r\n\n", 400},
      {" GET / HTTP/1.1\r\n", 400},
      {"\tGET", 400},
      {"\0GET"sv, 400},
      {"G\x80T", 400},
      {"G(", 400},
      {"GET:", 400},
      {"GET\t/ HTTP/1.1\r\n", 400},
      {"GET\r", 400},
      {"GET\n", 400},
      {"GET  / HTTP/1.1\r\n", 400},
      {"GET \t", 400},
      {"GET \r\n", 400},
      {"GET /\r\n", 400},  // HTTP/0.9
      {"GET /\n", 400},
      {"GET /\t", 400},
      {"GET /a#b", 400},
      {"GET /\0"sv, 400},
      {"GET /\x7f", 400},
      {"GET /\xc3\xa4", 400},
      {"GET /a\x0b", 400},
      {"GET /?a#", 400},
      {"GET /?\x80", 400},
      {"GET /  HTTP/1.1\r\n", 400},
      {"GET / \r\n", 400},
      {"GET / HTTP/1.1 \r\n", 400},
      {"GET / HTTP/1.1\t", 400},
      {"GET / HTTP/1.1\n", 400},
      {"GET / HTTP/1.1\rX", 400},
      {"GET / HTTP/1.1\r\r", 400},
      {"GET /a b HTTP/1.1\r\n", 400},
  });
}

TEST(RequestParser, takes_versions_by_the_letter) {
  struct VersionRow {
    std::string_view version;
    unsigned status;
    Protocol protocol = Protocol::http_1_1;
  };
  const VersionRow rows[] = {
      {"HTTP/1.1", 200},  {"HTTP/1.0", 200, Protocol::http_1_0},
      {"HTTP/1.2", 200},  {"HTTP/1.9", 200},
      {"HTTP/2.0", 505},  {"HTTP/3.0", 505},
      {"HTTP/0.9", 505},  {"HTTP/9.9", 505},
      {"http/1.1", 400},  {"Http/1.1", 400},
      {"HTTP/1", 400},    {"HTTP/2", 400},
      {"HTTP/1.", 400},   {"HTTP/.1", 400},
      {"HTTP/11", 400},   {"HTTP/1.10", 400},
      {"HTTP/1.1x", 400}, {"HTTP/01.01", 400},
      {"HTTP/10.1", 400}, {"HTTP/1,1", 400},
      {"HTTP /1.1", 400}, {"HTTP/ 1.1", 400},
      {"HTTP/1.-1", 400}, {"HTTP/+1.1", 400},
      {"HTTP\\1.1", 400}, {"HTTPS/1.1", 400},
      {"HTP/1.1", 400},   {"ICY/1.1", 400},
      {"X", 400},
  };
  for (const VersionRow& row : rows) {
    std::string bytes = "GET / " + std::string(row.version) + "\r\nHost: a\r\n\r\n";
    EXPECT_EQ(status(bytes), row.status) << row.version;
    if (row.status != 200) continue;
    EXPECT_EQ(read_head(bytes).head.protocol, row.protocol) << row.version;
  }
}

TEST(RequestParser, tells_an_unknown_method_once_its_line_is_there) {
  check({
      {"BREW", 100},
      {"BREW / HTTP/1.1\r", 100},
      {"BREW / HTTP/1.1\r\n", 501},
      {"get / HTTP/1.1\r\n", 501},
      {"GETT / HTTP/1.1\r\n", 501},
      {"!#$%&'*+-.^_`|~09 / HTTP/1.1\r\n", 501},
      {"BREW / HTTP/2.0\r\n", 505},
      {"BREW /%zz HTTP/1.1\r\n", 400},
      {"PRI * HTTP/2.0\r\n", 505},  // HTTP/2 with prior knowledge
      {"PROPFIND / HTTP/1.1\r\nbroken", 501},
  });
}

TEST(RequestParser, takes_the_forms_that_a_method_has) {
  struct FormRow {
    std::string_view line;
    unsigned status;
    TargetForm form = TargetForm::origin;
    std::string_view path = "";
  };
  const FormRow rows[] = {
      {"GET /a", 200, TargetForm::origin, "/a"},
      {"GET //a//b", 200, TargetForm::origin, "//a//b"},
      {"GET /?", 200, TargetForm::origin, "/"},
      {"GET /a?b?c/../%", 200, TargetForm::origin, "/a"},
      {"GET /%41", 200, TargetForm::origin, "/%41"},
      {"GET /!\"$&'()*+,-.;<=>@[\\]^_`{|}~", 200, TargetForm::origin, "/!\"$&'()*+,-.;<=>@[\\]^_`{|}~"},
      {"GET http://b/c?d", 200, TargetForm::absolute, "/c"},
      {"OPTIONS *", 200, TargetForm::asterisk, "*"},
      {"OPTIONS /a", 200, TargetForm::origin, "/a"},
      {"CONNECT b:443", 200, TargetForm::authority, "/"},
      {"GET *", 400},
      {"GET a", 400},
      {"GET ?a", 400},
      {"GET /%", 400},
      {"GET /%4", 400},
      {"GET /a%4g?b", 400},
      {"GET b:443", 400},
      {"GET ftp://b/", 400},
      {"GET http://u@b/", 400},
      {"CONNECT /a", 400},
      {"CONNECT b", 400},
      {"OPTIONS **", 400},
  };
  for (const FormRow& row : rows) {
    std::string bytes = std::string(row.line) + " HTTP/1.1\r\nHost: a\r\n\r\n";
    HeadOutcome outcome = read(bytes);
    ASSERT_EQ(outcome.whole ? 200 : code(outcome.whole.error().status), row.status) << row.line;
    if (row.status != 200) continue;
    EXPECT_EQ(outcome.head.target.form, row.form) << row.line;
    EXPECT_EQ(outcome.head.target.path, row.path) << row.line;
  }
}

// The fields of a request that has a Host already.
unsigned status_of_fields(std::string_view fields) {
  return status("GET / HTTP/1.1\r\nHost: a\r\n" + std::string(fields));
}

TEST(RequestParser, takes_fields_by_the_letter) {
  const Row rows[] = {
      {"", 100},
      {"\r", 100},
      {"\r\n", 200},
      {"A", 100},
      {"A:", 100},
      {"A: b", 100},
      {"A: b\r", 100},
      {"A: b\r\n", 100},
      {"A: b\r\n\r", 100},
      {"!#$%&'*+-.^_`|~09azAZ: b\r\n\r\n", 200},
      {"Transfer_Encoding: chunked\r\n\r\n", 200},
      {"A: \x80\xff\r\n\r\n", 200},
      {"A:\t\r\n\r\n", 200},
      {"A:b:c::\r\n\r\n", 200},
      {"\n", 400},  // bare LF, bare CR
      {"\rX", 400},
      {"A: b\n", 400},
      {"A: b\rC: d", 400},
      {"A: b\r\r", 400},
      {"A\r", 400},  // no colon
      {"A\n", 400},
      {"A\r\n\r\n", 400},
      {"AB CD\r\n", 400},
      {":", 400},  // no name
      {": b\r\n\r\n", 400},
      {"A :", 400},  // a blank before the colon
      {"A\t:", 400},
      {" A: b", 400},  // obs-fold
      {"\tA: b", 400},
      {"A: b\r\n c\r\n\r\n", 400},
      {"A: b\r\n\tc\r\n\r\n", 400},
      {"A: b\r\n \r\n\r\n", 400},
      {"A\0: b"sv, 400},  // no token
      {"A\x7f: b", 400},
      {"\xc3\xa4: b", 400},
      {"A(: b", 400},
      {"A/B: c", 400},
      {"\"A\": b", 400},
      {"A@B: c", 400},
      {"A-name-that-is-longer-than-sixteen-bytes and a blank: c", 400},
      {"A: \0"sv, 400},  // control bytes
      {"A: b\x01", 400},
      {"A: b\x0b", 400},
      {"A: b\x0c", 400},
      {"A: b\x1f", 400},
      {"A: b\x7f", 400},
      {"A: a value that is longer than sixteen bytes\x1b", 400},
  };
  for (const Row& row : rows) EXPECT_EQ(status_of_fields(row.bytes), row.status) << testing::PrintToString(row.bytes);
}

TEST(RequestParser, tells_every_byte_of_names_and_values) {
  for (unsigned i = 0; i < 256; ++i) {
    char c = static_cast<char>(i);
    bool token = is_token({&c, 1});
    EXPECT_EQ(status_of_fields("X" + std::string(1, c) + "Y: a\r\n\r\n"), token || c == ':' ? 200u : 400u) << i;
    EXPECT_EQ(status_of_fields("X: a" + std::string(1, c) + "b\r\n\r\n"), is_field_value({&c, 1}) ? 200u : 400u) << i;
  }
}

TEST(RequestParser, tells_the_first_error_from_left_to_right) {
  struct FirstRow {
    std::string_view bytes;
    std::string_view reason;
  };
  const FirstRow rows[] = {
      {"G\x01 #\r\n", "the method is no token"},
      {"GET /# http/1.1\n", "the request target has bytes that it may not have"},
      {"GET %zz http/1.1\r\n", "the request line does not end in an HTTP version"},
      {"GET * HTTP/3.0\r\n", "this server speaks HTTP/1.1 and HTTP/1.0"},
      {"BREW * HTTP/1.1\r\n", "the request target does not fit the method"},
      {"BREW / HTTP/1.1\r\n A\x01", "the method is not known"},
      {"GET / HTTP/1.1\r\n A\x01", "a field line begins with a blank (obs-fold)"},
      {"GET / HTTP/1.1\r\nA : \x01\n", "there is a blank between a field's name and its colon"},
      {"GET / HTTP/1.1\r\nA: \x01\n", "a field's value has a control byte"},
      {"GET / HTTP/1.1\r\nA: \n\x01", "a line does not end in CRLF"},
      {"GET / HTTP/1.1\r\nA: b\r\n\r\n", "an HTTP/1.1 request has no Host"},
      {"GET / HTTP/1.1\r\nHost: \r\nHost:a\r\nA\n", "a line does not end in CRLF"},
      {"GET / HTTP/1.1\r\nHost: \r\nHost:a\r\n\r\n", "the request has more than one Host"},
  };
  for (const FirstRow& row : rows) {
    HeadOutcome outcome = read(row.bytes);
    ASSERT_FALSE(outcome.whole) << row.reason;
    EXPECT_EQ(outcome.whole.error().reason, row.reason);
  }
}

unsigned status_of_host(std::string_view lines, std::string_view version = "1.1", std::string_view target = "/") {
  std::string line = "GET " + std::string(target) + " HTTP/" + std::string(version) + "\r\n";
  return status(line + std::string(lines) + "\r\n");
}

TEST(RequestParser, wants_one_host) {
  EXPECT_EQ(status_of_host("Host: a\r\n"), 200u);
  EXPECT_EQ(status_of_host("HOST:a\r\n"), 200u);
  EXPECT_EQ(status_of_host(""), 400u);
  EXPECT_EQ(status_of_host("X-Host: a\r\n"), 400u);
  EXPECT_EQ(status_of_host("Host: a\r\nHost: a\r\n"), 400u);
  EXPECT_EQ(status_of_host("Host: a\r\nX: y\r\nhost: b\r\n"), 400u);
  EXPECT_EQ(status_of_host("", "1.0"), 200u);
  EXPECT_EQ(status_of_host("Host: a\r\n", "1.0"), 200u);
  EXPECT_EQ(status_of_host("Host: a\r\nHost: a\r\n", "1.0"), 400u);
  // RFC 9112 3.2.2: also where an absolute-form target is used instead of it.
  EXPECT_EQ(status_of_host("Host: a\r\n", "1.1", "http://b/"), 200u);
  EXPECT_EQ(status_of_host("", "1.1", "http://b/"), 400u);
  EXPECT_EQ(status_of_host("Host: a\r\nHost: b\r\n", "1.1", "http://b/"), 400u);
}

TEST(RequestParser, refuses_a_malformed_host_in_every_version_and_form) {
  for (std::string_view host :
       {"a", "a:80", "a:65535", "A.Example.", "127.0.0.1:8080", "[::1]:80", "a%41", "a_b-c.d~e", "a:"}) {
    std::string line = "Host: " + std::string(host) + "\r\n";
    EXPECT_EQ(status_of_host(line), 200u) << host;
    EXPECT_EQ(status_of_host(line, "1.0"), 200u) << host;
  }
  for (std::string_view host :
       {"",        ":80",  ".",   "a b", "a,b", "u@a",  "a/b", "a:65536",  "a:1000000", "a:+1", "a:b",
        "a:80:80", "[::1", "::1", "[a]", "a%4", "a\\b", "a\"", "http://a", "a?b",       "a#b",  "\xc3\xa4"}) {
    std::string line = "Host: " + std::string(host) + "\r\n";
    EXPECT_EQ(status_of_host(line), 400u) << host;
    EXPECT_EQ(status_of_host(line, "1.0"), 400u) << host;
    EXPECT_EQ(status_of_host(line, "1.1", "http://b/"), 400u) << host;
  }
}

TEST(RequestParser, says_whether_the_connection_may_go_on) {
  struct AliveRow {
    std::string_view fields;
    bool current;  // HTTP/1.1
    bool old;      // HTTP/1.0
  };
  const AliveRow rows[] = {
      {"", true, false},
      {"Connection: keep-alive\r\n", true, true},
      {"connection:Keep-Alive\r\n", true, true},
      {"Connection: close\r\n", false, false},
      {"Connection: CLOSE\r\n", false, false},
      {"Connection: close, keep-alive\r\n", false, false},
      {"Connection: keep-alive,close\r\n", false, false},
      {"Connection: keep-alive\r\nConnection: close\r\n", false, false},
      {"Connection: close\r\nX: y\r\nConnection: keep-alive\r\n", false, false},
      {"Connection: keep-alive\r\nConnection: keep-alive\r\n", true, true},
      {"Connection: Upgrade\r\nConnection: keep-alive\r\n", true, true},
      {"Connection: keep-alive, Upgrade\r\n", true, true},
      {"Connection: ,, ,close,\r\n", false, false},
      {"Connection: , keep-alive ,\r\n", true, true},
      {"Connection:\tTE ,\tkeep-alive\t\r\n", true, true},
      {"Connection:\r\n", true, false},
      {"Connection: ,\r\n", true, false},
      {"Connection: closed\r\n", true, false},
      {"Connection: not-close, keep-alives\r\n", true, false},
      {"Connection: keep alive\r\n", true, false},
      {"Connection: \"a, close, b\"\r\n", false, false},
      {"Connection: \"close\"\r\n", true, false},
      {"Keep-Alive: timeout=5\r\n", true, false},
      {"Proxy-Connection: keep-alive\r\n", true, false},
  };
  for (const AliveRow& row : rows) {
    std::string fields = "Host: a\r\n" + std::string(row.fields) + "\r\n";
    EXPECT_EQ(read("GET / HTTP/1.1\r\n" + fields).keep_alive, row.current) << row.fields;
    EXPECT_EQ(read("GET / HTTP/1.0\r\n" + fields).keep_alive, row.old) << row.fields;
  }
}

}  // namespace
}  // namespace webserv::detail
