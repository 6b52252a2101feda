// Small operations on ASCII text: case, trimming, numbers with limits. All are pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace webserv::detail {

constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Equal but for the case of ASCII letters.
bool equals_ignoring_case(std::string_view a, std::string_view b);

std::string to_lower(std::string_view text);

// Without spaces and tabs at both ends (OWS of RFC 9110 5.6.3).
std::string_view trim(std::string_view text);

// The whole text is 1*DIGIT and the value at most `limit`; else nothing. No sign, space, prefix or separator passes.
std::optional<uint64_t> parse_decimal(std::string_view text, uint64_t limit = std::numeric_limits<uint64_t>::max());

// The whole text is 1*HEXDIG and the value at most `limit`; else nothing.
std::optional<uint64_t> parse_hex(std::string_view text, uint64_t limit = std::numeric_limits<uint64_t>::max());

// 0 to 15, or -1 where `c` is no hexadecimal digit.
int hex_value(char c);

// Appends the decimal digits of `number`.
void append_decimal(std::string& to, uint64_t number);

// Appends `number` as exactly `digits` lower-case hexadecimal digits (the lowest ones).
void append_hex(std::string& to, uint64_t number, int digits);

// Whether one absolute path is the other, or leads to something in it, by their texts alone.
bool is_within(std::string_view path, std::string_view folder);

// The bytes of the well-formed UTF-8 character that the text, which is not empty, begins with; 0 where it does not.
size_t character_size(std::string_view text);

// Whether the text is well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF).
bool is_utf8(std::string_view text);

// Calls `visit(element)` for each element of a comma-separated list (RFC 9110 5.6.1), trimmed, empty ones left out.
// Commas inside quoted strings do not separate. `visit` returns whether to go on.
template <class Visit>
void for_each_element(std::string_view list, Visit visit) {
  size_t begin = 0;
  bool quoted = false;
  for (size_t i = 0; i <= list.size(); ++i) {
    if (i < list.size()) {
      if (quoted && list[i] == '\\' && i + 1 < list.size()) {
        ++i;
        continue;
      }
      if (list[i] == '"') quoted = !quoted;
      if (quoted || list[i] != ',') continue;
    }
    std::string_view element = trim(list.substr(begin, i - begin));
    begin = i + 1;
    if (!element.empty() && !visit(element)) return;
  }
}

}  // namespace webserv::detail
