#include "webserv/base/log.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>

namespace webserv::detail {
namespace {

constexpr int64_t moment = 1'795'253'580'000'042;

std::string formatted(LogFormat format, Level level, std::string_view message,
                      std::initializer_list<LogField> fields = {}) {
  return format_event(format, moment, level, "some_event", message,
                      std::span<const LogField>(fields.begin(), fields.size()));
}

TEST(Log, text_is_level_message_and_fields) {
  EXPECT_EQ(formatted(LogFormat::text, Level::warning, "no descriptor left", {{"listener", "http"}, {"pause_ms", 250}}),
            "warning: no descriptor left listener=http pause_ms=250\n");
  EXPECT_EQ(formatted(LogFormat::text, Level::info, "ready"), "info: ready\n");
  EXPECT_EQ(
      formatted(LogFormat::text, Level::error, "x", {{"path", "/a b"}, {"n", -1}, {"m", ~uint64_t{0}}, {"e", ""}}),
      "error: x path=\"/a b\" n=-1 m=18446744073709551615 e=\"\"\n");
}

TEST(Log, the_journal_gets_the_priority_in_front) {
  EXPECT_EQ(formatted(LogFormat::journal, Level::error, "a"), "<3>error: a\n");
  EXPECT_EQ(formatted(LogFormat::journal, Level::warning, "a"), "<4>warning: a\n");
  EXPECT_EQ(formatted(LogFormat::journal, Level::notice, "a"), "<5>notice: a\n");
  EXPECT_EQ(formatted(LogFormat::journal, Level::info, "a"), "<6>info: a\n");
  EXPECT_EQ(formatted(LogFormat::journal, Level::debug, "a"), "<7>debug: a\n");
}

TEST(Log, json_is_one_object_a_line) {
  EXPECT_EQ(formatted(LogFormat::json, Level::notice, "say \"hi\"", {{"path", "/\xff"}, {"errno", -2}, {"count", 3U}}),
            R"({"time":"2026-11-21T09:33:00.000042Z","level":"notice","event":"some_event",)"
            R"("message":"say \"hi\"","path":"/)"
            "\ufffd"
            R"(","errno":-2,"count":3})"
            "\n");
}

TEST(Log, a_line_stays_one_line) {
  for (LogFormat format : {LogFormat::text, LogFormat::journal, LogFormat::json}) {
    const std::string line = formatted(format, Level::info, "a\nb\r", {{"k", "\n<0>forged: x\n"}});
    EXPECT_EQ(line.find('\n'), line.size() - 1) << line;
    EXPECT_EQ(line.find('\r'), std::string::npos);
  }
}

TEST(Log, levels_have_names) {
  for (Level level : {Level::error, Level::warning, Level::notice, Level::info, Level::debug}) {
    EXPECT_EQ(parse_level(to_string(level)), level);
  }
  EXPECT_EQ(parse_level("Error"), std::nullopt);
  EXPECT_EQ(parse_level(""), std::nullopt);
}

TEST(Log, leaves_out_what_is_too_verbose) {
  std::array<int, 2> pipe;
  ASSERT_EQ(pipe2(pipe.data(), O_CLOEXEC), 0);
  LineSink sink(pipe[1]);
  const Log log(sink, LogFormat::text, Level::notice);
  log.event(Level::info, "a", "not told");
  log.event(Level::notice, "b", "told");
  log.event(Level::error, "c", "told", {{"why", "errors are"}});
  EXPECT_FALSE(log.wants(Level::debug));
  close(pipe[1]);
  std::array<char, 256> text;
  const ssize_t size = read(pipe[0], text.data(), text.size());
  EXPECT_EQ(std::string_view(text.data(), static_cast<size_t>(size)), "notice: told\nerror: told why=\"errors are\"\n");
  close(pipe[0]);
}

TEST(Log, changes_its_format_and_level) {
  std::array<int, 2> pipe;
  ASSERT_EQ(pipe2(pipe.data(), O_CLOEXEC), 0);
  LineSink sink(pipe[1]);
  Log log(sink, LogFormat::text, Level::info);
  log.event(Level::info, "a", "told");
  log.use(LogFormat::journal, Level::warning);
  log.event(Level::info, "b", "not told");
  log.event(Level::error, "c", "told");
  close(pipe[1]);
  std::array<char, 256> text;
  const ssize_t size = read(pipe[0], text.data(), text.size());
  EXPECT_EQ(std::string_view(text.data(), static_cast<size_t>(size)), "info: told\n<3>error: told\n");
  close(pipe[0]);
}

TEST(Log, knows_the_journals_stream) {
  std::array<int, 2> pipe;
  ASSERT_EQ(pipe2(pipe.data(), O_CLOEXEC), 0);
  struct stat status {};
  ASSERT_EQ(fstat(pipe[1], &status), 0);
  const std::string name = std::to_string(status.st_dev) + ':' + std::to_string(status.st_ino);
  EXPECT_TRUE(is_journal(pipe[1], name.c_str()));
  EXPECT_FALSE(is_journal(pipe[1], (name + "0").c_str()));
  EXPECT_FALSE(is_journal(pipe[1], ""));
  EXPECT_FALSE(is_journal(pipe[1], nullptr));
  close(pipe[0]);
  close(pipe[1]);
  EXPECT_FALSE(is_journal(pipe[1], name.c_str()));
}

}  // namespace
}  // namespace webserv::detail
