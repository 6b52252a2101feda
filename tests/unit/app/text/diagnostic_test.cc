#include "app/text/diagnostic.h"

#include <gtest/gtest.h>

#include <string>

namespace webserv::app {
namespace {

TEST(Diagnostic, is_shown_with_its_place_and_what_to_do) {
  EXPECT_EQ(to_string(Diagnostic{"a.toml", {{3, 7}, {3, 9}}, "message", "do this"}),
            "a.toml:3:7: error: message; do this");
  EXPECT_EQ(to_string(Diagnostic{"a.toml", {{3, 7}, {3, 9}}, "message", ""}), "a.toml:3:7: error: message");
  EXPECT_EQ(to_string(Diagnostic{"a.toml", {}, "message", ""}), "a.toml: error: message");
}

TEST(Diagnostic, has_no_control_byte_when_it_is_shown) {
  EXPECT_EQ(to_string(Diagnostic{"a\n", {}, "b\x1b", "\xff"}), "a\\x0a: error: b\\x1b; \\xff");
}

TEST(Diagnostic, findings_are_ordered_by_place) {
  Findings findings("a");
  EXPECT_TRUE(findings.empty());
  findings.add({{2, 1}, {2, 2}}, "c");
  findings.add({{1, 9}, {1, 9}}, "b");
  findings.add({}, "a");
  findings.add({{10, 1}, {10, 1}}, "d");
  EXPECT_FALSE(findings.empty());
  std::string order;
  for (const Diagnostic& diagnostic : std::move(findings).take()) order += diagnostic.message;
  EXPECT_EQ(order, "abcd");
}

TEST(Diagnostic, the_first_findings_of_a_flood_are_told_and_the_others_counted) {
  Findings findings("a");
  for (uint32_t line = 30'000; line >= 1; --line) findings.add({{line, 1}, {line, 1}}, "x");
  EXPECT_TRUE(findings.counts_only({{20'000, 1}, {20'000, 2}}));
  EXPECT_FALSE(findings.counts_only({{1, 1}, {1, 2}}));
  const std::vector<Diagnostic> all = std::move(findings).take();
  ASSERT_EQ(all.size(), Findings::most_shown + 1);
  for (uint32_t i = 0; i < Findings::most_shown; ++i) EXPECT_EQ(all[i].region.begin.line, i + 1);
  EXPECT_EQ(all.back().message, "29900 more errors are not shown");
}

TEST(Diagnostic, a_text_of_the_user_is_cut_between_characters) {
  EXPECT_EQ(in_quotes("a"), "`a`");
  EXPECT_EQ(in_quotes(std::string(80, 'a')), "`" + std::string(80, 'a') + "`");
  EXPECT_EQ(in_quotes(std::string(81, 'a')), "`" + std::string(80, 'a') + "...`");
  EXPECT_EQ(in_quotes(std::string(79, 'a') + "€€"), "`" + std::string(79, 'a') + "...`");
}

}  // namespace
}  // namespace webserv::app
