#include "webserv/http/date.h"

#include <algorithm>
#include <cstring>

#include "webserv/base/text.h"

namespace webserv::detail {
namespace {

constexpr int64_t seconds_per_day = 86'400;
// Days from 0000-03-01 to 1970-01-01. Years begin in March here, so that a leap day is a year's last.
constexpr unsigned days_to_1970 = 719'468;
constexpr unsigned days_per_era = 146'097;  // 400 years, after which the calendar repeats

constexpr std::string_view short_days = "SunMonTueWedThuFriSat";
constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
constexpr std::array<std::string_view, 7> long_days = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                       "Thursday", "Friday", "Saturday"};

// Day and month count from 1.
struct Civil {
  unsigned year = 0;
  unsigned month = 0;
  unsigned day = 0;
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;
};

struct Moment {
  Civil civil;
  unsigned weekday = 0;  // 0 is Sunday
};

// The arithmetic of both directions is that of H. Hinnant, "chrono-Compatible Low-Level Date Algorithms".
Moment moment_of(int64_t seconds) {
  seconds = std::clamp(seconds, first_date, last_date);
  auto since_0000 = static_cast<uint64_t>(seconds + int64_t{days_to_1970} * seconds_per_day);
  auto days = static_cast<unsigned>(since_0000 / seconds_per_day);
  auto time = static_cast<unsigned>(since_0000 % seconds_per_day);

  unsigned era = days / days_per_era;
  unsigned day_of_era = days % days_per_era;
  unsigned year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  unsigned month_from_march = (5 * day_of_year + 2) / 153;
  unsigned day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
  unsigned month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  unsigned year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);

  unsigned weekday = (days + 3) % 7;  // 0000-03-01 was a Wednesday
  return {{year, month, day, time / 3600, time / 60 % 60, time % 60}, weekday};
}

// Takes any day number: those that the month does not have run into the next one.
int64_t seconds_of(const Civil& civil) {
  unsigned year = civil.month <= 2 ? civil.year - 1 : civil.year;
  unsigned era = year / 400;
  unsigned year_of_era = year % 400;
  unsigned month_from_march = civil.month > 2 ? civil.month - 3 : civil.month + 9;
  unsigned day_of_year = (153 * month_from_march + 2) / 5 + civil.day - 1;
  unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  int64_t days = int64_t{era} * days_per_era + day_of_era - days_to_1970;
  return days * seconds_per_day + int64_t{civil.hour} * 3600 + civil.minute * 60 + civil.second;
}

void write_two_digits(char* to, unsigned number) {
  to[0] = static_cast<char>('0' + number / 10);
  to[1] = static_cast<char>('0' + number % 10);
}

void write_year(char* to, unsigned year) {
  write_two_digits(to, year / 100);
  write_two_digits(to + 2, year % 100);
}

void write_time(char* to, const Civil& civil) {
  write_two_digits(to, civil.hour);
  to[2] = ':';
  write_two_digits(to + 3, civil.minute);
  to[5] = ':';
  write_two_digits(to + 6, civil.second);
}

bool is_leap(unsigned year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

bool exists(const Civil& civil) {
  constexpr std::array<unsigned, 12> lengths = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (civil.year < 1601) return false;
  if (civil.month < 1 || civil.day < 1 || civil.hour > 23 || civil.minute > 59) return false;
  unsigned length = civil.month == 2 && is_leap(civil.year) ? 29 : lengths[civil.month - 1];
  if (civil.day > length) return false;
  // RFC 9110 5.6.7: the second 60 is a leap second, which is the last of a day.
  return civil.second < 60 || (civil.second == 60 && civil.hour == 23 && civil.minute == 59);
}

// Takes a text apart from its front. What does not fit is remembered, and asked once at the end.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  void skip(std::string_view expected) {
    good_ = good_ && rest_.starts_with(expected);
    advance(expected.size());
  }

  // `count` digits, the first of which may be a space where `padded`.
  unsigned number(size_t count, bool padded = false) {
    unsigned value = 0;
    for (size_t i = 0; i < count; ++i) {
      char c = i < rest_.size() ? rest_[i] : '\0';
      if (padded && i == 0 && c == ' ') continue;
      good_ = good_ && is_digit(c);
      value = value * 10 + static_cast<unsigned char>(c - '0');
    }
    advance(count);
    return value;
  }

  // Which of the three-letter names that make `names` comes next, from 0.
  unsigned name(std::string_view names) {
    size_t at = 0;
    while (at < names.size() && !rest_.starts_with(names.substr(at, 3))) at += 3;
    good_ = good_ && at < names.size();
    advance(3);
    return static_cast<unsigned>(at / 3);
  }

  void long_day() {
    for (std::string_view day : long_days) {
      if (rest_.starts_with(day)) return advance(day.size());
    }
    good_ = false;
  }

  void time(Civil& civil) {
    civil.hour = number(2);
    skip(":");
    civil.minute = number(2);
    skip(":");
    civil.second = number(2);
  }

  // Whether all was as it should be, and nothing is left.
  bool good() const { return good_ && rest_.empty(); }

 private:
  void advance(size_t count) { rest_.remove_prefix(std::min(count, rest_.size())); }

  std::string_view rest_;
  bool good_ = true;
};

