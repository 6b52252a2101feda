#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "support/splits.h"
#include "webserv/http/h1_parser.h"

namespace webserv::detail {
namespace {

// The same for every split; see h1_parser_test.cc.
unsigned status(std::string_view bytes, HeadLimits limits, size_t most_cuts = 100) {
  HeadOutcome outcome = read_head(bytes, limits);
  for (const Cuts& cuts : all_cuts(bytes.size(), most_cuts)) {
    EXPECT_TRUE(same_outcome(read_head(bytes, limits, cuts), outcome)) << bytes.substr(0, 80) << " " << cuts.front();
  }
  if (!outcome.whole) return code(outcome.whole.error().status);
  return *outcome.whole ? 200 : 100;
}

constexpr std::string_view head = "GET /abc HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n";

TEST(RequestParserLimits, let_a_head_have_exactly_their_size) {
  EXPECT_EQ(status(head, {.head_size = head.size()}), 200u);
  EXPECT_EQ(status(std::string(head) + "more", {.head_size = head.size()}), 200u);
  EXPECT_EQ(status(head, {.head_size = head.size() - 1}), 431u);
  EXPECT_EQ(status("\r\n" + std::string(head), {.head_size = head.size()}), 431u);
}

TEST(RequestParserLimits, tell_as_soon_as_so_many_bytes_have_no_end) {
  for (size_t limit = 1; limit < head.size(); ++limit) {
    // "GET /abc" is eight bytes long: up to there the limit is within the target, or before it.
    unsigned expected = limit >= 4 && limit <= 8 ? 414 : 431;
    EXPECT_EQ(status(head, {.head_size = limit}), expected) << limit;
    EXPECT_EQ(status(head.substr(0, limit), {.head_size = limit}), expected) << limit;
    EXPECT_EQ(status(head.substr(0, limit - 1), {.head_size = limit}), 100u) << limit;
  }
}

TEST(RequestParserLimits, tell_an_error_before_them_and_none_behind_them) {
  EXPECT_EQ(status("GET /\x01 HTTP/1.1\r\n", {.head_size = 6}), 400u);
  EXPECT_EQ(status("GET /\x01 HTTP/1.1\r\n", {.head_size = 5}), 414u);
  EXPECT_EQ(status("GET / HTTP/1.1\r\nA b", {.head_size = 18}), 400u);
  EXPECT_EQ(status("GET / HTTP/1.1\r\nA b", {.head_size = 17}), 431u);
  EXPECT_EQ(status("BREW / HTTP/1.1\r\n", {.head_size = 17}), 501u);
  EXPECT_EQ(status("BREW / HTTP/1.1\r\n", {.head_size = 16}), 431u);
  EXPECT_EQ(status("GET / HTTP/1.1\r\n\r\n", {.head_size = 18}), 400u);
}

TEST(RequestParserLimits, end_every_part_that_is_endless) {
  const HeadLimits limits;
  const std::string endless(100'000, 'A');
  EXPECT_EQ(status(endless, limits), 431u);
  EXPECT_EQ(status("GET /" + endless, limits), 414u);
  EXPECT_EQ(status("GET " + endless, limits), 414u);
  EXPECT_EQ(status("GET /?" + endless, limits), 414u);
  EXPECT_EQ(status("GET http://" + endless, limits), 414u);
  EXPECT_EQ(status("BREW /" + endless, limits), 414u);
  EXPECT_EQ(status("GET / HTTP/1.1\r\n" + endless, limits), 431u);
  EXPECT_EQ(status("GET / HTTP/1.1\r\nX: " + endless, limits), 431u);
  EXPECT_EQ(status("GET / HTTP/1.1\r\nX:" + std::string(100'000, ' '), limits), 431u);
  EXPECT_EQ(status("GET / HTTP/1.1" + endless, limits), 400u);
}

TEST(RequestParserLimits, take_a_long_method_or_target_that_fits) {
  const std::string long_one(10'000, 'A');
  EXPECT_EQ(status(long_one + " / HTTP/1.1\r\n", {}), 501u);  // RFC 9112 3
  EXPECT_EQ(status("GET /" + long_one + " HTTP/1.1\r\nHost: a\r\n\r\n", {}), 200u);
  EXPECT_EQ(status("GET / HTTP/1.1\r\nHost: a\r\nX: " + long_one + "\r\n\r\n", {}), 200u);
}

std::string with_fields(size_t count) {
  std::string bytes = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (size_t i = 1; i < count; ++i) bytes += "X: y\r\n";
  return bytes + "\r\n";
}

TEST(RequestParserLimits, count_the_fields) {
  EXPECT_EQ(status(with_fields(100), {}), 200u);
  EXPECT_EQ(status(with_fields(101), {}), 431u);
  EXPECT_EQ(status(with_fields(1), {.fields = 1}), 200u);
  EXPECT_EQ(status(with_fields(2), {.fields = 1}), 431u);
  EXPECT_EQ(status("GET / HTTP/1.0\r\n\r\n", {.fields = 0}), 200u);
  EXPECT_EQ(status("GET / HTTP/1.0\r\nX: y\r\n\r\n", {.fields = 0}), 431u);
}

TEST(RequestParserLimits, no_byte_is_read_beyond_those_given) {
  // On bytes of their own, so that a sanitizer sees it.
  for (size_t size = 0; size <= head.size(); ++size) {
    std::unique_ptr<char[]> copy(new char[size]);
    std::memcpy(copy.get(), head.data(), size);
    EXPECT_EQ(read_head({copy.get(), size}).whole.value(), size == head.size());
  }
}

}  // namespace
}  // namespace webserv::detail
