// How the server and the programs that it starts share the processor.
#pragma once

#include <cstdint>

namespace webserv::detail {

// sched_attr of sched_setattr(2): the kernel's own header and that of the C library exclude each other.
struct SchedulingAttributes {
  static constexpr uint64_t keep_policy = 0x08;  // SCHED_FLAG_KEEP_POLICY

  uint32_t size = sizeof(SchedulingAttributes);
  uint32_t policy = 0;
  uint64_t flags = keep_policy;
  int32_t niceness = 0;
  uint32_t priority = 0;
  uint64_t runtime = 0;  // nanoseconds of a slice; 0: the usual length
  uint64_t deadline = 0;
  uint64_t period = 0;
};

// Nanoseconds that the kernel lets a thread of the server run before another may have its turn: the least there is. Who
// asks for less at a time is served sooner, and a loop's turn takes less anyway.
constexpr uint64_t short_slice = 100'000;

// How much nicer programs are than the server (sched(7)), where they have no cgroup that says how to share: their work
// takes long, and a request for a file should not wait for it.
constexpr int program_niceness = 10;

// Asks for short slices in this thread and in those that it starts (sched_setattr(2)); older kernels than Linux 6.12
// take no notice. Where it is forbidden, all goes on without.
void ask_for_short_slices();

}  // namespace webserv::detail
