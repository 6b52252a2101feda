// A date that is read is one that can be written, and says what was read; what is written is read as the same second.
// The C library's gmtime_r() and timegm() are the other opinion.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <string_view>

#include "webserv/http/date.h"

namespace {

using namespace webserv;
using namespace webserv::detail;

void require(bool holds) {
  if (!holds) std::abort();
}

tm civil_of(int64_t seconds) {
  time_t time = seconds;
  tm civil{};
  require(gmtime_r(&time, &civil) != nullptr);
  return civil;
}

std::string formatted(const char* format, int64_t seconds) {
  tm civil = civil_of(seconds);
  std::array<char, 64> text{};
  return std::string(text.data(), strftime(text.data(), text.size(), format, &civil));
}

void check_writing(int64_t seconds, int64_t now) {
  int64_t bounded = std::min(std::max(seconds, first_date), last_date);
  DateText text(seconds);
  require(text.view() == formatted("%a, %d %b %Y %H:%M:%S GMT", bounded));
  require(parse_http_date(text.view(), now) == bounded);
  std::string rfc3339(rfc3339_size, '?');
  write_rfc3339(rfc3339.data(), seconds);
  require(rfc3339 == formatted("%Y-%m-%dT%H:%M:%SZ", bounded));
  require(parse_http_date(formatted("%a %b %e %H:%M:%S %Y", bounded), now) == bounded);
}

// The second 50 years, in the calendar, after `now`.
int64_t fifty_years_after(int64_t now) {
  tm civil = civil_of(std::min(std::max(now, first_date), last_date));
  civil.tm_year += 50;
  return timegm(&civil);
}

void check_reading(std::string_view text, int64_t now) {
  std::optional<int64_t> seconds = parse_http_date(text, now);
  if (!seconds) return;
  require(*seconds >= first_date && *seconds <= last_date);
  bool leap_second = text.find(":60") != std::string_view::npos;
  int64_t told = leap_second ? *seconds - 1 : *seconds;
  std::string time = formatted(leap_second ? "%H:%M:60" : "%H:%M:%S", told);
  if (text[3] == ',') {
    require(text.substr(4) == formatted(" %d %b %Y ", told) + time + " GMT");
  } else if (text[3] == ' ') {
    bool zero = text[8] == '0';
    require(text.substr(3) == formatted(zero ? " %b %d " : " %b %e ", told) + time + formatted(" %Y", told));
  } else {
    require(text.substr(text.find(',')) == formatted(", %d-%b-%y ", told) + time + " GMT");
    int64_t limit = fifty_years_after(now);
    require(told <= limit);
    require(formatted("%Y", told) >= formatted("%Y", limit - int64_t{101} * 366 * 86'400));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  int64_t now = 1'795'252'800;  // 2026-11-21T09:20:00Z
  std::string_view text(reinterpret_cast<const char*>(data), size);
  check_reading(text, now);
  int64_t number = 0;
  if (size < sizeof number) return 0;
  std::memcpy(&number, data, sizeof number);
  check_writing(number, now);
  check_writing(number % (last_date + 1), now);
  check_reading(text.substr(sizeof number), number % (last_date + 1));
  return 0;
}