// RFC 9110 5.6.7: a time that appears to be more than 50 years ahead is in the past.
unsigned full_year(Civil civil, unsigned two_digits, int64_t now) {
  Civil limit = moment_of(now).civil;
  limit.year += 50;
  civil.year = limit.year - limit.year % 100 + two_digits;
  if (seconds_of(civil) > seconds_of(limit)) civil.year -= 100;
  return civil.year;
}

// "Sun, 06 Nov 1994 08:49:37 GMT"
bool read_imf_fixdate(Reader reader, Civil& civil) {
  reader.name(short_days);
  reader.skip(", ");
  civil.day = reader.number(2);
  reader.skip(" ");
  civil.month = reader.name(months) + 1;
  reader.skip(" ");
  civil.year = reader.number(4);
  reader.skip(" ");
  reader.time(civil);
  reader.skip(" GMT");
  return reader.good();
}

// "Sun Nov  6 08:49:37 1994"
bool read_asctime(Reader reader, Civil& civil) {
  reader.name(short_days);
  reader.skip(" ");
  civil.month = reader.name(months) + 1;
  reader.skip(" ");
  civil.day = reader.number(2, true);
  reader.skip(" ");
  reader.time(civil);
  reader.skip(" ");
  civil.year = reader.number(4);
  return reader.good();
}

// "Sunday, 06-Nov-94 08:49:37 GMT"
bool read_rfc850(Reader reader, int64_t now, Civil& civil) {
  reader.long_day();
  reader.skip(", ");
  civil.day = reader.number(2);
  reader.skip("-");
  civil.month = reader.name(months) + 1;
  reader.skip("-");
  unsigned two_digits = reader.number(2);
  reader.skip(" ");
  reader.time(civil);
  reader.skip(" GMT");
  if (!reader.good()) return false;
  civil.year = full_year(civil, two_digits, now);
  return true;
}

}  // namespace

void write_imf_fixdate(char* to, int64_t seconds) {
  Moment moment = moment_of(seconds);
  std::memcpy(to, "Sun, 06 Nov 1994 08:49:37 GMT", imf_fixdate_size);
  std::memcpy(to, &short_days[size_t{moment.weekday} * 3], 3);
  write_two_digits(to + 5, moment.civil.day);
  std::memcpy(to + 8, &months[size_t{moment.civil.month - 1} * 3], 3);
  write_year(to + 12, moment.civil.year);
  write_time(to + 17, moment.civil);
}

void write_rfc3339(char* to, int64_t seconds) {
  Civil civil = moment_of(seconds).civil;
  std::memcpy(to, "1994-11-06T08:49:37Z", rfc3339_size);
  write_year(to, civil.year);
  write_two_digits(to + 5, civil.month);
  write_two_digits(to + 8, civil.day);
  write_time(to + 11, civil);
}

std::optional<int64_t> parse_http_date(std::string_view text, int64_t now) {
  if (text.size() < 4) return std::nullopt;
  Reader reader(text);
  Civil civil;
  bool read = false;
  if (text[3] == ',') {
    read = read_imf_fixdate(reader, civil);
  } else if (text[3] == ' ') {
    read = read_asctime(reader, civil);
  } else {
    read = read_rfc850(reader, now, civil);
  }
  if (!read || !exists(civil)) return std::nullopt;
  int64_t seconds = seconds_of(civil);
  if (seconds > last_date) return std::nullopt;
  return seconds;
}

}  // namespace webserv::detail
