// Dates of HTTP (RFC 9110 5.6.7) and of JSON (RFC 3339), in the proleptic Gregorian calendar and UTC. Own arithmetic:
// no locale, no time zone, no system call. Leap seconds are not counted, as in POSIX.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace webserv::detail {

// The dates that can be written and read, in seconds since 1970: 1601-01-01T00:00:00Z and 9999-12-31T23:59:59Z.
constexpr int64_t first_date = -11'644'473'600;
constexpr int64_t last_date = 253'402'300'799;

constexpr size_t imf_fixdate_size = 29;
constexpr size_t rfc3339_size = 20;

// Writes "Sat, 21 Nov 2026 09:20:00 GMT" without a NUL to the 29 bytes at `to`. A time beyond the dates above is
// written as the nearest of them.
void write_imf_fixdate(char* to, int64_t seconds);

// Writes "2026-11-21T09:20:00Z" without a NUL to the 20 bytes at `to`; bounded in the same way.
void write_rfc3339(char* to, int64_t seconds);

// A date as a value, for fields: `DateText(seconds).view()`.
class DateText {
 public:
  explicit DateText(int64_t seconds) { write_imf_fixdate(text_.data(), seconds); }
  std::string_view view() const { return {text_.data(), text_.size()}; }

 private:
  std::array<char, imf_fixdate_size> text_;
};

// Reads any of the three forms, IMF-fixdate, RFC 850 and asctime, in seconds since 1970; `now`, in the same unit,
// decides the century of the two-digit years of RFC 850: the latest that is not more than 50 years ahead. Strict: case,
// spaces and widths are those of the grammar; a name that is no day's or no month's, a day the month does not have, an
// hour of 24 and a year before 1601 are nothing. 23:59:60 is read as the second after it. A day name that does not suit
// its date is let through: no section asks for more than a name, and the day is known without it.
std::optional<int64_t> parse_http_date(std::string_view text, int64_t now);

}  // namespace webserv::detail
