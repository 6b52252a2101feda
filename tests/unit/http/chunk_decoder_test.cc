#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <string_view>

#include "support/splits.h"
#include "webserv/http/chunk_decoder.h"

namespace webserv::detail {
namespace {

using namespace std::literals;

// Of the whole at once, which every split has to come to as well.
BodyOutcome read(std::string_view bytes, size_t most_cuts = 300) {
  BodyOutcome outcome = read_chunked(bytes);
  for (const Cuts& cuts : all_cuts(bytes.size(), most_cuts)) {
    EXPECT_EQ(read_chunked(bytes, cuts), outcome) << testing::PrintToString(bytes.substr(0, 200)) << cuts.front();
  }
  return outcome;
}

TEST(ChunkDecoder, decodes_bodies) {
  struct Row {
    std::string_view bytes, data;
  };
  const Row rows[] = {
      {"0\r\n\r\n", ""},
      {"000\r\n\r\n", ""},
      {"5\r\nhello\r\n0\r\n\r\n", "hello"},
      {"3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", "hello"},
      {"A\r\n0123456789\r\n0\r\n\r\n", "0123456789"},
      {"a\r\n0123456789\r\n00\r\n\r\n", "0123456789"},
      {"0000000000000000000005\r\nhello\r\n0\r\n\r\n", "hello"},
      {"4\r\n\r\n\r\n\r\n0\r\n\r\n", "\r\n\r\n"},
      {"2\r\n\0\xff\r\n0\r\n\r\n"sv, "\0\xff"sv},
      {"5;a\r\nhello\r\n0;b=c\r\n\r\n", "hello"},
      {"5 ; a = b\t;\tc = \"d;=\\\"e\\\\\" ;f\r\nhello\r\n0\r\n\r\n", "hello"},
      {"5;a=\"\"\r\nhello\r\n0;x=\"\xc3\xa4\ty\"\r\n\r\n", "hello"},
      {"0\r\nA: b\r\n\r\n", ""},
      {"1\r\nx\r\n0\r\nX-Sum:  1 \r\nServer-Timing: a;dur=1\r\n\r\n", "x"},
      {"0\r\nETag:\r\n\r\n", ""},
  };
  for (const Row& row : rows) {
    BodyOutcome outcome = read(row.bytes);
    ASSERT_TRUE(outcome.done && *outcome.done) << row.bytes;
    EXPECT_EQ(outcome.data, row.data) << row.bytes;
    EXPECT_EQ(outcome.consumed, row.bytes.size()) << row.bytes;
  }
}

TEST(ChunkDecoder, leaves_what_belongs_to_the_next_request) {
  BodyOutcome outcome = read("5\r\nhello\r\n0\r\n\r\nGET / HTTP/1.1\r\n");
  EXPECT_EQ(outcome.consumed, 15u);
  EXPECT_EQ(outcome.data, "hello");
  EXPECT_EQ(read("0\r\nA: b\r\n\r\n\r\n").consumed, 11u);

  ChunkDecoder decoder;
  ASSERT_TRUE(decoder.decode("0\r\n\r\n")->done);
  auto again = decoder.decode("5\r\n");
  EXPECT_TRUE(again->done);
  EXPECT_EQ(again->consumed, 0u);
}

TEST(ChunkDecoder, gives_views_of_one_run_at_a_time) {
  ChunkDecoder decoder;
  std::string_view input = "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
  auto first = decoder.decode(input);
  EXPECT_EQ(first->data.data(), input.data() + 3);
  EXPECT_EQ(first->data, "abc");
  EXPECT_EQ(first->consumed, 6u);
  auto second = decoder.decode(input.substr(6));
  EXPECT_EQ(second->data, "de");
  EXPECT_FALSE(second->done);
  auto rest = decoder.decode(input.substr(6 + second->consumed));
  EXPECT_EQ(rest->data, "");
  EXPECT_TRUE(rest->done);
}

TEST(ChunkDecoder, wants_more_until_the_end) {
  constexpr std::string_view body = "5;a=\"b\"\r\nhello\r\n0\r\nA: b\r\n\r\n";
  for (size_t size = 0; size < body.size(); ++size) {
    BodyOutcome outcome = read(body.substr(0, size));
    EXPECT_TRUE(outcome.done && !*outcome.done) << size;
  }
}

TEST(ChunkDecoder, takes_the_greatest_size) {
  EXPECT_FALSE(read("7fffffffffffffff\r\nabc").done.value());
  EXPECT_FALSE(read("0007FFFFFFFFFFFFFFF\r\nabc").done.value());
}

// Each has to be told from its own bytes: nothing follows that could be told instead.
void check_refused(std::initializer_list<std::string_view> bodies) {
  for (std::string_view bytes : bodies) {
    BodyOutcome outcome = read(bytes);
    ASSERT_FALSE(outcome.done) << testing::PrintToString(bytes);
    EXPECT_EQ(outcome.done.error().status, Status::bad_request) << testing::PrintToString(bytes);
    EXPECT_EQ(outcome.data, "");
  }
}

TEST(ChunkDecoder, takes_sizes_by_the_letter) {
  check_refused({
      "\r"sv,  // no size
      "\n"sv,
      ";"sv,
      " "sv,
      "\t5"sv,
      "+5"sv,
      "-5"sv,
      "-0"sv,
      "0x"sv,
      "0X5"sv,
      "x"sv,
      "g"sv,
      "5_"sv,
      "5,"sv,
      "5."sv,
      "5h"sv,
      "\"5\""sv,
      "\0"sv,
      "5\0"sv,
      "\xd9\xa3"sv,
      "8000000000000000"sv,  // too large
      "ffffffffffffffff"sv,
      "10000000000000000"sv,
      "00010000000000000005"sv,
      "5\n"sv,  // bare LF and CR
      "5\rh"sv,
      "5\r\r"sv,
      "5;a\n"sv,
      "5;a\rb"sv,
  });
}

TEST(ChunkDecoder, takes_extensions_by_the_letter) {
  check_refused({
      "5 \r"sv,  // blanks without an extension
      "5 \n"sv,     "5\t\r"sv,      "5 5"sv,        "5 a"sv,
      "5;\r"sv,  // bad extensions
      "5; \r"sv,    "5;;"sv,        "5;a;\r"sv,     "5;a;;"sv,        "5;="sv,       "5;=b"sv,       "5;a=\r"sv,
      "5;a=;"sv,    "5;a= \r"sv,    "5;a \r"sv,     "5;a b"sv,        "5;a=b c"sv,   "5;a=b \r"sv,   "5;a=b=c"sv,
      "5;a=b\"c"sv, "5;\"a\""sv,    "5;a=\"b\"c"sv, "5;a=\"b\" \r"sv, "5;a=\"b\r"sv, "5;a=\"b\n"sv,  "5;a=\"b\\\r"sv,
      "5;a=\"\0"sv, "5;a=\"\x7f"sv, "5;a(b"sv,      "5;a=(b"sv,       "5;\x01"sv,    "5;\xc3\xa4"sv, "5;a=\xc3\xa4"sv,
      "0\n"sv,  // the last chunk's too
      "0 \r"sv,     "00x"sv,
  });
}

TEST(ChunkDecoder, wants_crlf_behind_the_data) {
  for (std::string_view end : {"x", "\n", "\rx", "\r\r", "0\r\n\r\n", "\r0", " \r\n", "lo\r\n"}) {
    BodyOutcome outcome = read("5\r\nhello" + std::string(end));
    ASSERT_FALSE(outcome.done) << end;
    EXPECT_EQ(outcome.done.error().status, Status::bad_request) << end;
    EXPECT_EQ(outcome.data, "hello");
  }
  // Less than the size says: the CRLF is data.
  EXPECT_FALSE(read("7\r\nhello\r\n0\r\n\r\n").done);
}

TEST(ChunkDecoder, takes_trailers_by_the_letter) {
  for (std::string_view trailers :
       {"\n"sv, "\rx"sv, "\r\r"sv, ":"sv, " A: b"sv, "\tA"sv, "A "sv, "A\r"sv, "A\n"sv, "A\0"sv, "A: \0"sv, "A: b\n"sv,
        "A: b\rc"sv, "A: b\x7f"sv, "A: b\r\n c"sv, "A: b\r\n\n"sv, "\xc3\xa4"sv, "A: b\r\nC\r\n"sv}) {
    BodyOutcome outcome = read("0\r\n" + std::string(trailers));
    ASSERT_FALSE(outcome.done) << testing::PrintToString(trailers);
    EXPECT_EQ(outcome.done.error().status, Status::bad_request) << testing::PrintToString(trailers);
  }
}

TEST(ChunkDecoder, refuses_trailers_that_would_change_the_request) {
  for (std::string_view name : {"Transfer-Encoding",
                                "content-length",
                                "HOST",
                                "Connection",
                                "Content-Type",
                                "Content-Encoding",
                                "Content-Range",
                                "Trailer",
                                "TE",
                                "Upgrade",
                                "Expect",
                                "Range",
                                "If-Match",
                                "If-None-Match",
                                "If-Range",
                                "If-Modified-Since",
                                "If-Unmodified-Since",
                                "Authorization",
                                "Proxy-Authorization",
                                "Cookie",
                                "Cache-Control",
                                "Max-Forwards",
                                "Keep-Alive",
                                "Proxy-Connection"}) {
    BodyOutcome outcome = read("0\r\nA: b\r\n" + std::string(name) + ": x\r\n");
    ASSERT_FALSE(outcome.done) << name;
    EXPECT_EQ(outcome.done.error().status, Status::bad_request) << name;
  }
}

unsigned status(const std::string& bytes) {
  BodyOutcome outcome = read(bytes, 50);
  if (!outcome.done) return code(outcome.done.error().status);
  return *outcome.done ? 200 : 100;
}

TEST(ChunkDecoder, has_limits) {
  constexpr size_t line = ChunkDecoder::max_line;
  constexpr size_t section = ChunkDecoder::max_trailers;
  EXPECT_EQ(status("0;" + std::string(line - 4, 'a') + "\r\n\r\n"), 200u);
  EXPECT_EQ(status("0;" + std::string(line - 3, 'a') + "\r\n\r\n"), 431u);
  EXPECT_EQ(status("0;" + std::string(line - 2, 'a')), 431u);
  EXPECT_EQ(status("0;" + std::string(line - 3, 'a')), 100u);
  EXPECT_EQ(status("0;" + std::string(100'000, 'a')), 431u);
  EXPECT_EQ(status("0;a=\"" + std::string(100'000, 'a')), 431u);
  EXPECT_EQ(status(std::string(line - 2, '0') + "\r\n\r\n"), 200u);
  EXPECT_EQ(status(std::string(100'000, '0')), 431u);
  EXPECT_EQ(status("5" + std::string(100'000, ' ')), 431u);

  EXPECT_EQ(status("0\r\nA:" + std::string(section - 6, 'a') + "\r\n\r\n"), 200u);
  EXPECT_EQ(status("0\r\nA:" + std::string(section - 5, 'a') + "\r\n\r\n"), 431u);
  EXPECT_EQ(status("0\r\nA:" + std::string(section - 4, 'a') + "\r\n\r\n"), 431u);
  EXPECT_EQ(status("0\r\nA:" + std::string(section - 3, 'a')), 100u);
  EXPECT_EQ(status("0\r\nA:" + std::string(section - 2, 'a')), 431u);
  EXPECT_EQ(status("0\r\nA:" + std::string(100'000, 'a')), 431u);
  EXPECT_EQ(status("0\r\n" + std::string(100'000, 'a')), 431u);
}

TEST(ChunkDecoder, limits_what_is_no_payload_in_all_lines_together) {
  const std::string long_line = "1;" + std::string(2000, 'a') + "\r\nx\r\n";
  const std::string last = "0\r\n\r\n";
  std::string body;
  for (int i = 0; i < 8; ++i) body += long_line;
  EXPECT_EQ(status(body + last), 200u);
  EXPECT_EQ(status(body + long_line + last), 431u);
  // Many small chunks are no excess.
  std::string small;
  for (int i = 0; i < 20'000; ++i) small += "1\r\nx\r\n";
  BodyOutcome outcome = read_chunked(small + last);
  EXPECT_TRUE(outcome.done.value());
  EXPECT_EQ(outcome.data.size(), 20'000u);
}

}  // namespace
}  // namespace webserv::detail
