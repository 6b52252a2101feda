// Deadlines on a lazy wheel. Moving a deadline to a later time is one store: the wheel holds it in the slot of the time
// it was last filed for, looks when that slot comes up, and files it again.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "webserv/base/clock.h"
#include "webserv/io/list.h"

namespace webserv::detail {

class Wheel;

// What a wheel lets expire. For those who know their wheel; others are Deadlines.
class Timed : private Link {
 public:
  virtual ~Timed() = default;

  // expired() is called once, at the first turn of the loop at or after `when`, up to one tick (64 ms) late. The wheel
  // is the same in all calls.
  void expires_at(Clock::time_point when, Wheel& wheel);
  void never() { when_ = far; }

 protected:
  static constexpr Clock::time_point far = Clock::time_point::max();

  virtual void expired() = 0;
  Clock::time_point when() const { return when_; }

 private:
  friend class Wheel;
  friend class List<Timed>;

  Clock::time_point when_ = far;
  uint64_t filed_ = 0;  // the tick whose slot it hangs in; 0: in none
};

class Deadline : public Timed {
 public:
  explicit Deadline(Wheel& wheel) : wheel_(wheel) {}

  void expires_at(Clock::time_point when) { Timed::expires_at(when, wheel_); }

 private:
  Wheel& wheel_;
};

class Wheel {
 public:
  explicit Wheel(Clock::time_point now) : tick_(floor_tick(now)) {}

  // Lets all deadlines at or before `now` expire. They may file, move and destroy any deadline meanwhile.
  void advance(Clock::time_point now);

  // How long the loop may sleep before a slot has to be looked at; nothing where no deadline is filed.
  std::optional<Clock::duration> until_next(Clock::time_point now) const;

 private:
  friend class Timed;
  static constexpr int tick_bits = 6;   // 64 ms
  static constexpr size_t slots = 512;  // a horizon of 32 s; what is further away is looked at once in a while

  static uint64_t floor_tick(Clock::time_point at) {
    return static_cast<uint64_t>(at.time_since_epoch().count()) >> tick_bits;
  }
  static uint64_t ceiling_tick(Clock::time_point at) {
    return (static_cast<uint64_t>(at.time_since_epoch().count()) + (1u << tick_bits) - 1) >> tick_bits;
  }
  void file(Timed& timed);
  void look_at_slot(uint64_t tick, Clock::time_point now);

  uint64_t tick_;  // the last tick that was looked at
  std::array<List<Timed>, slots> lists_;
  std::array<uint64_t, slots / 64> occupied_{};  // a bit per slot; may be set for a slot that has become empty
};

inline void Timed::expires_at(Clock::time_point when, Wheel& wheel) {
  when_ = when;
  if (filed_ == 0 || Wheel::ceiling_tick(when) < filed_) wheel.file(*this);
}

}  // namespace webserv::detail
