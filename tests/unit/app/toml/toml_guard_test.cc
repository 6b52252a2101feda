#include "app/toml/toml_guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "app/config/config_reader.h"

namespace webserv::app {
namespace {

using namespace std::literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> told(std::string_view text, const TomlLimits& limits = {}) {
  Findings findings("a");
  guard_toml(text, findings, limits);
  std::vector<std::string> all;
  for (const Diagnostic& diagnostic : std::move(findings).take()) all.push_back(to_string(diagnostic));
  return all;
}

std::string repeat(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

TEST(TomlGuard, says_nothing_about_what_is_fit) {
  const std::string rows[] = {
      "",
      "a = 1",
      "# ü\r\n[a.b.c]\nd = \"ü€😀\"\n",
      repeat("a.", 15) + "b = 1",
      repeat("[", 16) + repeat("]", 16),
      "a = 1\n" + repeat("[[b]]\n", 100) + repeat("c.d = 1.5\n", 100),
      "a = [" + repeat("1.5, ", 100) + "]\nb = {c.d = 1, e.f = 2, g.h = 3}",
      "# " + repeat("[", 100) + repeat("a.", 100),
      "a = \"" + repeat("[.", 100) + "\\\" " + repeat("[.", 100) + "\"",
      "a = '" + repeat("[.\"", 100) + "\\'",
      "a = \"\"\nb = ''\nc = " + repeat("[", 16),
      "a = \"\"\"" + repeat("[.\"\"\n", 100) + "\\\"\"\"" + repeat("\n[.", 100) + "\"\"\"\"\"\nb = " + repeat("[", 16),
      "a = '''" + repeat("[.''\n", 100) + "'''''\nb = " + repeat("[", 16),
      "\"" + repeat("a.", 100) + "\"." + repeat("b.", 14) + "'" + repeat("c.", 100) + "' = 1",
      // No parser goes on behind a text that has no end.
      "a = \"b\n" + repeat("[", 100),
      "a = \"b\\\n" + repeat("[", 100),
  };
  for (const std::string& text : rows) EXPECT_THAT(told(text), IsEmpty()) << text;
}

TEST(TomlGuard, tells_bytes_that_are_no_text_with_their_place) {
  EXPECT_THAT(told("\xEF\xBB\xBF"
                   "a = 1"),
              ElementsAre("a:1:1: error: the file begins with a byte order mark; save it as "
                          "UTF-8 without BOM"));
  EXPECT_THAT(told("a = 1\nb\0\0 = 2\n\n\0"sv),
              ElementsAre("a:2:2: error: a NUL stands here; remove it", "a:4:1: error: a NUL stands here; remove it"));
  EXPECT_THAT(told("ü = \"\xFC\xFC\"\n\xC3"),
              ElementsAre("a:1:6: error: the byte 0xFC is no UTF-8 here; save the file as UTF-8",
                          "a:2:1: error: the byte 0xC3 is no UTF-8 here; save the file as UTF-8"));
}

TEST(TomlGuard, tells_malformed_utf_8) {
  for (std::string_view text : {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
                                "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xE2\x82", "\xFF"}) {
    EXPECT_THAT(told(text), ElementsAre(HasSubstr("a:1:1: error: the byte 0x"))) << text;
  }
}

TEST(TomlGuard, tells_what_is_too_large) {
  constexpr TomlLimits limits{.size = 64, .line = 16, .key_parts = 3, .nesting = 2};
  EXPECT_THAT(told(std::string(64, '\n'), limits), IsEmpty());
  EXPECT_THAT(told(std::string(65, '\n'), limits),
              ElementsAre("a: error: the file has 65 bytes, more than the 64 that are "
                          "allowed"));
  EXPECT_THAT(told("\n" + std::string(16, '#') + "\n", limits), IsEmpty());
  EXPECT_THAT(told("\n" + std::string(17, '#') + "\n", limits),
              ElementsAre(HasSubstr("a:2:1: error: this line has 17 bytes")));
  EXPECT_THAT(told("a.b.c = 1", limits), IsEmpty());
  EXPECT_THAT(told("\na.b.c.d = 1", limits), ElementsAre(HasSubstr("a:2:6: error: this key has too many parts")));
  EXPECT_THAT(told("[a.ü . c.d]", limits), ElementsAre(HasSubstr("a:1:9: error: this key has too many parts")));
  EXPECT_THAT(told("a = {b.c.d.e=1}", limits), ElementsAre(HasSubstr("a:1:11: error: this key has too many parts")));
  EXPECT_THAT(told("a = [[1],[2]]", limits), IsEmpty());
  EXPECT_THAT(told("a = [{b = [1]}]", limits),
              ElementsAre(HasSubstr("a:1:11: error: these lists and tables are nested")));
}

TEST(TomlGuard, saves_the_parser_from_files_that_exhaust_it) {
  const std::string rows[] = {
      repeat("a.", 20'000) + "b = 1",
      "[" + repeat("a.", 20'000) + "b]",
      repeat("a.\\\n", 20'000),
      "a = " + repeat("[", 100'000),
      "a = " + repeat("[\n", 100'000),
      "a = " + repeat("{a=", 100'000),
      repeat("\"a\".", 20'000) + "b = 1",
      repeat("a . ", 20'000),
      "a = " + repeat("[{b=", 10'000),
      "a = \"\"\"\"\"\"" + repeat("[", 100'000),
      "a = \"\"\"\\\"\"\"\"" + repeat("[", 100'000),
      repeat("[a]\n", 100'000),
      repeat("[[a]]\n", 100'000),
      std::string(17 << 20, ' '),
      std::string(1 << 20, '"'),
      std::string(1 << 20, '\''),
  };
  for (const std::string& text : rows) {
    const auto config = read_config(text, "a", "/");
    ASSERT_FALSE(config) << text.substr(0, 20);
    EXPECT_FALSE(config.error().empty());
  }
}

TEST(TomlGuard, tells_what_is_wrong_with_utf16_once) {
  for (const std::string& text : {"\xFF\xFE[\0a\0"s, "\xFE\xFF\0[\0a"s, "[\0a\0]\0"s, "\0[\0a"s}) {
    EXPECT_THAT(told(text), ElementsAre("a:1:1: error: the file is written in UTF-16; save it as UTF-8"));
  }
}

TEST(TomlGuard, nothing_follows_from_bytes_that_are_told) {
  const std::string rows[] = {
      "[vhost.a]\nroot = \"x\"\0\n"s,
      "[vhost.a]\nro\0ot = \"x\"\n"s,
      "[vhost.a]\nr\xF6\xF6t = \"x\"\n"s,
      "[vhost.a]\n\0root = \"x\"\n"s,
      "[vhost.a]\nroot \0= \"x\"\n"s,
      "[vhost.a]\nroot = \"x\" # \0 # \xF6\n"s,
      "[vhost.a]\nroot = \"x\"\nlisting = tru\0e\n"s,
      "[vhost.a]\nroot = \"x\"\nlisting = \x93true\x94\n"s,
      "[vhost.a]\nroot = \"x\"\nindex = [\"a\",\0\n  \"b\"]\n"s,
      "[vhost.a]\nroot = \"x\"\n[log]\nlevel = \"in\0fo\"\n"s,
      "[vhost.a]\nroot = \"x\"\n\0\0\0"s,
      "[vhost.a]\0\nroot = \"x\"\n"s,
      "\0[vhost.a]\nroot = \"x\"\n"s,
      "[vho\0st.a]\nroot = \"x\"\n"s,
      "[vh\xF6st.a]\nroot = \"x\"\n"s,
      "[vhost.\"\0a\"]\nroot = \"x\"\n"s,
  };
  for (const std::string& text : rows) {
    const auto config = read_config(text, "a", "/");
    ASSERT_FALSE(config) << text;
    for (const Diagnostic& each : config.error()) {
      EXPECT_THAT(each.message, ::testing::AnyOf("a NUL stands here", HasSubstr("is no UTF-8 here"))) << text;
    }
  }
}

TEST(TomlGuard, what_is_no_utf8_can_be_read_over) {
  EXPECT_EQ(clean_toml("a = 1"), "a = 1");
  EXPECT_EQ(clean_toml("\xEF\xBB\xBF"
                       "a = \"\xFCx\0\xC3\xBC\""s),
            " a = \"xxx\xC3\xBC\"");
  EXPECT_EQ(clean_toml("a\0b = \0\"c\0d\0\"\0"s), "axb =  \"cxd \" ");
}

}  // namespace
}  // namespace webserv::app
