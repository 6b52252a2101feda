// What a program writes to standard error becomes events of the log, line by line, with the id of its request.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "webserv/base/clock.h"
#include "webserv/base/log.h"

namespace webserv::detail {

class CgiErrors {
 public:
  // The rest of a longer line is left out.
  static constexpr size_t longest_line = 1000;
  // Lines that a run may write at once, and a second from then on. Others are counted only.
  static constexpr uint64_t burst = 100;
  static constexpr uint64_t lines_per_second = 20;

  // Borrows all of them.
  CgiErrors(const Log& log, const std::string& request_id, const std::string& script)
      : log_(log), request_id_(request_id), script_(script) {}

  // The next bytes, however they are split.
  void add(std::string_view bytes, Clock::time_point now);
  // A last line may lack its end; what was left out is told.
  void end(Clock::time_point now);

  // Whether a line tells of a permission that the program lacks: EACCES or EPERM.
  bool denied() const { return denied_; }
  void note_denied() { denied_ = true; }

 private:
  void log_line(Clock::time_point now);
  bool may_log(Clock::time_point now);

  const Log& log_;
  const std::string& request_id_;
  const std::string& script_;
  std::string line_;
  bool cut_ = false;  // the line is too long
  bool denied_ = false;
  uint64_t left_ = burst;
  uint64_t left_out_ = 0;
  Clock::time_point counted_until_{};  // up to which time lines were granted
};

}  // namespace webserv::detail
