#include "app/text/report.h"

#include <gtest/gtest.h>

#include <string>

namespace webserv::app {
namespace {

// The line that `source` is shown as, and the one with the carets, for a region of line 1.
std::string shown(std::string source, uint32_t begin, uint32_t end) {
  const std::string text = report({"f", {{1, begin}, {1, end}}, "m", {}, std::move(source)}, Colours::off);
  return text.substr(text.find('\n') + 1);
}

TEST(Report, shows_the_line_with_carets_under_the_token) {
  const Diagnostic diagnostic{"a.toml", {{12, 1}, {12, 4}}, "unknown key `rot`", "did you mean `root`?", "rot = \"x\""};
  EXPECT_EQ(report(diagnostic, Colours::off),
            "a.toml:12:1: error: unknown key `rot`\n"
            "  12 | rot = \"x\"\n"
            "     | ^^^ did you mean `root`?\n");
}

TEST(Report, what_has_no_place_has_no_line) {
  EXPECT_EQ(report({"f", {}, "cannot be read", "name another one"}, Colours::off),
            "f: error: cannot be read\n  = name another one\n");
}

TEST(Report, carets_stand_under_the_characters_that_a_terminal_shows) {
  struct Row {
    std::string_view line;
    uint32_t begin, end;
    std::string_view text;
  };
  const Row rows[] = {
      {"", 1, 1, "  1 |\n    | ^\n"},
      {"a", 2, 2, "  1 | a\n    |  ^\n"},
      {"a", 9, 12, "  1 | a\n    |  ^\n"},
      {"\ta = 1\r", 6, 7, "  1 |     a = 1\n    |         ^\n"},
      {"a\tb", 3, 4, "  1 | a   b\n    |     ^\n"},
      {"ü = ü", 5, 6, "  1 | ü = ü\n    |     ^\n"},
      {"漢字 = 1", 6, 7, "  1 | 漢字 = 1\n    |        ^\n"},
      {"a = 漢字", 5, 7, "  1 | a = 漢字\n    |     ^^^^\n"},
      {"e\xCC\x81 = 1", 6, 7, "  1 | e\xCC\x81 = 1\n    |     ^\n"},
      {"😀 = 1", 5, 6, "  1 | 😀 = 1\n    |      ^\n"},
      {"\x1b[31m = 1", 1, 2, "  1 | \\x1b[31m = 1\n    | ^^^^\n"},
      {"\xFF = 1", 1, 2, "  1 | \\xff = 1\n    | ^^^^\n"},
      {"\xC2\x9B = 1", 5, 6, "  1 | \\x9b = 1\n    |        ^\n"},
      {"\xE2\x80\xAE = 1", 1, 2, "  1 | \\u{202e} = 1\n    | ^^^^^^^^\n"},
  };
  for (const auto& [line, begin, end, text] : rows) EXPECT_EQ(shown(std::string(line), begin, end), text);
}

TEST(Report, long_lines_are_cut_around_the_token) {
  const std::string line = std::string(500, 'a') + "TOKEN" + std::string(500, 'b');
  EXPECT_EQ(shown(line, 501, 506), "  1 | ..." + std::string(40, 'a') + "TOKEN" + std::string(55, 'b') + "...\n    | " +
                                       std::string(43, ' ') + "^^^^^\n");
  EXPECT_EQ(shown(line, 1, 1000), "  1 | " + std::string(100, 'a') + "...\n    | " + std::string(100, '^') + "\n");
  EXPECT_EQ(shown(line, 1006, 1006), "  1 | ..." + std::string(40, 'b') + "\n    | " + std::string(43, ' ') + "^\n");
}

TEST(Report, a_token_of_several_lines_is_marked_on_each) {
  const Diagnostic diagnostic{"f", {{9, 5}, {11, 2}}, "m", "s", "a = [\n  1,\n]"};
  EXPECT_EQ(report(diagnostic, Colours::off),
            "f:9:5: error: m\n"
            "   9 | a = [\n"
            "     |     ^\n"
            "  10 |   1,\n"
            "     |   ^^\n"
            "  11 | ]\n"
            "     | ^ s\n");
}

TEST(Report, nothing_of_the_file_is_obeyed_by_a_terminal) {
  const Diagnostic diagnostic{"f\x1b", {{1, 1}, {1, 2}}, "m\x1b[1m\n", "s\xC2\x9B", "\x1b]0;x\x07"};
  for (char c : report(diagnostic, Colours::off)) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
}

TEST(Report, all_are_counted) {
  const Diagnostic one{"f", {}, "m", {}};
  EXPECT_EQ(report(std::vector{one}, Colours::off), "f: error: m\n1 error\n");
  EXPECT_EQ(report(std::vector{one, one}, Colours::off), "f: error: m\nf: error: m\n2 errors\n");
}

TEST(Report, colours_are_for_terminals_that_want_them) {
  EXPECT_EQ(choose_colours(true, nullptr, "xterm"), Colours::on);
  EXPECT_EQ(choose_colours(true, "", "xterm"), Colours::on);
  EXPECT_EQ(choose_colours(true, "1", "xterm"), Colours::off);
  EXPECT_EQ(choose_colours(true, nullptr, "dumb"), Colours::off);
  EXPECT_EQ(choose_colours(true, nullptr, nullptr), Colours::off);
  EXPECT_EQ(choose_colours(false, nullptr, "xterm"), Colours::off);
  const Diagnostic diagnostic{"f", {{1, 1}, {1, 2}}, "m", "s", "a"};
  EXPECT_NE(report(diagnostic, Colours::on).find("\x1b[1;31m^\x1b[m"), std::string::npos);
}

TEST(Report, json_is_valid_whatever_stands_in_the_file) {
  EXPECT_EQ(to_json({}), "[]\n");
  EXPECT_EQ(to_json(std::vector{Diagnostic{"a\"\\", {{3, 7}, {4, 1}}, "\x1b\xFF\n", "ü"}}),
            R"([
  {
    "file": "a\"\\",
    "line": 3,
    "column": 7,
    "endLine": 4,
    "endColumn": 1,
    "severity": "error",
    "message": "\u001b)"
            "\xEF\xBF\xBD"
            R"(\u000a",
    "suggestion": "ü"
  }
]
)");
}

}  // namespace
}  // namespace webserv::app
