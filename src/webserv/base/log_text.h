// How a log spells bytes, numbers and times. Writes through a plain pointer, for the access log is part of every
// request: the caller has made room, and each function says how much it may take. All return the end of what they
// wrote.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace webserv::detail::log_text {

// A byte becomes at most six: "\u001f".
inline constexpr size_t most_per_byte = 6;
inline constexpr size_t decimal_size = 20;

template <size_t Size>
char* put(char* to, const char (&literal)[Size]) {
  std::memcpy(to, literal, Size - 1);
  return to + Size - 1;
}

// Decimal digits; takes at most decimal_size.
char* put_decimal(char* to, uint64_t number);

// Exactly six decimal digits, with leading zeros; the number has no more.
char* put_six_digits(char* to, uint32_t number);

// Exactly 16 lower-case hexadecimal digits.
char* put_hex(char* to, uint64_t number);

// The inside of a JSON string (RFC 8259 7): control characters, also those of C1, as \u00XX; a byte that is no UTF-8 as
// U+FFFD. Takes at most most_per_byte * text.size().
char* put_json(char* to, std::string_view text);

// As nginx escapes: quotes, backslashes and all but printable ASCII as \xXX. Takes at most most_per_byte * text.size().
char* put_combined(char* to, std::string_view text);

// put_json at the end of a string.
void append_json(std::string& to, std::string_view text);

// For people: control characters and bytes that are no UTF-8 as \xXX, the rest as it is.
void append_message(std::string& to, std::string_view text);

// The same, between quotes where a reader could not else tell where it ends; quotes and backslashes get a backslash
// there.
void append_value(std::string& to, std::string_view text);

// "2026-11-21T09:33:00" (RFC 3339) and "21/Nov/2026:09:33:00 +0000" (Apache's), UTC, years 1970 to 9999: other times
// become the nearest of these. Take 19 and 26 bytes.
char* put_rfc3339_second(char* to, int64_t unix_seconds);
char* put_combined_second(char* to, int64_t unix_seconds);

}  // namespace webserv::detail::log_text
