#include "webserv/base/log_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <random>
#include <string>

#include "webserv/base/text.h"

namespace webserv::detail::log_text {
namespace {

using namespace std::literals;

template <class Put>
std::string text_of(Put put) {
  std::array<char, 512> buffer;
  const char* const end = put(buffer.data());
  return std::string(std::string_view(buffer.data(), end));
}

std::string json(std::string_view text) {
  return text_of([&](char* to) { return put_json(to, text); });
}

std::string combined(std::string_view text) {
  return text_of([&](char* to) { return put_combined(to, text); });
}

std::string decimal(uint64_t number) {
  return text_of([&](char* to) { return put_decimal(to, number); });
}

struct Spelling {
  std::string_view text, as_json, as_combined, as_value;
};

TEST(LogText, spells_each_kind_of_byte) {
  const Spelling cases[] = {
      {"", "", "", R"("")"},
      {"plain", "plain", "plain", "plain"},
      {"two words", "two words", "two words", R"("two words")"},
      {"a=b", "a=b", "a=b", R"("a=b")"},
      {R"(say "hi")", R"(say \"hi\")", R"(say \x22hi\x22)", R"("say \"hi\"")"},
      {R"(C:\)", R"(C:\\)", R"(C:\x5c)", R"("C:\\")"},
      {"a\r\nb", R"(a\u000d\u000ab)", R"(a\x0d\x0ab)", R"("a\x0d\x0ab")"},
      {"\x1b[31m", R"(\u001b[31m)", R"(\x1b[31m)", R"("\x1b[31m")"},
      {"\0"sv, R"(\u0000)", R"(\x00)", R"("\x00")"},
      {"\x7f", R"(\u007f)", R"(\x7f)", R"("\x7f")"},
      {"caf\u00e9", "caf\u00e9", R"(caf\xc3\xa9)", "\"caf\u00e9\""},
      {"\u20ac \U0001f600", "\u20ac \U0001f600", R"(\xe2\x82\xac \xf0\x9f\x98\x80)", "\"\u20ac \U0001f600\""},
      {"\u009b2J", R"(\u009b2J)", R"(\xc2\x9b2J)", R"("\xc2\x9b2J")"},
      {"\u00a0", "\u00a0", R"(\xc2\xa0)", "\"\u00a0\""},
      {"a\xff!", "a\ufffd!", R"(a\xff!)", R"("a\xff!")"},
      {"\xc3", "\ufffd", R"(\xc3)", R"("\xc3")"},
      {"\xc3(", "\ufffd(", R"(\xc3()", R"("\xc3(")"},
      {"\xc0\x80", "\ufffd\ufffd", R"(\xc0\x80)", R"("\xc0\x80")"},
      {"\xed\xa0\x80", "\ufffd\ufffd\ufffd", R"(\xed\xa0\x80)", R"("\xed\xa0\x80")"},
  };
  for (const Spelling& c : cases) {
    std::string value, appended = "x";
    append_value(value, c.text);
    append_json(appended, c.text);
    EXPECT_EQ(json(c.text), c.as_json);
    EXPECT_EQ(appended, "x" + std::string(c.as_json));
    EXPECT_EQ(combined(c.text), c.as_combined);
    EXPECT_EQ(value, c.as_value);
  }
}

TEST(LogText, messages_keep_blanks_and_quotes_and_lose_control_bytes) {
  std::string message;
  append_message(message, "cannot open \"a\\b\":\nno\xff");
  EXPECT_EQ(message, R"(cannot open "a\b":\x0ano\xff)");
}

// The copy goes by words, with branches by length: a byte that needs an escape must be seen wherever it is.
TEST(LogText, sees_every_byte_at_every_place_in_texts_of_every_length) {
  for (size_t size = 1; size <= 35; ++size) {
    for (size_t place = 0; place < size; ++place) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string text(size, 'a');
        text[place] = static_cast<char>(byte);
        const bool plain = byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
        ASSERT_EQ(combined(text) == text, plain) << size << ' ' << place << ' ' << byte;
        ASSERT_EQ(json(text) == text, plain) << size << ' ' << place << ' ' << byte;
      }
    }
  }
}

// What a JSON reader makes of the inside of a string; nothing if it is not valid (RFC 8259 7).
std::optional<std::string> read_json_string(std::string_view text) {
  std::string value;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x20 || c == '"') return std::nullopt;
    if (c != '\\') {
      value += text[i];
    } else if (text.substr(i + 1, 3) == "u00") {
      const auto point = parse_hex(text.substr(i + 4, 2));
      if (!point) return std::nullopt;
      if (*point >= 0x80) value += '\xc2';
      value += static_cast<char>(*point);
      i += 5;
    } else if (i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\')) {
      value += text[++i];
    } else {
      return std::nullopt;
    }
  }
  return value;
}

