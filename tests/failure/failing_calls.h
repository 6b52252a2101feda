// Calls of the system that fail when a test says so: this program has accept4(2), epoll_ctl(2) and operator new of its
// own, which come before those of the C and C++ libraries. Without a test's word they are the same as those.
#pragma once

#include <sys/types.h>

#include <atomic>

namespace webserv::detail::test {

// accept4(2) fails, so many times, while this lives.
class FailingAccepts {
 public:
  static constexpr unsigned always = ~0u;
  explicit FailingAccepts(int error, unsigned times = always);
  FailingAccepts(const FailingAccepts&) = delete;
  ~FailingAccepts();
  // Calls that have failed.
  unsigned failed() const;
};

// Nothing of this type (S_IFSOCK, S_IFIFO) can be watched by epoll_ctl(2) while this lives, but for listeners.
class FailingWatches {
 public:
  FailingWatches(mode_t type, int error);
  FailingWatches(const FailingWatches&) = delete;
  ~FailingWatches();
  unsigned failed() const;
};

// Of all other threads than this one, the allocation behind so many fails, and all later ones if there is no memory
// left then, while this lives.
class FailingAllocation {
 public:
  enum class Which { one, all_later };
  explicit FailingAllocation(long behind, Which which = Which::one);
  FailingAllocation(const FailingAllocation&) = delete;
  ~FailingAllocation();
  bool failed() const;
};

}  // namespace webserv::detail::test
