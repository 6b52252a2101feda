#include "webserv/http/range.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace webserv::detail {

void PrintTo(const ByteRange& range, std::ostream* out) { *out << range.first << "-" << range.last; }

namespace {

using Kind = Ranges::Kind;
using testing::ElementsAreArray;

constexpr uint64_t greatest = UINT64_MAX;

struct Row {
  std::string_view value;
  uint64_t length;
  Kind kind;
  std::vector<ByteRange> ranges;
};

void check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    Ranges ranges = Ranges::parse(row.value, row.length);
    EXPECT_EQ(ranges.kind(), row.kind) << row.value << " of " << row.length;
    EXPECT_THAT(ranges.all(), ElementsAreArray(row.ranges)) << row.value;
  }
}

TEST(Range, reads_one_range) {
  check({
      {"bytes=0-499", 10000, Kind::satisfiable, {{0, 499}}},
      {"bytes=500-999", 10000, Kind::satisfiable, {{500, 999}}},
      {"bytes=0-0", 1, Kind::satisfiable, {{0, 0}}},
      {"bytes=9500-", 10000, Kind::satisfiable, {{9500, 9999}}},
      {"bytes=0-", 10000, Kind::satisfiable, {{0, 9999}}},
      {"bytes=-500", 10000, Kind::satisfiable, {{9500, 9999}}},
      {"bytes=-10000", 10000, Kind::satisfiable, {{0, 9999}}},
      {"bytes=-10001", 10000, Kind::satisfiable, {{0, 9999}}},  // longer than all: all
      {"bytes=9999-20000", 10000, Kind::satisfiable, {{9999, 9999}}},
      {"bytes=007-0008", 10, Kind::satisfiable, {{7, 8}}},
      {"BYTES=0-1", 10, Kind::satisfiable, {{0, 1}}},  // RFC 9110 14.1: units compare without case
      {"Bytes=-1", 10, Kind::satisfiable, {{9, 9}}},
  });
}

TEST(Range, reads_several_in_their_order) {
  check({
      {"bytes=0-0,-1", 10000, Kind::satisfiable, {{0, 0}, {9999, 9999}}},
      {"bytes= 0-999, 4500-5499, -1000", 10000, Kind::satisfiable, {{0, 999}, {4500, 5499}, {9000, 9999}}},
      {"bytes=-1,0-0", 10000, Kind::satisfiable, {{9999, 9999}, {0, 0}}},
      {"bytes=50-60\t,\t 10-20", 100, Kind::satisfiable, {{50, 60}, {10, 20}}},
      {"bytes=,, 1-2 ,,4-5,", 100, Kind::satisfiable, {{1, 2}, {4, 5}}},  // RFC 9110 5.6.1.2: empty elements
  });
}

TEST(Range, joins_ranges_that_overlap_or_touch) {
  check({
      {"bytes=0-9,5-19", 100, Kind::satisfiable, {{0, 19}}},
      {"bytes=5-19,0-9", 100, Kind::satisfiable, {{0, 19}}},
      {"bytes=0-9,10-19", 100, Kind::satisfiable, {{0, 19}}},
      {"bytes=10-19,0-9", 100, Kind::satisfiable, {{0, 19}}},
      {"bytes=0-9,11-19", 100, Kind::satisfiable, {{0, 9}, {11, 19}}},
      {"bytes=0-,0-,0-", 100, Kind::satisfiable, {{0, 99}}},
      {"bytes=0-0,2-2,1-1", 100, Kind::satisfiable, {{0, 2}}},  // the last one joins two
      {"bytes=20-29,50-59,0-9,15-55", 100, Kind::satisfiable, {{15, 59}, {0, 9}}},
      {"bytes=50-59,20-29,0-9,15-55", 100, Kind::satisfiable, {{15, 59}, {0, 9}}},
      {"bytes=90-,-5,3-3", 100, Kind::satisfiable, {{90, 99}, {3, 3}}},
      {"bytes=0-99,5-6,-1", 100, Kind::satisfiable, {{0, 99}}},
  });
}

