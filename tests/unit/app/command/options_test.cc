#include "app/command/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace webserv::app {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::expected<Command, EarlyEnd> parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "webserv");
  return parse_command_line(static_cast<int>(arguments.size()), arguments.data());
}

TEST(Options, right_command_lines) {
  struct Row {
    std::vector<const char*> arguments;
    Command options;
  };
  const Row rows[] = {
      {{}, {}},
      {{"serve"}, {}},
      {{"www"}, ServeOptions{.directory = "www"}},
      {{"serve", "www"}, ServeOptions{.directory = "www"}},
      {{"serve", "serve"}, ServeOptions{.directory = "serve"}},
      {{"--", "-www"}, ServeOptions{.directory = "-www"}},
      {{"--config", "a.toml"}, ServeOptions{.config = "a.toml"}},
      {{"serve", "--config=a.toml", "--workers", "4"}, ServeOptions{.config = "a.toml", .workers = 4}},
      {{"--workers=0"}, ServeOptions{.workers = 0}},
      {{"--workers=1024"}, ServeOptions{.workers = 1024}},
      {{"--listen", "127.0.0.1:80"}, ServeOptions{.listen = {{"http", "127.0.0.1:80"}}}},
      {{"--listen", "*:80", "www"}, ServeOptions{.listen = {{"http", "*:80"}}, .directory = "www"}},
      {{"--listen", "web=[::1]:80", "--listen=unix:/a=b", "--listen", "x.socket=unix:c"},
       ServeOptions{.listen = {{"web", "[::1]:80"}, {"http", "unix:/a=b"}, {"x.socket", "unix:c"}}}},
      {{"check"}, CheckOptions{}},
      {{"check", "--config", "a.toml", "--live", "--json"}, CheckOptions{"a.toml", true, true}},
      {{"serve", "check"}, ServeOptions{.directory = "check"}},
      {{"explain", "GET", "/x"}, ExplainOptions{.method = "GET", .url = "/x"}},
      {{"explain", "-H", "Accept: a", "-H", "Range:bytes=0-", "--json", "--config=a.toml", "GET", "http://a.test/"},
       ExplainOptions{"a.toml", {"Accept: a", "Range:bytes=0-"}, true, "GET", "http://a.test/"}},
      {{"explain", "--from", "2001:db8::7", "GET", "/x"},
       ExplainOptions{.method = "GET", .url = "/x", .from = "2001:db8::7"}},
      {{"explain", "--from=unix", "GET", "/x"}, ExplainOptions{.method = "GET", .url = "/x", .from = "unix"}},
      {{"schema"}, SchemaOptions{}},
  };
  for (const Row& row : rows) {
    const auto options = parse(row.arguments);
    ASSERT_TRUE(options) << options.error().text;
    EXPECT_EQ(*options, row.options);
  }
}

TEST(Options, wrong_command_lines_are_told_what_to_do) {
  struct Row {
    std::vector<const char*> arguments;
    std::string text;
  };
  const Row rows[] = {
      {{"--foo"}, "not expected: --foo"},
      {{"serve", "a", "b"}, "not expected: b"},
      {{"--config"}, "--config: 1 required FILE missing"},
      {{"--config", "a", "--config", "b"}, "--config"},
      {{"--config", "a", "b"}, "either --config FILE or a DIRECTORY"},
      {{"--workers"}, "--workers: 1 required N missing"},
      {{"--workers", "-1"}, "--workers -1: this is a number from 0, for one per processor, to 1024"},
      {{"--workers", "1025"}, "to 1024"},
      {{"--workers", "0x4"}, "to 1024"},
      {{"--workers", "4 "}, "to 1024"},
      {{"--listen"}, "--listen: 1 required [NAME=]ADDRESS missing"},
      {{"--listen", "80"}, "write *:80 or 127.0.0.1:80"},
      {{"--listen", "localhost:80"}, "--listen localhost:80: names are not looked up"},
      {{"--listen", "=*:80"}, "is no name of a listener"},
      {{"--listen", "web="}, "--listen web="},
  };
  for (const Row& row : rows) {
    const auto options = parse(row.arguments);
    ASSERT_FALSE(options) << row.text;
    EXPECT_EQ(options.error().status, ExitStatus::usage) << row.text;
    EXPECT_THAT(options.error().text, HasSubstr(row.text));
    EXPECT_THAT(options.error().text, ::testing::EndsWith("See webserv --help.\n"));
  }
}

