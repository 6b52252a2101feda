// One line for each request, in batches: a worker has an AccessLog of its own, and all of them share a LineSink.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "webserv/base/access_format.h"
#include "webserv/base/clock.h"
#include "webserv/base/line_sink.h"

namespace webserv::detail {

// What is told of a request once it is answered. Borrows its texts, which are as the client sent them, not yet escaped.
struct AccessRecord {
  int64_t unix_microseconds = 0;         // when the request came, on the wall's clock, UTC
  std::array<uint64_t, 2> request_id{};  // shown as 32 hexadecimal digits, the first number first; zero: none
  std::string_view vhost;                // name of the virtual host's table
  std::string_view route;                // path of the route
  std::string_view listener;             // name of the listener
  std::string_view remote_addr;          // the client's address without a port
  std::string_view method;               // as sent; empty where the request was too broken to have one
  std::string_view target;               // as sent
  std::string_view http_version;         // "1.1"
  unsigned status = 0;                   // three digits; 0: the connection ended before an answer
  std::string_view user_agent;
  std::string_view referer;
  uint64_t request_bytes = 0;          // of the body, as it came over the wire
  uint64_t response_bytes = 0;         // of the body, as it went over the wire
  uint64_t duration_microseconds = 0;  // from the first byte of the request to the last of the answer
  // More that only some requests have: names as in interfaces, such as "cgi_exit", with a number each. In JSON alone.
  std::span<const std::pair<std::string_view, uint64_t>> more{};
  std::string_view error;  // what went wrong inside, if anything did
};

// Not thread-safe: one worker's.
class AccessLog {
 public:
  static constexpr size_t buffer_size = 64 * 1024;
  static constexpr size_t flush_above = 32 * 1024;  // so that a batch is a few hundred lines
  static constexpr Clock::duration longest_delay = std::chrono::milliseconds(200);

  // Borrows `sink`. Takes its buffer at once, none where the format is off.
  AccessLog(LineSink& sink, AccessFormat format);
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;
  ~AccessLog() { flush(); }

  // Writes what waits; from now on records have this format.
  void use(AccessFormat format);

  // Whether records are wanted; without it add() does nothing.
  bool on() const { return format_ != AccessFormat::off; }

  // Takes the record's line into the buffer, and writes the buffer if it is full enough. `now` dates the first line
  // that waits.
  void add(const AccessRecord& record, Clock::time_point now);

  // When flush() should be called: Clock::time_point::max() while no line waits.
  Clock::time_point due() const { return due_; }

  // Writes what waits: at due(), and before the worker ends or sleeps for long.
  void flush();

 private:
  static constexpr int64_t no_second = -1'000'000;

  void make_room(size_t bytes);
  void set_time(int64_t unix_microseconds);
  char* put_json(char* to, const AccessRecord& record) const;
  char* put_combined(char* to, const AccessRecord& record) const;

  LineSink& sink_;
  AccessFormat format_;
  size_t capacity_ = 0;
  size_t used_ = 0;
  std::unique_ptr<char[]> buffer_;
  Clock::time_point due_ = Clock::time_point::max();
  int64_t second_begins_ = no_second;   // in microseconds: the second that second_text_ shows
  uint32_t microsecond_ = 0;            // of the record that is being added
  std::array<char, 48> second_text_{};  // a line's beginning up to the fraction (json), or its middle (combined)
};

}  // namespace webserv::detail
