// A log whose lines a test reads.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <sstream>
#include <string>
#include <vector>

#include "webserv/base/log.h"
#include "webserv/io/fd.h"

namespace webserv::detail::test {

class LogLines {
 public:
  explicit LogLines(LogFormat format = LogFormat::json)
      : ends_(make_pipe()), read_(ends_[0]), write_(ends_[1]), sink_(ends_[1]), log_(sink_, format, Level::debug) {}

  const Log& log() const { return log_; }
  // Those that came since the last time.
  std::vector<std::string> take() {
    std::string all;
    std::array<char, 4096> some;
    for (ssize_t got; (got = ::read(read_.get(), some.data(), some.size())) > 0;) {
      all.append(some.data(), static_cast<size_t>(got));
    }
    std::vector<std::string> lines;
    std::istringstream text(all);
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    return lines;
  }

 private:
  static std::array<int, 2> make_pipe() {
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC) != 0) ends = {-1, -1};
    return ends;
  }

  const std::array<int, 2> ends_;
  const Fd read_;
  const Fd write_;
  LineSink sink_;
  Log log_;
};

}  // namespace webserv::detail::test
