#include "webserv/base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace webserv::detail {
namespace {

using namespace std::literals;
using testing::ElementsAreArray;

TEST(Text, compares_without_the_case_of_ascii_letters) {
  struct Row {
    std::string_view a, b;
    bool equal;
  };
  const Row rows[] = {
      {"", "", true},
      {"a", "A", true},
      {"a", "", false},
      {"gzip", "GZIP", true},
      {"gzip", "gzip ", false},
      {"close", "cLOSe", true},
      {"close", "closf", false},
      {"Content-Length", "content-lengtH", true},
      {"content-length", "content-lengti", false},
      {"Xontent-length", "content-length", false},
      {"if-unmodified-since", "If-Unmodified-Since", true},
      {"if-unmodified-since", "If-UnmodifieD_Since", false},
      // These differ by the bit of case alone, and are no letters.
      {"@", "`", false},
      {"[abc", "{abc", false},
      {"content\rlength", "content-length", false},
      {"1234567\x10", "1234567\x30", false},
      {"\xc4\xd6\xdc", "\xe4\xf6\xfc", false},
      {"a\0b"sv, "A\0B"sv, true},
      {"a\0b"sv, "a\0c"sv, false},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(equals_ignoring_case(row.a, row.b), row.equal) << row.a << " " << row.b;
    EXPECT_EQ(equals_ignoring_case(row.b, row.a), row.equal) << row.b << " " << row.a;
  }
}

TEST(Text, finds_a_difference_at_every_place_of_every_length) {
  for (size_t size = 1; size <= 40; ++size) {
    const std::string text(size, 'k');
    EXPECT_TRUE(equals_ignoring_case(text, std::string(size, 'K')));
    for (size_t at = 0; at < size; ++at) {
      std::string other = text;
      other[at] = 'j';
      EXPECT_FALSE(equals_ignoring_case(text, other)) << size << " " << at;
      other[at] = 'K';
      EXPECT_TRUE(equals_ignoring_case(text, other)) << size << " " << at;
    }
  }
}

TEST(Text, lowers_ascii_alone) { EXPECT_EQ(to_lower("AbZ[@`\xc4-9"), "abz[@`\xc4-9"); }

TEST(Text, trims_spaces_and_tabs_alone) {
  EXPECT_EQ(trim(""), "");
  EXPECT_EQ(trim(" \t "), "");
  EXPECT_EQ(trim("a"), "a");
  EXPECT_EQ(trim("\t a b\t"), "a b");
  EXPECT_EQ(trim("\v a \r"), "\v a \r");
  EXPECT_EQ(trim("\xa0 a"), "\xa0 a");
}

constexpr uint64_t greatest = UINT64_MAX;

struct NumberRow {
  std::string_view text;
  std::optional<uint64_t> value;
  uint64_t limit = greatest;
};

TEST(Text, reads_decimal_numbers_of_digits_alone) {
  const NumberRow rows[] = {
      {"0", 0},
      {"7", 7},
      {"0042", 42},
      {"18446744073709551615", greatest},
      {"00000000000000000000018446744073709551615", greatest},
      {"18446744073709551616", std::nullopt},
      {"18446744073709551620", std::nullopt},
      {"99999999999999999999", std::nullopt},
      {"100", 100, 100},
      {"101", std::nullopt, 100},
      {"0", 0, 0},
      {"1", std::nullopt, 0},
      {"9", std::nullopt, 8},
      {"9223372036854775807", INT64_MAX, INT64_MAX},
      {"9223372036854775808", std::nullopt, INT64_MAX},
      {"", std::nullopt},
      {"+5", std::nullopt},
      {"-0", std::nullopt},
      {"-5", std::nullopt},
      {" 5", std::nullopt},
      {"5 ", std::nullopt},
      {"0x5", std::nullopt},
      {"1_0", std::nullopt},
      {"1,0", std::nullopt},
      {"1.0", std::nullopt},
      {"5e3", std::nullopt},
      {"5\0"sv, std::nullopt},
      {"\xd9\xa3", std::nullopt},  // a digit, but not one of ASCII
  };
  for (const NumberRow& row : rows) EXPECT_EQ(parse_decimal(row.text, row.limit), row.value) << row.text;
}

TEST(Text, reads_hexadecimal_numbers_of_digits_alone) {
  const NumberRow rows[] = {
      {"0", 0},
      {"fF", 255},
      {"000A", 10},
      {"ffffffffffffffff", greatest},
      {"0ffffffffffffffff", greatest},
      {"10000000000000000", std::nullopt},
      {"7fffffffffffffff", INT64_MAX, INT64_MAX},
      {"8000000000000000", std::nullopt, INT64_MAX},
      {"10", 16, 16},
      {"11", std::nullopt, 16},
      {"", std::nullopt},
      {"0x5", std::nullopt},
      {"-1", std::nullopt},
      {"+1", std::nullopt},
      {"5 ", std::nullopt},
      {"5g", std::nullopt},
      {"1_0", std::nullopt},
  };
  for (const NumberRow& row : rows) EXPECT_EQ(parse_hex(row.text, row.limit), row.value) << row.text;
}

TEST(Text, knows_the_value_of_each_hexadecimal_digit) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (unsigned c = 0; c < 256; ++c) {
    size_t place = digits.find(to_lower(static_cast<char>(c)));
    int value = place == std::string_view::npos ? -1 : static_cast<int>(place);
    EXPECT_EQ(hex_value(static_cast<char>(c)), value) << c;
  }
}

