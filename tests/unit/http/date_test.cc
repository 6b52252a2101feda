#include "webserv/http/date.h"

#include <gtest/gtest.h>

#include <ctime>
#include <string>
#include <vector>

namespace webserv::detail {
namespace {

constexpr int64_t in_2026 = 1'795'252'800;  // 2026-11-21T09:20:00Z
constexpr int64_t day = 86'400;
constexpr int64_t rfc_example = 784'111'777;  // 1994-11-06T08:49:37Z

std::string rfc3339(int64_t seconds) {
  std::string text(rfc3339_size, '?');
  write_rfc3339(text.data(), seconds);
  return text;
}

struct Written {
  int64_t seconds;
  std::string_view imf;
  std::string_view rfc3339;
};

const std::vector<Written> written = {
    {0, "Thu, 01 Jan 1970 00:00:00 GMT", "1970-01-01T00:00:00Z"},
    {1, "Thu, 01 Jan 1970 00:00:01 GMT", "1970-01-01T00:00:01Z"},
    {-1, "Wed, 31 Dec 1969 23:59:59 GMT", "1969-12-31T23:59:59Z"},
    {rfc_example, "Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z"},
    {951'782'400, "Tue, 29 Feb 2000 00:00:00 GMT", "2000-02-29T00:00:00Z"},
    {951'868'799, "Tue, 29 Feb 2000 23:59:59 GMT", "2000-02-29T23:59:59Z"},
    {951'868'800, "Wed, 01 Mar 2000 00:00:00 GMT", "2000-03-01T00:00:00Z"},
    {4'107'542'400, "Mon, 01 Mar 2100 00:00:00 GMT", "2100-03-01T00:00:00Z"},
    {in_2026, "Sat, 21 Nov 2026 09:20:00 GMT", "2026-11-21T09:20:00Z"},
    {2'147'483'648, "Tue, 19 Jan 2038 03:14:08 GMT", "2038-01-19T03:14:08Z"},
    {first_date, "Mon, 01 Jan 1601 00:00:00 GMT", "1601-01-01T00:00:00Z"},
    {last_date, "Fri, 31 Dec 9999 23:59:59 GMT", "9999-12-31T23:59:59Z"},
};

TEST(Date, writes_both_forms) {
  for (const Written& row : written) {
    EXPECT_EQ(DateText(row.seconds).view(), row.imf);
    EXPECT_EQ(rfc3339(row.seconds), row.rfc3339);
  }
}

TEST(Date, reads_what_it_writes) {
  for (const Written& row : written) EXPECT_EQ(parse_http_date(row.imf, in_2026), row.seconds) << row.imf;
}

TEST(Date, writes_times_beyond_its_dates_as_the_nearest) {
  EXPECT_EQ(DateText(first_date - 1).view(), DateText(first_date).view());
  EXPECT_EQ(DateText(INT64_MIN).view(), DateText(first_date).view());
  EXPECT_EQ(DateText(last_date + 1).view(), DateText(last_date).view());
  EXPECT_EQ(rfc3339(INT64_MAX), rfc3339(last_date));
}

// Every 1009th hour or so of all the years, against the C library.
TEST(Date, agrees_with_gmtime_and_strftime) {
  for (int64_t seconds = first_date; seconds <= last_date; seconds += 1009 * 3607) {
    time_t time = seconds;
    tm civil{};
    ASSERT_NE(gmtime_r(&time, &civil), nullptr);
    std::array<char, 64> text{};
    strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &civil);
    ASSERT_EQ(DateText(seconds).view(), text.data());
    ASSERT_EQ(parse_http_date(text.data(), in_2026), seconds) << text.data();
    strftime(text.data(), text.size(), "%a %b %e %H:%M:%S %Y", &civil);
    ASSERT_EQ(parse_http_date(text.data(), in_2026), seconds) << text.data();
  }
}

TEST(Date, reads_the_three_forms) {
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT", in_2026), rfc_example);
  EXPECT_EQ(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT", in_2026), rfc_example);
  EXPECT_EQ(parse_http_date("Sun Nov  6 08:49:37 1994", in_2026), rfc_example);
  EXPECT_EQ(parse_http_date("Sun Nov 06 08:49:37 1994", in_2026), rfc_example);
  EXPECT_EQ(parse_http_date("Wednesday, 09-Nov-94 23:12:40 GMT", in_2026), 784'422'760);
}

TEST(Date, takes_a_day_name_that_does_not_suit_its_date) {
  EXPECT_EQ(parse_http_date("Mon, 06 Nov 1994 08:49:37 GMT", in_2026), rfc_example);
  EXPECT_EQ(parse_http_date("Friday, 06-Nov-94 08:49:37 GMT", in_2026), rfc_example);
}

TEST(Date, takes_a_leap_second_for_the_next_second) {
  EXPECT_EQ(parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT", in_2026), 1'483'228'800);
}

struct TwoDigits {
  std::string_view text;
  int64_t now;
  std::string_view year;
};

TEST(Date, places_two_digit_years_at_most_50_years_ahead) {
  const int64_t in_2076 = *parse_http_date("Sat, 21 Nov 2076 09:20:00 GMT", 0);
  const int64_t in_1999 = *parse_http_date("Fri, 31 Dec 1999 00:00:00 GMT", 0);
  const int64_t in_1970 = 0;
  const std::vector<TwoDigits> rows = {
      {"Sunday, 21-Nov-26 09:20:00 GMT", in_2026, "2026"},  // now
      {"Sunday, 21-Nov-76 09:20:00 GMT", in_2026, "2076"},  // 50 years ahead to the second
      {"Sunday, 21-Nov-76 09:20:01 GMT", in_2026, "1976"},  // more
      {"Sunday, 22-Nov-76 09:20:00 GMT", in_2026, "1976"},
      {"Sunday, 01-Jan-77 00:00:00 GMT", in_2026, "1977"},
      {"Sunday, 01-Jan-00 00:00:00 GMT", in_2026, "2000"},
      {"Sunday, 01-Jan-99 00:00:00 GMT", in_2026, "1999"},
      {"Sunday, 01-Jan-00 00:00:00 GMT", in_1999, "2000"},  // next year
      {"Sunday, 01-Jan-49 00:00:00 GMT", in_1999, "2049"},
      {"Sunday, 01-Jan-50 00:00:00 GMT", in_1999, "1950"},
      {"Sunday, 01-Jan-20 00:00:00 GMT", in_1970, "2020"},  // 50 years ahead to the second
      {"Sunday, 02-Jan-20 00:00:00 GMT", in_1970, "1920"},
      {"Sunday, 01-Jan-26 00:00:00 GMT", in_2076, "2126"},  // the next century
  };
  for (const TwoDigits& row : rows) {
    std::optional<int64_t> seconds = parse_http_date(row.text, row.now);
    ASSERT_TRUE(seconds) << row.text;
    EXPECT_EQ(rfc3339(*seconds).substr(0, 4), row.year) << row.text;
  }
}

TEST(Date, judges_a_leap_day_of_a_two_digit_year_in_its_century) {
  EXPECT_TRUE(parse_http_date("Tuesday, 29-Feb-00 00:00:00 GMT", in_2026));                   // 2000
  EXPECT_FALSE(parse_http_date("Monday, 29-Feb-00 00:00:00 GMT", in_2026 + 40 * 365 * day));  // 2100
  EXPECT_FALSE(parse_http_date("Monday, 29-Feb-23 00:00:00 GMT", in_2026));
}

TEST(Date, refuses_what_is_no_date) {
  const std::vector<std::string_view> rows = {
      "",
      "0",
      "GMT",
      "Sun",
      "Sun,",
      "Sun ",
      "Sunday",
      "garbage",
      "784111777",
      "Sun, 06 Nov 1994 08:49:37",  // no zone
      "Sun, 06 Nov 1994 08:49:37 UTC",
      "Sun, 06 Nov 1994 08:49:37 +0000",
      "Sun, 06 Nov 1994 08:49:37 gmt",  // dates are case-sensitive
      "SUN, 06 Nov 1994 08:49:37 GMT",
      "sun, 06 Nov 1994 08:49:37 GMT",
      "Sun, 06 nov 1994 08:49:37 GMT",
      "Xyz, 06 Nov 1994 08:49:37 GMT",  // no day's name
      "unM, 06 Nov 1994 08:49:37 GMT",
      "Sun, 06 Abc 1994 08:49:37 GMT",  // no month's
      "Sun, 06 anF 1994 08:49:37 GMT",
      "Sun, 6 Nov 1994 08:49:37 GMT",  // widths
      "Sun,  6 Nov 1994 08:49:37 GMT",
      "Sun, 06 Nov 94 08:49:37 GMT",
      "Sun, 06 Nov 1994 8:49:37 GMT",
      "Sun, 06 Nov 1994 08:49 GMT",
      "Sun,06 Nov 1994 08:49:37 GMT",
      "Sun, 06  Nov 1994 08:49:37 GMT",
      " Sun, 06 Nov 1994 08:49:37 GMT",
      "Sun, 06 Nov 1994 08:49:37 GMT ",
      "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
      "Sun, 06-Nov-1994 08:49:37 GMT",  // mixed forms
      "Sun, 06-Nov-94 08:49:37 GMT",
      "Sunday, 06 Nov 1994 08:49:37 GMT",
      "Sunday, 06-Nov-1994 08:49:37 GMT",
      "Sunda, 06-Nov-94 08:49:37 GMT",
      "Sundays, 06-Nov-94 08:49:37 GMT",
      "Sunday, 6-Nov-94 08:49:37 GMT",
      "Sunday, 06-Nov-94 08:49:37",
      "Sun Nov 6 08:49:37 1994",
      "Sun Nov  6 08:49:37 94",
      "Sun Nov  6 08:49:37 1994 GMT",
      "Sun Nov  6  8:49:37 1994",
      "Sun, 00 Nov 1994 08:49:37 GMT",  // days that no month has
      "Sun, 31 Nov 1994 08:49:37 GMT",
      "Sun, 32 Dec 1994 08:49:37 GMT",
      "Sun, 29 Feb 1994 08:49:37 GMT",
      "Sun, 29 Feb 1900 08:49:37 GMT",
      "Sun, 30 Feb 2000 08:49:37 GMT",
      "Sunday, 00-Jan-00 08:49:37 GMT",
      "Sunday, 99-Jan-00 08:49:37 GMT",
      "Sun Nov  0 08:49:37 1994",
      "Sun Nov   08:49:37 1994",
      "Sun, 06 Nov 1994 24:00:00 GMT",  // times that no day has
      "Sun, 06 Nov 1994 08:60:00 GMT",
      "Sun, 06 Nov 1994 08:49:60 GMT",  // a leap second at another time
      "Sun, 06 Nov 1994 23:59:61 GMT",
      "Sun, 06 Nov 1994 -8:49:37 GMT",
      "Sun, 06 Nov 1994 08:+9:37 GMT",
      "Sun, 06 Nov 1994 08-49-37 GMT",
      "Mon, 31 Dec 1600 23:59:59 GMT",  // before the calendar
      "Sun, 06 Nov 0000 08:49:37 GMT",
      "Fri, 31 Dec 9999 23:59:60 GMT",  // after it
      std::string_view("Sun, 06 Nov 1994 08:49:37 GMT\0", 30),
      std::string_view("Sun, 06 Nov 1994 08:49:37\0GMT", 29),
  };
  for (std::string_view text : rows) EXPECT_EQ(parse_http_date(text, in_2026), std::nullopt) << text;
}

TEST(Date, refuses_every_beginning_of_a_date) {
  for (std::string_view text :
       {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"}) {
    for (size_t size = 0; size < text.size(); ++size) {
      EXPECT_FALSE(parse_http_date(text.substr(0, size), in_2026)) << text.substr(0, size);
    }
  }
}

}  // namespace
}  // namespace webserv::detail
