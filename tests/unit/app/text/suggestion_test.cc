#include "app/text/suggestion.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace webserv::app {
namespace {

TEST(Suggestion, counts_the_slips_between_two_words) {
  struct Row {
    std::string_view a, b;
    size_t distance;
  };
  constexpr Row rows[] = {
      {"", "", 0},          {"root", "root", 0}, {"", "abc", 3},      {"abc", "", 3},           {"rot", "root", 1},
      {"rooot", "root", 1}, {"roof", "root", 1}, {"orot", "root", 1}, {"kitten", "sitting", 3}, {"ca", "abc", 3},
      {"abcd", "badc", 2},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(edit_distance(row.a, row.b), row.distance) << row.a << ' ' << row.b;
    EXPECT_EQ(edit_distance(row.b, row.a), row.distance) << row.b << ' ' << row.a;
  }
}

TEST(Suggestion, finds_the_word_that_was_meant) {
  const std::vector<std::string_view> words = {"root", "redirect", "respond", "route", "error_pages", "warning", "to"};
  struct Row {
    std::string_view typed, meant;
  };
  const std::string long_text(1000, 'r');
  const Row rows[] = {
      {"rot", "root"},
      {"Root", "root"},
      {"roots", "root"},
      {"redirct", "redirect"},
      {"rediretc", "redirect"},
      {"error-pages", "error_pages"},
      {"errorpages", "error_pages"},
      {"warn", "warning"},
      {"rout", "root"},
      {"redirects", "redirect"},
      {"xyzzy", ""},
      {"", ""},
      {"t", ""},
      {"warning_level", ""},
      {"r", ""},
      {"wa", ""},
      {long_text, ""},
  };
  for (const Row& row : rows) EXPECT_EQ(closest(row.typed, words), row.meant) << row.typed;
  EXPECT_EQ(closest("root", {}), "");
}

TEST(Suggestion, makes_a_list_of_several_words) {
  EXPECT_EQ(written_list("GET, POST"), "[\"GET\", \"POST\"]");
  EXPECT_EQ(written_list(" a.b  c.d;e "), "[\"a.b\", \"c.d\", \"e\"]");
  for (std::string_view text : {"", " ", "GET", "GET,", "a \"b", "a \\b"}) EXPECT_EQ(written_list(text), "") << text;
  EXPECT_EQ(written_list(std::string(100, 'a') + ' ' + std::string(100, 'b')), "");
}

TEST(Suggestion, asks_only_where_there_is_a_word) {
  const std::vector<std::string_view> words = {"root"};
  EXPECT_EQ(did_you_mean("rot", words), "did you mean `root`?");
  EXPECT_EQ(did_you_mean("listing", words), "");
}

}  // namespace
}  // namespace webserv::app