TEST(Text, appends_numbers) {
  std::string text = "=";
  append_decimal(text, 0);
  append_decimal(text, greatest);
  EXPECT_EQ(text, "=018446744073709551615");
  text.clear();
  append_hex(text, 0xabc, 2);
  append_hex(text, 0xabc, 5);
  append_hex(text, greatest, 16);
  append_hex(text, 1, 0);
  append_hex(text, greatest, 18);
  EXPECT_EQ(text, "bc00abcffffffffffffffff00ffffffffffffffff");
}

TEST(Text, tells_well_formed_utf8) {
  const std::string_view right[] = {
      "",
      "abc",
      "\0"sv,
      "\x7f",
      "\xc2\x80",          // U+0080, the first of two bytes
      "\xdf\xbf",          // U+07FF
      "\xe0\xa0\x80",      // U+0800
      "\xed\x9f\xbf",      // U+D7FF, before the surrogates
      "\xee\x80\x80",      // U+E000, behind them
      "\xef\xbf\xbf",      // U+FFFF
      "\xf0\x90\x80\x80",  // U+10000
      "\xf4\x8f\xbf\xbf",  // U+10FFFF
      "gr\xc3\xbc\xc3\x9f"
      "e, \xe4\xbd\xa0\xe5\xa5\xbd \xf0\x9f\x99\x82 and a long tail of ASCII",
  };
  const std::string_view wrong[] = {
      "\x80",
      "\xbf",
      "\xc0\x80",  // overlong forms
      "\xc0\xaf",
      "\xc1\xbf",
      "\xe0\x80\xaf",
      "\xe0\x9f\xbf",
      "\xf0\x80\x80\xaf",
      "\xf0\x8f\xbf\xbf",
      "\xed\xa0\x80",  // surrogates
      "\xed\xbf\xbf",
      "\xf4\x90\x80\x80",  // above U+10FFFF
      "\xf5\x80\x80\x80",
      "\xff",
      "\xfe",
      "\xc3",  // cut off
      "\xe4\xbd",
      "\xf0\x9f\x99",
      "\xc3(",  // not continued
      "\xe4\xbd(",
      "\xf0\x9f(\x82",
      "\xf0\x9f\x99(",
      "\xe4(\xa0",
  };
  for (std::string_view text : right) EXPECT_TRUE(is_utf8(text)) << testing::PrintToString(text);
  for (std::string_view text : wrong) EXPECT_FALSE(is_utf8(text)) << testing::PrintToString(text);
}

TEST(Text, tells_bad_utf8_at_every_place) {
  for (size_t size = 1; size <= 40; ++size) {
    for (size_t at = 0; at < size; ++at) {
      std::string text(size, 'a');
      text[at] = '\x80';
      EXPECT_FALSE(is_utf8(text)) << size << " " << at;
      text.replace(at, 1, "\xc3\xa4");
      EXPECT_TRUE(is_utf8(text)) << size << " " << at;
    }
  }
}

std::vector<std::string_view> elements(std::string_view list) {
  std::vector<std::string_view> all;
  for_each_element(list, [&](std::string_view element) {
    all.push_back(element);
    return true;
  });
  return all;
}

TEST(Text, takes_a_list_apart) {
  struct Row {
    std::string_view list;
    std::vector<std::string_view> elements;
  };
  const Row rows[] = {
      {"", {}},
      {",", {}},
      {" ,\t, ", {}},
      {"a", {"a"}},
      {"a,b", {"a", "b"}},
      {", a ,,\tb\t,", {"a", "b"}},
      {"a b", {"a b"}},
      {"\"a,b\", c", {"\"a,b\"", "c"}},
      {"x=\"a\\\",b\",c", {"x=\"a\\\",b\"", "c"}},
      {"\"a,b", {"\"a,b"}},
      {"\"a\\", {"\"a\\"}},
  };
  for (const Row& row : rows) EXPECT_THAT(elements(row.list), ElementsAreArray(row.elements)) << row.list;
}

TEST(Text, stops_where_the_visitor_has_enough) {
  size_t visited = 0;
  for_each_element("a, b, c", [&](std::string_view element) {
    ++visited;
    return element != "b";
  });
  EXPECT_EQ(visited, 2u);
}

}  // namespace
}  // namespace webserv::detail
