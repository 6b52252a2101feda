#include "webserv/base/log_text.h"

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>

#include "webserv/base/text.h"

namespace webserv::detail::log_text {
namespace {

// Sixteen bytes at once, in a register on every machine of ours.
using Bytes [[gnu::vector_size(16)]] = signed char;
using Words [[gnu::vector_size(16)]] = uint64_t;

template <class Word>
Word load(const char* from) {
  Word word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

template <class Word>
Word copy(char* to, const char* from) {
  const Word word = load<Word>(from);
  std::memcpy(to, &word, sizeof word);
  return word;
}

// All ones in the bytes that need no escape. As signed numbers, control bytes and what is no ASCII are below the blank.
Bytes usual(Bytes bytes) { return (bytes >= ' ') & ~((bytes == 0x7f) | (bytes == '"') | (bytes == '\\')); }

bool all(Bytes bytes) {
  const Words words = reinterpret_cast<Words>(bytes);
  return (words[0] & words[1]) == ~uint64_t{0};
}

constexpr std::array<bool, 256> make_usual_bytes() {
  std::array<bool, 256> table{};
  for (size_t i = ' '; i < 0x7f; ++i) table[i] = i != '"' && i != '\\';
  return table;
}
constexpr std::array<bool, 256> usual_bytes = make_usual_bytes();

bool copy_usual_byte(char* to, const char* from) { return usual_bytes[copy<unsigned char>(to, from)]; }

// Up to fifteen bytes, by copies that overlap in the middle.
[[gnu::always_inline]] inline bool copy_usual_few(char* to, const char* from, size_t size) {
  if (size >= 8) {
    const Words words{copy<uint64_t>(to, from), copy<uint64_t>(to + size - 8, from + size - 8)};
    return all(usual(reinterpret_cast<Bytes>(words)));
  }
  if (size >= 4) {
    const uint64_t first = copy<uint32_t>(to, from);
    const uint64_t both = first | uint64_t{copy<uint32_t>(to + size - 4, from + size - 4)} << 32;
    return all(usual(reinterpret_cast<Bytes>(Words{both, both})));
  }
  if (size == 0) return true;
  const bool first = copy_usual_byte(to, from);
  const bool middle = copy_usual_byte(to + size / 2, from + size / 2);
  const bool last = copy_usual_byte(to + size - 1, from + size - 1);
  return first && middle && last;
}

// Copies `text`, and says whether it is printable ASCII without quotes and backslashes.
[[gnu::always_inline]] inline bool copy_usual(char* to, std::string_view text) {
  const char* const from = text.data();
  const size_t size = text.size();
  if (size < 16) return copy_usual_few(to, from, size);
  // The last sixteen overlap the ones before.
  Bytes found = usual(copy<Bytes>(to + size - 16, from + size - 16));
  for (size_t i = 0; i + 16 < size; i += 16) found &= usual(copy<Bytes>(to + i, from + i));
  return all(found);
}

constexpr std::array<char, 200> make_pairs() {
  std::array<char, 200> pairs{};
  for (size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}
constexpr std::array<char, 200> pairs = make_pairs();

char* put_pair(char* to, size_t number) {
  std::memcpy(to, &pairs[2 * number], 2);
  return to + 2;
}

char* put_up_to_two(char* to, uint32_t number) {
  if (number >= 10) return put_pair(to, number);
  *to = static_cast<char>('0' + number);
  return to + 1;
}

char* put_up_to_four(char* to, uint32_t number) {
  if (number < 100) return put_up_to_two(to, number);
  return put_pair(put_up_to_two(to, number / 100), number % 100);
}

[[gnu::noinline]] char* put_many_digits(char* to, uint64_t number) {
  to = put_decimal(to, number / 10'000);
  const auto rest = static_cast<uint32_t>(number % 10'000);
  return put_pair(put_pair(to, rest / 100), rest % 100);
}

char* put_hex_byte(char* to, unsigned char byte) {
  constexpr const char* digits = "0123456789abcdef";
  to[0] = digits[byte >> 4];
  to[1] = digits[byte & 15];
  return to + 2;
}

// Control characters of C0 and C1 (a terminal obeys both), by the bytes of one character.
bool is_control(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  return first < 0x20 || first == 0x7f || (first == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0);
}

char* put_json_character(char* to, std::string_view character) {
  if (character == "\"" || character == "\\") {
    *to++ = '\\';
  } else if (is_control(character)) {
    // The code point of U+0080 to U+009F is the second byte of its two.
    return put_hex_byte(put(to, "\\u00"), static_cast<unsigned char>(character.back()));
  }
  std::memcpy(to, character.data(), character.size());
  return to + character.size();
}

[[gnu::cold, gnu::noinline]] char* escape_json(char* to, std::string_view text) {
  while (!text.empty()) {
    const size_t size = character_size(text);
    to = size == 0 ? put(to, "\xef\xbf\xbd") : put_json_character(to, text.substr(0, size));
    text.remove_prefix(std::max<size_t>(size, 1));
  }
  return to;
}

[[gnu::cold, gnu::noinline]] char* escape_combined(char* to, std::string_view text) {
  for (char c : text) {
    if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') {
      *to++ = c;
    } else {
      to = put_hex_byte(put(to, "\\x"), static_cast<unsigned char>(c));
    }
  }
  return to;
}

void append_readable(std::string& to, std::string_view text, bool quoted) {
  while (!text.empty()) {
    const size_t size = character_size(text);
    const std::string_view character = text.substr(0, std::max<size_t>(size, 1));
    if (size == 0 || is_control(character)) {
      for (char byte : character) {
        to += "\\x";
        append_hex(to, static_cast<unsigned char>(byte), 2);
      }
    } else {
      if (quoted && (character == "\"" || character == "\\")) to += '\\';
      to += character;
    }
    text.remove_prefix(character.size());
  }
}

struct CivilTime {
  int year;
  unsigned month, day;
  size_t hour, minute, second;
};

CivilTime civil_time(int64_t unix_seconds) {
  constexpr int64_t last = 253'402'300'799;  // the end of 9999
  const std::chrono::sys_seconds time{std::chrono::seconds(std::clamp<int64_t>(unix_seconds, 0, last))};
  const auto midnight = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(midnight);
  const auto second = static_cast<size_t>((time - midnight).count());
  return {int(date.year()), unsigned(date.month()), unsigned(date.day()), second / 3600, second / 60 % 60, second % 60};
}

char* put_year(char* to, int year) {
  const auto number = static_cast<size_t>(year);
  return put_pair(put_pair(to, number / 100), number % 100);
}

char* put_clock(char* to, const CivilTime& time) {
  to = put(put_pair(to, time.hour), ":");
  to = put(put_pair(to, time.minute), ":");
  return put_pair(to, time.second);
}

}  // namespace

char* put_decimal(char* to, uint64_t number) {
  return number < 10'000 ? put_up_to_four(to, static_cast<uint32_t>(number)) : put_many_digits(to, number);
}

char* put_six_digits(char* to, uint32_t number) {
  to = put_pair(to, number / 10000);
  to = put_pair(to, number / 100 % 100);
  return put_pair(to, number % 100);
}

char* put_hex(char* to, uint64_t number) {
  static_assert(std::endian::native == std::endian::little);
  constexpr uint64_t low_halves = 0x0f0f'0f0f'0f0f'0f0f;
  const uint64_t first_byte_first = __builtin_bswap64(number);
  const Bytes high = reinterpret_cast<Bytes>(Words{first_byte_first >> 4 & low_halves, 0});
  const Bytes low = reinterpret_cast<Bytes>(Words{first_byte_first & low_halves, 0});
  const Bytes values = __builtin_shufflevector(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const Bytes digits = values + '0' + ((values > 9) & ('a' - '9' - 1));
  std::memcpy(to, &digits, sizeof digits);
  return to + sizeof digits;
}

char* put_json(char* to, std::string_view text) {
  return copy_usual(to, text) ? to + text.size() : escape_json(to, text);
}

char* put_combined(char* to, std::string_view text) {
  return copy_usual(to, text) ? to + text.size() : escape_combined(to, text);
}

void append_json(std::string& to, std::string_view text) {
  const size_t size = to.size();
  to.resize(size + text.size() * most_per_byte);
  to.resize(static_cast<size_t>(put_json(&to[size], text) - to.data()));
}

void append_message(std::string& to, std::string_view text) { append_readable(to, text, false); }

void append_value(std::string& to, std::string_view text) {
  const bool bare = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < 0x7f && c != '"' && c != '\\' && c != '=';
  });
  if (bare) {
    to += text;
    return;
  }
  to += '"';
  append_readable(to, text, true);
  to += '"';
}

char* put_rfc3339_second(char* to, int64_t unix_seconds) {
  const CivilTime time = civil_time(unix_seconds);
  to = put(put_year(to, time.year), "-");
  to = put(put_pair(to, time.month), "-");
  to = put(put_pair(to, time.day), "T");
  return put_clock(to, time);
}

char* put_combined_second(char* to, int64_t unix_seconds) {
  constexpr std::string_view months = "/Jan//Feb//Mar//Apr//May//Jun//Jul//Aug//Sep//Oct//Nov//Dec/";
  const CivilTime time = civil_time(unix_seconds);
  to = put_pair(to, time.day);
  std::memcpy(to, months.data() + size_t{5} * (time.month - 1), 5);
  to = put(put_year(to + 5, time.year), ":");
  return put(put_clock(to, time), " +0000");
}

}  // namespace webserv::detail::log_text