TEST(LogText, any_bytes_make_a_json_string_that_reads_back) {
  std::mt19937 random(1);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(random() % 24, '\0');
    // Half of the rounds are rich in what UTF-8 is made of.
    constexpr std::string_view rich = "\xc2\x9b\xe2\x82\xac\xf0\x9f\x98\x80\"\\a";
    for (char& c : bytes) c = round % 2 == 0 ? rich[random() % rich.size()] : static_cast<char>(random());
    const std::string written = json(bytes);
    ASSERT_TRUE(is_utf8(written));
    const std::optional<std::string> value = read_json_string(written);
    ASSERT_TRUE(value);
    if (is_utf8(bytes)) {
      ASSERT_EQ(*value, bytes);
    }
  }
}

TEST(LogText, writes_decimal_numbers) {
  for (uint64_t number : {0UL, 9UL, 10UL, 99UL, 100UL, 999UL, 1000UL, 9999UL, 10000UL, 10001UL, 99999UL, 100'000'000UL,
                          1'000'050'003UL, 18'446'744'073'709'551'615UL}) {
    EXPECT_EQ(decimal(number), std::to_string(number));
  }
  EXPECT_EQ(text_of([](char* to) { return put_six_digits(to, 42); }), "000042");
  EXPECT_EQ(text_of([](char* to) { return put_six_digits(to, 999'999); }), "999999");
}

TEST(LogText, writes_hexadecimal_numbers) {
  EXPECT_EQ(text_of([](char* to) { return put_hex(to, 0x0123'4567'89ab'cdef); }), "0123456789abcdef");
  EXPECT_EQ(text_of([](char* to) { return put_hex(to, 0); }), "0000000000000000");
  EXPECT_EQ(text_of([](char* to) { return put_hex(to, ~uint64_t{0}); }), "ffffffffffffffff");
}

TEST(LogText, writes_times) {
  struct Case {
    int64_t second;
    std::string_view rfc3339, combined;
  };
  const Case cases[] = {
      {0, "1970-01-01T00:00:00", "01/Jan/1970:00:00:00 +0000"},
      {951'782'399, "2000-02-28T23:59:59", "28/Feb/2000:23:59:59 +0000"},
      {951'782'400, "2000-02-29T00:00:00", "29/Feb/2000:00:00:00 +0000"},
      {1'795'253'580, "2026-11-21T09:33:00", "21/Nov/2026:09:33:00 +0000"},
      {253'402'300'799, "9999-12-31T23:59:59", "31/Dec/9999:23:59:59 +0000"},
      {253'402'300'800, "9999-12-31T23:59:59", "31/Dec/9999:23:59:59 +0000"},
      {-1, "1970-01-01T00:00:00", "01/Jan/1970:00:00:00 +0000"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(text_of([&](char* to) { return put_rfc3339_second(to, c.second); }), c.rfc3339);
    EXPECT_EQ(text_of([&](char* to) { return put_combined_second(to, c.second); }), c.combined);
  }
}

}  // namespace
}  // namespace webserv::detail::log_text
