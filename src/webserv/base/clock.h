// Time as the server sees it: a monotonic one for deadlines and the wall's for Date. Tests set their own.
#pragma once

#include <chrono>
#include <cstdint>
#include <ctime>

namespace webserv {

class Clock {
 public:
  using duration = std::chrono::milliseconds;
  using time_point = std::chrono::time_point<Clock, duration>;

  virtual ~Clock() = default;

  // Monotonic, since an arbitrary point; coarse, so that reading it costs a few instructions and no system call.
  virtual time_point now() const = 0;

  // Seconds since 1970 in UTC.
  virtual int64_t unix_seconds() const = 0;
};

class SystemClock final : public Clock {
 public:
  time_point now() const override {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
    return time_point(duration(int64_t{time.tv_sec} * 1000 + time.tv_nsec / 1'000'000));
  }
  int64_t unix_seconds() const override {
    timespec time{};
    clock_gettime(CLOCK_REALTIME_COARSE, &time);
    return time.tv_sec;
  }
};

// Stands still until it is moved.
class FakeClock final : public Clock {
 public:
  time_point now() const override { return now_; }
  int64_t unix_seconds() const override {
    return wall_ + std::chrono::duration_cast<std::chrono::seconds>(now_.time_since_epoch()).count();
  }
  void advance(duration by) { now_ += by; }

 private:
  time_point now_{duration(1000)};
  int64_t wall_ = 1'795'000'000;
};

}  // namespace webserv
