#include "webserv/base/access_log.h"

#include <algorithm>
#include <cstring>

#include "webserv/base/log_text.h"

namespace webserv::detail {
namespace {

using log_text::put;

constexpr int64_t microseconds_per_second = 1'000'000;

// Names, punctuation and numbers of a line: all of it but the texts of the record, with room to spare.
constexpr size_t frame_size = 640;

size_t largest_line(const AccessRecord& record) {
  const size_t texts = record.vhost.size() + record.route.size() + record.listener.size() + record.remote_addr.size() +
                       record.method.size() + record.target.size() + record.http_version.size() +
                       record.user_agent.size() + record.referer.size() + record.error.size();
  // Beside its name: punctuation and twenty digits.
  constexpr size_t number_size = 32;
  size_t more = 0;
  for (const auto& [name, number] : record.more) more += number_size + log_text::most_per_byte * name.size();
  return frame_size + log_text::most_per_byte * texts + more;
}

template <size_t Size>
char* put_member(char* to, const char (&name)[Size], std::string_view text) {
  if (text.empty()) return to;
  to = log_text::put_json(put(to, name), text);
  return put(to, "\"");
}

template <size_t Size>
char* put_member(char* to, const char (&name)[Size], uint64_t number) {
  return log_text::put_decimal(put(to, name), number);
}

char* put_or_dash(char* to, std::string_view text) {
  return text.empty() ? put(to, "-") : log_text::put_combined(to, text);
}

}  // namespace

AccessLog::AccessLog(LineSink& sink, AccessFormat format) : sink_(sink), format_(format) {
  if (on()) make_room(0);
}

void AccessLog::use(AccessFormat format) {
  flush();
  format_ = format;
  second_begins_ = no_second;
  if (on()) return make_room(0);
  buffer_.reset();
  capacity_ = 0;
}

void AccessLog::add(const AccessRecord& record, Clock::time_point now) {
  if (!on()) return;
  make_room(largest_line(record));
  set_time(record.unix_microseconds);
  char* const line = buffer_.get() + used_;
  char* const end = format_ == AccessFormat::json ? put_json(line, record) : put_combined(line, record);
  if (used_ == 0) due_ = now + longest_delay;
  used_ += static_cast<size_t>(end - line);
  if (used_ > flush_above) flush();
}

void AccessLog::flush() {
  if (used_ > 0) sink_.write({buffer_.get(), used_});
  used_ = 0;
  due_ = Clock::time_point::max();
}

// A line that may not even fit the empty buffer gets a larger one, which lasts until lines are short again.
void AccessLog::make_room(size_t bytes) {
  if (capacity_ - used_ >= bytes && capacity_ == buffer_size) return;
  flush();
  const size_t wanted = std::max(bytes, buffer_size);
  if (capacity_ == wanted) return;
  buffer_ = std::make_unique_for_overwrite<char[]>(wanted);
  capacity_ = wanted;
}

// The text of the second is made anew once a second; within it, this is a subtraction.
void AccessLog::set_time(int64_t unix_microseconds) {
  const int64_t time = std::max<int64_t>(unix_microseconds, 0);
  const int64_t offset = time - second_begins_;
  if (offset >= 0 && offset < microseconds_per_second) {
    microsecond_ = static_cast<uint32_t>(offset);
    return;
  }
  microsecond_ = static_cast<uint32_t>(time % microseconds_per_second);
  second_begins_ = time - microsecond_;
  char* to = second_text_.data();
  if (format_ == AccessFormat::json) {
    to = put(to, "{\"time\":\"");
    put(log_text::put_rfc3339_second(to, second_begins_ / microseconds_per_second), ".");
  } else {
    to = put(to, " - - [");
    put(log_text::put_combined_second(to, second_begins_ / microseconds_per_second), "] \"");
  }
}

char* AccessLog::put_json(char* to, const AccessRecord& record) const {
  constexpr size_t time_size = sizeof R"({"time":"2026-11-21T09:33:00.)" - 1;
  std::memcpy(to, second_text_.data(), time_size);
  to = log_text::put_six_digits(to + time_size, microsecond_);
  to = put(to, R"(Z","level":"info","event":"request")");
  if ((record.request_id[0] | record.request_id[1]) != 0) {
    to = put(to, R"(,"request_id":")");
    to = put(log_text::put_hex(log_text::put_hex(to, record.request_id[0]), record.request_id[1]), "\"");
  }
  to = put_member(to, R"(,"vhost":")", record.vhost);
  to = put_member(to, R"(,"route":")", record.route);
  to = put_member(to, R"(,"listener":")", record.listener);
  to = put_member(to, R"(,"remote_addr":")", record.remote_addr);
  to = put_member(to, R"(,"http_method":")", record.method);
  to = put_member(to, R"(,"http_target":")", record.target);
  to = put_member(to, R"(,"http_version":")", record.http_version);
  if (record.status != 0) to = put_member(to, R"(,"http_status":)", record.status);
  to = put_member(to, R"(,"http_user_agent":")", record.user_agent);
  to = put_member(to, R"(,"http_referer":")", record.referer);
  to = put_member(to, R"(,"request_bytes":)", record.request_bytes);
  to = put_member(to, R"(,"response_bytes":)", record.response_bytes);
  to = put_member(to, R"(,"duration_usec":)", record.duration_microseconds);
  for (const auto& [name, number] : record.more) {
    to = log_text::put_json(put(to, ",\""), name);
    to = log_text::put_decimal(put(to, "\":"), number);
  }
  to = put_member(to, R"(,"error":")", record.error);
  return put(to, "}\n");
}

// https://httpd.apache.org/docs/2.4/logs.html#combined
char* AccessLog::put_combined(char* to, const AccessRecord& record) const {
  constexpr size_t time_size = sizeof R"( - - [21/Nov/2026:09:33:00 +0000] ")" - 1;
  to = put_or_dash(to, record.remote_addr);
  std::memcpy(to, second_text_.data(), time_size);
  to += time_size;
  if (record.method.empty()) {
    to = put(to, "-");
  } else {
    to = put(log_text::put_combined(to, record.method), " ");
    to = put(log_text::put_combined(to, record.target), " HTTP/");
    to = log_text::put_combined(to, record.http_version);
  }
  to = put(to, "\" ");
  to = record.status == 0 ? put(to, "-") : log_text::put_decimal(to, record.status);
  to = put(to, " ");
  to = record.response_bytes == 0 ? put(to, "-") : log_text::put_decimal(to, record.response_bytes);
  to = put_or_dash(put(to, " \""), record.referer);
  to = put_or_dash(put(to, "\" \""), record.user_agent);
  return put(to, "\"\n");
}

}  // namespace webserv::detail
