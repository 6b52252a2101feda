#include "webserv/handlers/cgi/cgi_errors.h"

#include <algorithm>

namespace webserv::detail {

void CgiErrors::add(std::string_view bytes, Clock::time_point now) {
  while (!bytes.empty()) {
    size_t end = bytes.find('\n');
    std::string_view part = bytes.substr(0, end);
    size_t fits = std::min(part.size(), longest_line - line_.size());
    line_.append(part.substr(0, fits));
    cut_ |= fits < part.size();
    if (end == std::string_view::npos) return;
    log_line(now);
    bytes.remove_prefix(end + 1);
  }
}

void CgiErrors::end(Clock::time_point now) {
  if (!line_.empty()) log_line(now);
  if (left_out_ == 0) return;
  log_.event(Level::warning, "cgi_lines_left_out", "a program wrote more lines of errors than are shown",
             {{"request_id", request_id_}, {"script", script_}, {"lines", left_out_}});
}

void CgiErrors::log_line(Clock::time_point now) {
  if (line_.ends_with('\r')) line_.pop_back();
  if (cut_) line_.append("...");
  denied_ |= line_.contains("ermission denied") || line_.contains("peration not permitted");
  if (!line_.empty() && may_log(now)) {
    log_.event(Level::notice, "cgi_stderr", line_, {{"request_id", request_id_}, {"script", script_}});
  }
  line_.clear();
  cut_ = false;
}

bool CgiErrors::may_log(Clock::time_point now) {
  if (counted_until_ == Clock::time_point()) counted_until_ = now;
  auto granted = static_cast<uint64_t>((now - counted_until_).count()) * lines_per_second / 1000;
  if (granted > 0) {
    left_ = std::min(left_ + granted, burst);
    counted_until_ = now;
  }
  if (left_ == 0) {
    ++left_out_;
    return false;
  }
  --left_;
  return true;
}

}  // namespace webserv::detail
