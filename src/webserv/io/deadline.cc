#include "webserv/io/deadline.h"

#include <algorithm>
#include <bit>

namespace webserv::detail {

void Wheel::file(Timed& timed) {
  uint64_t tick = std::clamp(ceiling_tick(timed.when_), tick_ + 1, tick_ + slots - 1);
  size_t slot = tick % slots;
  lists_[slot].push_back(timed);
  occupied_[slot / 64] |= uint64_t{1} << (slot % 64);
  timed.filed_ = tick;
}

void Wheel::look_at_slot(uint64_t tick, Clock::time_point now) {
  size_t slot = tick % slots;
  uint64_t bit = uint64_t{1} << (slot % 64);
  if (!(occupied_[slot / 64] & bit)) return;
  occupied_[slot / 64] &= ~bit;
  List<Timed> due;
  due.take_all(lists_[slot]);
  while (!due.empty()) {
    Timed& timed = due.front();
    timed.unlink();
    timed.filed_ = 0;
    if (timed.when_ == Timed::far) continue;
    if (timed.when_ > now) {
      file(timed);
    } else {
      timed.when_ = Timed::far;
      timed.expired();
    }
  }
}

void Wheel::advance(Clock::time_point now) {
  uint64_t target = floor_tick(now);
  // After a long sleep every slot is looked at once, not once per tick.
  if (target > tick_ + slots) tick_ = target - slots;
  while (tick_ < target) look_at_slot(++tick_, now);
}

std::optional<Clock::duration> Wheel::until_next(Clock::time_point now) const {
  for (uint64_t tick = tick_ + 1; tick < tick_ + slots;) {
    size_t slot = tick % slots;
    uint64_t rest = occupied_[slot / 64] >> (slot % 64);
    if (rest == 0) {
      tick += 64 - slot % 64;
      continue;
    }
    tick += static_cast<uint64_t>(std::countr_zero(rest));
    if (tick >= tick_ + slots) break;
    Clock::time_point at{Clock::duration(static_cast<int64_t>(tick << tick_bits))};
    return std::max(at - now, Clock::duration(0));
  }
  return std::nullopt;
}

}  // namespace webserv::detail