TEST(Range, leaves_out_those_that_cannot_be_satisfied) {
  check({
      {"bytes=100-200,0-9", 100, Kind::satisfiable, {{0, 9}}},
      {"bytes=-0,5-5", 100, Kind::satisfiable, {{5, 5}}},
      {"bytes=100-", 100, Kind::unsatisfiable, {}},
      {"bytes=100-100", 100, Kind::unsatisfiable, {}},
      {"bytes=-0", 100, Kind::unsatisfiable, {}},
      {"bytes=100-,200-300,-0", 100, Kind::unsatisfiable, {}},
      {"bytes=1000000-", 100, Kind::unsatisfiable, {}},
  });
}

TEST(Range, takes_positions_of_any_number_of_digits) {
  check({
      {"bytes=0-99999999999999999999999999", 10, Kind::satisfiable, {{0, 9}}},
      {"bytes=-99999999999999999999999999", 10, Kind::satisfiable, {{0, 9}}},
      {"bytes=99999999999999999999999999-", 10, Kind::unsatisfiable, {}},
      {"bytes=99999999999999999999999999-99999999999999999999999998", 10, Kind::unsatisfiable, {}},
      {"bytes=18446744073709551615-", 10, Kind::unsatisfiable, {}},
      {"bytes=18446744073709551616-", 10, Kind::unsatisfiable, {}},
      {"bytes=0-18446744073709551616", 10, Kind::satisfiable, {{0, 9}}},  // 2^64 is not 0
      {"bytes=-18446744073709551616", 10, Kind::satisfiable, {{0, 9}}},
      {"bytes=18446744073709551614-", greatest, Kind::satisfiable, {{greatest - 1, greatest - 1}}},
      {"bytes=0-,5-6", greatest, Kind::satisfiable, {{0, greatest - 1}}},
      {"bytes=00000000000000000000000000000000000000000001-2", 10, Kind::satisfiable, {{1, 2}}},
  });
}

TEST(Range, ignores_other_units_and_malformed_fields) {
  for (std::string_view value : {"",
                                 "bytes",
                                 "bytes=",
                                 "bytes=,",
                                 "bytes= , ",
                                 "bytes=-",
                                 "bytes=--1",
                                 "bytes=5-4",
                                 "bytes=0-5-9",
                                 "bytes=a-b",
                                 "bytes=0-b",
                                 "bytes=+0-1",
                                 "bytes=0-+1",
                                 "bytes=0x0-1",
                                 "bytes=0 -1",
                                 "bytes=0- 1",
                                 "bytes= 0 - 1",
                                 "bytes =0-1",
                                 " bytes=0-1",
                                 "bytes:0-1",
                                 "bytes 0-1",
                                 "bytes=1",
                                 "bytes=1.0-2",
                                 "bytes=1_0-2",
                                 "items=0-1",
                                 "seconds=0-1",
                                 "byte=0-1",
                                 "xbytes=0-1",
                                 "bytess=0-1",
                                 "none",
                                 "0-1",
                                 "=0-1",
                                 "bytes=\"0-1\"",
                                 "bytes=0-1;2-3",
                                 "bytes=0-1 2-3",
                                 "bytes=0-1,a",
                                 "bytes=a,0-1",
                                 "bytes=0-1,5-4",
                                 "bytes=200-100,0-1",
                                 "bytes=0-1, bytes=2-3",
                                 "bytes=*/*"}) {
    EXPECT_EQ(Ranges::parse(value, 100).kind(), Kind::ignore) << value;
  }
  using namespace std::string_view_literals;
  EXPECT_EQ(Ranges::parse("bytes=0-1\0"sv, 100).kind(), Kind::ignore);
  EXPECT_EQ(Ranges::parse("bytes=0\0-1"sv, 100).kind(), Kind::ignore);
}

