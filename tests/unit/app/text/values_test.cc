#include "app/text/values.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace webserv::app {
namespace {

constexpr uint64_t most = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());

struct Number {
  std::string_view text;
  uint64_t value;
};

struct Wrong {
  std::string_view text, suggestion;
};

TEST(Values, reads_sizes) {
  constexpr Number rows[] = {
      {"0", 0},
      {"1", 1},
      {"16K", 16 << 10},
      {"10M", 10 << 20},
      {"2G", uint64_t{2} << 30},
      {"007K", 7 << 10},
      {"9223372036854775807", most},
      {"8589934591G", uint64_t{8589934591} << 30},
  };
  for (const Number& row : rows) EXPECT_EQ(parse_size(row.text), row.value) << row.text;
}

TEST(Values, refuses_what_is_no_size_and_writes_what_was_meant) {
  constexpr Wrong rows[] = {
      {"", "write for example \"16K\""},
      {"K", "write for example \"16K\""},
      {" 1K", "write \"1K\""},
      {"+1", "write for example \"16K\""},
      {"-1K", "write for example \"16K\""},
      {"1.5K", "write \"1536\""},
      {"0x10", "write for example \"16K\""},
      {"1_0", "write for example \"16K\""},
      {"1T", "write for example \"16K\""},
      {"1k", "write \"1K\""},
      {"1KB", "write \"1K\""},
      {"1 K", "write \"1K\""},
      {"1 mb", "write \"1M\""},
      {"1GiB", "write \"1G\""},
      {"5 bytes", "write \"5\""},
      {"5b", "write \"5\""},
      {"1K ", "write \"1K\""},
  };
  for (const Wrong& row : rows) {
    const auto size = parse_size(row.text);
    ASSERT_FALSE(size) << row.text;
    EXPECT_EQ(size.error().suggestion, row.suggestion) << row.text;
  }
  for (std::string_view text : {"9223372036854775808", "8589934592G", "99999999999999999999999"}) {
    const auto size = parse_size(text);
    ASSERT_FALSE(size) << text;
    EXPECT_EQ(size.error().reason, "is too large");
  }
}

TEST(Values, reads_times) {
  constexpr Number rows[] = {
      {"0s", 0}, {"1ms", 1}, {"500ms", 500}, {"15s", 15'000}, {"5m", 300'000}, {"24h", 86'400'000}, {"7d", 604'800'000},
  };
  for (const Number& row : rows) EXPECT_EQ(parse_duration(row.text), row.value) << row.text;
}

TEST(Values, refuses_what_is_no_time_and_writes_what_was_meant) {
  constexpr Wrong rows[] = {
      {"", "write for example \"30s\""},
      {"s", "write for example \"30s\""},
      {"1.5s", "write \"1500ms\""},
      {"1m30s", "write \"90s\""},
      {"-1s", "write for example \"30s\""},
      {"1w", "write for example \"30s\""},
      {"30", "write \"30s\""},
      {"0", "write \"0s\""},
      {"30S", "write \"30s\""},
      {"30 s", "write \"30s\""},
      {"1min", "write \"1m\""},
      {"2 Hours", "write \"2h\""},
      {"10msec", "write \"10ms\""},
      {"1 day", "write \"1d\""},
  };
  for (const Wrong& row : rows) {
    const auto duration = parse_duration(row.text);
    ASSERT_FALSE(duration) << row.text;
    EXPECT_EQ(duration.error().suggestion, row.suggestion) << row.text;
  }
  EXPECT_EQ(parse_duration("106751991168d").error().reason, "is too large");
}

TEST(Values, writes_numbers_as_it_reads_them) {
  EXPECT_EQ(format_number(100, Unit::none), "100");
  EXPECT_EQ(format_number(0, Unit::bytes), "0");
  EXPECT_EQ(format_number(1023, Unit::bytes), "1023");
  EXPECT_EQ(format_number(16 << 10, Unit::bytes), "16K");
  EXPECT_EQ(format_number(uint64_t{1} << 40, Unit::bytes), "1024G");
  EXPECT_EQ(format_number(0, Unit::milliseconds), "0s");
  EXPECT_EQ(format_number(1500, Unit::milliseconds), "1500ms");
  EXPECT_EQ(format_number(90'000, Unit::milliseconds), "90s");
  EXPECT_EQ(format_number(86'400'000, Unit::milliseconds), "1d");
  EXPECT_EQ(format_number(std::numeric_limits<uint64_t>::max(), Unit::bytes), "unlimited");
}

TEST(Values, resolves_paths_by_their_text) {
  struct Row {
    std::string_view folder, path, result;
  };
  constexpr Row rows[] = {
      {"/etc", "www", "/etc/www"},        {"/etc", "/www", "/www"},  {"/etc", ".", "/etc"},
      {"/etc", "./a/../b/", "/etc/b"},    {"/etc", "../../..", "/"}, {"/", "a", "/a"},
      {"/etc/x/", "../y//z", "/etc/y/z"}, {"/etc", "/", "/"},        {"/etc", "a b/ü", "/etc/a b/ü"},
  };
  for (const Row& row : rows) EXPECT_EQ(absolute_path(row.folder, row.path), row.result) << row.path;
}

}  // namespace
}  // namespace webserv::app