TEST(Options, a_wrong_command_line_points_to_the_help_of_its_command) {
  struct Row {
    std::vector<const char*> arguments;
    std::string text;
  };
  const Row rows[] = {
      {{"check", "site.toml"}, "not expected: site.toml; write --config site.toml\nSee webserv check --help.\n"},
      {{"check", "--listen", "*:80"}, "See webserv check --help.\n"},
      {{"explain"}, "METHOD is required\nSee webserv explain --help.\n"},
      {{"explain", "/x"}, "URL is required"},
      {{"explain", "GET", "/x", "/y"}, "not expected: /y"},
      {{"explain", "-H", "Accept", "GET", "/x"}, "-H Accept: write a field as 'Name: value', on one line"},
      {{"explain", "-H", "A: b\r\nC: d", "GET", "/x"}, "on one line"},
      {{"schema", "--json"}, "See webserv schema --help.\n"},
  };
  for (const Row& row : rows) {
    const auto options = parse(row.arguments);
    ASSERT_FALSE(options) << row.text;
    EXPECT_EQ(options.error().status, ExitStatus::usage) << row.text;
    EXPECT_THAT(options.error().text, HasSubstr(row.text));
  }
}

TEST(Options, a_slip_is_answered_with_what_was_meant) {
  struct Row {
    std::vector<const char*> arguments;
    std::string text;
  };
  const Row rows[] = {
      {{"chek", "--config", "a.toml"},
       "either --config FILE or a DIRECTORY, not both; did you mean `webserv check`?\n"},
      {{"explian", "GET", "/"}, "not expected: GET /; did you mean `webserv explain`?\n"},
      {{"chek", "--live"}, "not expected: --live; did you mean `webserv check`?\n"},
      {{"configtest", "-x"}, "did you mean `webserv check`?\n"},
      {{"sevre", "--x"}, "did you mean `webserv serve`?\n"},
      {{"--cofnig", "a"}, "did you mean `--config`?\n"},
      {{"-c", "a"}, "did you mean `--config`?\n"},
      {{"--port=80"}, "not expected: --port=80; did you mean `--listen`?\n"},
      {{"-t"}, "did you mean `webserv check`?\n"},
      {{"check", "--lvie"}, "did you mean `--live`?\n"},
      {{"check", "--port", "80"}, "not expected: --port 80\n"},
      {{"explain", "--jsno", "GET", "/"}, "not expected: --jsno; did you mean `--json`?\n"},
      {{"serve", "a", "b.toml"}, "not expected: b.toml; write --config b.toml\n"},
      {{"www", "b"}, "not expected: b\n"},
  };
  for (const Row& row : rows) {
    const auto options = parse(row.arguments);
    ASSERT_FALSE(options) << row.text;
    EXPECT_EQ(options.error().status, ExitStatus::usage) << row.text;
    EXPECT_THAT(options.error().text, HasSubstr(row.text));
  }
}

TEST(Options, every_command_has_its_own_help) {
  struct Row {
    std::vector<const char*> arguments;
    std::vector<const char*> parts;
  };
  const Row rows[] = {
      {{"check", "--help"}, {"webserv check [OPTIONS]", "--config FILE", "--live", "--json"}},
      {{"explain", "-h"}, {"webserv explain [OPTIONS] METHOD URL", "-H 'FIELD: VALUE'", "--json"}},
      {{"schema", "--help"}, {"webserv schema [OPTIONS]", "JSON Schema"}},
  };
  for (const Row& row : rows) {
    const auto options = parse(row.arguments);
    ASSERT_FALSE(options);
    EXPECT_EQ(options.error().status, ExitStatus::ok);
    for (const char* part : row.parts) EXPECT_THAT(options.error().text, HasSubstr(part));
  }
}

TEST(Options, help_and_version_are_no_errors) {
  for (const std::vector<const char*>& arguments :
       std::vector<std::vector<const char*>>{{"--help"}, {"-h"}, {"serve", "--help"}}) {
    const auto options = parse(arguments);
    ASSERT_FALSE(options);
    EXPECT_EQ(options.error().status, ExitStatus::ok);
    for (const char* part :
         {"webserv [serve] [OPTIONS] [DIRECTORY]", "--config FILE", "--listen [NAME=]ADDRESS", "--workers N"}) {
      EXPECT_THAT(options.error().text, HasSubstr(part));
    }
  }
  const auto version = parse({"--version"});
  ASSERT_FALSE(version);
  EXPECT_EQ(version.error().status, ExitStatus::ok);
  EXPECT_THAT(version.error().text, ::testing::MatchesRegex("webserv [0-9.]+\n"));
}

TEST(Options, no_arguments_at_all_are_none) { EXPECT_EQ(parse_command_line(0, nullptr), Command(ServeOptions())); }

}  // namespace
}  // namespace webserv::app