TEST(Range, ignores_a_range_over_the_whole_of_nothing) {
  check({
      {"bytes=0-", 0, Kind::ignore, {}},
      {"bytes=0-0", 0, Kind::ignore, {}},
      {"bytes=-1", 0, Kind::ignore, {}},
      {"bytes=1-", 0, Kind::unsatisfiable, {}},
      {"bytes=-0", 0, Kind::unsatisfiable, {}},
  });
}

std::string single_bytes(size_t count, size_t from = 0) {
  std::string value = "bytes=";
  for (size_t i = 0; i < count; ++i) value += std::to_string(from + 2 * i) + "-" + std::to_string(from + 2 * i) + ",";
  return value;
}

TEST(Range, ignores_floods) {
  EXPECT_EQ(Ranges::parse(single_bytes(Ranges::max_ranges), 100).all().size(), Ranges::max_ranges);
  EXPECT_EQ(Ranges::parse(single_bytes(Ranges::max_ranges + 1), 100).kind(), Kind::ignore);
  EXPECT_EQ(Ranges::parse(single_bytes(1000), 10'000).kind(), Kind::ignore);
}

TEST(Range, counts_neither_unsatisfiable_ranges_nor_joined_ones_as_a_flood) {
  Ranges beyond = Ranges::parse(single_bytes(50, 100) + "7-7", 100);
  EXPECT_THAT(beyond.all(), testing::ElementsAre(ByteRange{7, 7}));
  std::string same = "bytes=";
  for (int i = 0; i < 50; ++i) same += "0-,";
  EXPECT_THAT(Ranges::parse(same, 100).all(), testing::ElementsAre(ByteRange{0, 99}));
}

TEST(ContentRange, tells_range_and_length) {
  EXPECT_EQ(ContentRange({0, 99}, 1000).view(), "bytes 0-99/1000");
  EXPECT_EQ(ContentRange({0, 0}, 1).view(), "bytes 0-0/1");
  EXPECT_EQ(ContentRange({greatest - 1, greatest - 1}, greatest).view(),
            "bytes 18446744073709551614-18446744073709551614/18446744073709551615");
  EXPECT_EQ(ContentRange::unsatisfied(1000).view(), "bytes */1000");
  EXPECT_EQ(ContentRange::unsatisfied(0).view(), "bytes */0");
}

std::string body_of(const Byteranges& byteranges, std::span<const ByteRange> ranges, std::string_view file) {
  std::string body;
  for (const ByteRange& range : ranges) {
    body += byteranges.part_head(range, body.empty());
    body += file.substr(range.first, range.size());
  }
  return body + byteranges.closing();
}

TEST(Byteranges, makes_a_multipart_body_of_the_length_it_tells) {
  Byteranges byteranges{"THIS", "text/plain; charset=utf-8", 10};
  std::vector<ByteRange> ranges = {{0, 1}, {9, 9}};
  std::string body = body_of(byteranges, ranges, "0123456789");
  EXPECT_EQ(byteranges.content_type(), "multipart/byteranges; boundary=THIS");
  EXPECT_EQ(body,
            "--THIS\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes 0-1/10\r\n\r\n01"
            "\r\n--THIS\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes 9-9/10\r\n\r\n9"
            "\r\n--THIS--\r\n");
  EXPECT_EQ(byteranges.content_length(ranges), body.size());
}

TEST(Byteranges, names_no_type_where_it_is_not_known) {
  Byteranges byteranges{"B", "", 10};
  std::vector<ByteRange> ranges = {{0, 0}, {2, 2}, {4, 4}};
  EXPECT_EQ(byteranges.part_head({0, 0}, true), "--B\r\nContent-Range: bytes 0-0/10\r\n\r\n");
  EXPECT_EQ(byteranges.content_length(ranges), body_of(byteranges, ranges, "0123456789").size());
}

}  // namespace
}  // namespace webserv::detail
