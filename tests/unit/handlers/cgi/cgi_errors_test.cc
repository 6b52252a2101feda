#include "webserv/handlers/cgi/cgi_errors.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "webserv/io/fd.h"

namespace webserv::detail {
namespace {

using testing::HasSubstr;

// A log that can be read.
class CgiErrorsTest : public testing::Test {
 protected:
  std::string lines() {
    std::string all;
    std::array<char, 4096> some;
    for (ssize_t got; (got = ::read(reader_.get(), some.data(), some.size())) > 0;) {
      all.append(some.data(), static_cast<size_t>(got));
    }
    return all;
  }
  static std::string line(const std::string& text) {
    return "notice: " + text + " request_id=" + "1234 script=/a.py\n";
  }

  static std::array<int, 2> make_pipe() {
    std::array<int, 2> ends{-1, -1};
    EXPECT_EQ(::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC), 0);
    return ends;
  }

  std::array<int, 2> ends_ = make_pipe();
  Fd reader_{ends_[0]};
  Fd writer_{ends_[1]};
  LineSink sink_{writer_.get()};
  Log log_{sink_, LogFormat::text, Level::info};
  std::string id_ = "1234";
  std::string script_ = "/a.py";
  CgiErrors errors_{log_, id_, script_};
  Clock::time_point now_{Clock::duration(1000)};
};

TEST_F(CgiErrorsTest, makes_an_event_of_each_line_however_they_are_split) {
  for (char c : std::string("one\r\n\ntwo\nthr")) errors_.add({&c, 1}, now_);
  EXPECT_EQ(lines(), line("one") + line("two"));
  errors_.add("ee", now_);
  errors_.end(now_);
  EXPECT_EQ(lines(), line("three"));
}

TEST_F(CgiErrorsTest, cuts_long_lines) {
  errors_.add(std::string(CgiErrors::longest_line, 'a') + "\n", now_);
  errors_.add(std::string(CgiErrors::longest_line, 'b'), now_);
  errors_.add("more\nnext\n", now_);
  EXPECT_EQ(lines(), line(std::string(CgiErrors::longest_line, 'a')) +
                         line(std::string(CgiErrors::longest_line, 'b') + "...") + line("next"));
}

TEST_F(CgiErrorsTest, counts_what_comes_too_fast) {
  for (uint64_t i = 0; i < CgiErrors::burst + 7; ++i) errors_.add("x\n", now_);
  std::string told = lines();
  EXPECT_EQ(static_cast<uint64_t>(std::count(told.begin(), told.end(), '\n')), CgiErrors::burst);
  now_ += std::chrono::seconds(1);
  for (uint64_t i = 0; i < CgiErrors::lines_per_second + 1; ++i) errors_.add("y\n", now_);
  told = lines();
  EXPECT_EQ(static_cast<uint64_t>(std::count(told.begin(), told.end(), '\n')), CgiErrors::lines_per_second);
  errors_.end(now_);
  EXPECT_THAT(lines(), HasSubstr("lines=8"));
}

}  // namespace
}  // namespace webserv::detail
