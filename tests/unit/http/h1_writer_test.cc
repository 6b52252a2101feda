#include "webserv/http/h1_writer.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace webserv::detail {
namespace {

std::string status_line(unsigned number) {
  std::string out = "before";
  append_status_line(out, static_cast<Status>(number));
  return out;
}

TEST(H1Writer, writes_status_lines) {
  EXPECT_EQ(status_line(200), "beforeHTTP/1.1 200 OK\r\n");
  EXPECT_EQ(status_line(100), "beforeHTTP/1.1 100 Continue\r\n");
  EXPECT_EQ(status_line(206), "beforeHTTP/1.1 206 Partial Content\r\n");
  EXPECT_EQ(status_line(505), "beforeHTTP/1.1 505 HTTP Version Not Supported\r\n");
}

// RFC 9112 4: the space before an empty reason phrase stays.
TEST(H1Writer, leaves_the_reason_of_unknown_codes_empty) {
  EXPECT_EQ(status_line(299), "beforeHTTP/1.1 299 \r\n");
  EXPECT_EQ(status_line(999), "beforeHTTP/1.1 999 \r\n");
}

TEST(H1Writer, writes_the_reason_phrase_of_every_code) {
  for (unsigned number = 100; number <= 999; ++number) {
    std::string expected = "beforeHTTP/1.1 " + std::to_string(number) + " ";
    expected.append(reason_phrase(static_cast<Status>(number))).append("\r\n");
    EXPECT_EQ(status_line(number), expected);
  }
}

TEST(H1Writer, writes_fields) {
  std::string out;
  append_field(out, "Content-Type", "text/html; charset=utf-8");
  append_field(out, "X-Empty", "");
  append_field(out, "X-Odd", "a\tb \xff");
  append_content_length(out, 0);
  append_content_length(out, UINT64_MAX);
  EXPECT_EQ(out,
            "Content-Type: text/html; charset=utf-8\r\nX-Empty: \r\nX-Odd: a\tb \xff\r\n"
            "Content-Length: 0\r\nContent-Length: 18446744073709551615\r\n");
}

TEST(H1Writer, tells_fields_that_would_split_a_response) {
  using namespace std::string_view_literals;
  EXPECT_TRUE(is_safe_field("X-A", "b"));
  EXPECT_TRUE(is_safe_field("X-A", ""));
  for (std::string_view value : {"a\r\nSet-Cookie: x=y"sv, "a\r"sv, "a\nb"sv, "a\0b"sv, "a\x1b[0m"sv, "a\x7f"sv}) {
    EXPECT_FALSE(is_safe_field("X-A", value)) << value;
  }
  for (std::string_view name : {""sv, "X A"sv, "X:A"sv, "X-A\r\n"sv, "X-A "sv, "\0"sv, "X-\xe4"sv}) {
    EXPECT_FALSE(is_safe_field(name, "b")) << name;
  }
}

TEST(H1Writer, writes_heads_of_chunks) {
  const std::vector<std::pair<uint64_t, std::string_view>> rows = {
      {1, "1\r\n"},      {15, "f\r\n"},        {16, "10\r\n"},
      {1234, "4d2\r\n"}, {65536, "10000\r\n"}, {UINT64_MAX, "ffffffffffffffff\r\n"},
  };
  for (const auto& [size, head] : rows) {
    std::string out;
    append_chunk_head(out, size);
    EXPECT_EQ(out, head);
  }
  EXPECT_EQ(last_chunk, "0\r\n\r\n");
}

#if defined(GTEST_HAS_DEATH_TEST) && !defined(NDEBUG)
TEST(H1WriterDeathTest, asserts_that_fields_are_safe) {
  std::string out;
  EXPECT_DEATH(append_field(out, "X-A", "a\r\nb: c"), "is_safe_field");
  EXPECT_DEATH(append_chunk_head(out, 0), "size > 0");
}
#endif

}  // namespace
}  // namespace webserv::detail
