// Statement shapes around co_await, run under each compiler: which of them it gets right. g++ 12 copies some
// temporaries bitwise and destroys them twice; the lint tests/lint/co_await.py keeps those shapes out of the code.
#pragma once

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <coroutine>
#include <ostream>
#include <string>
#include <utility>

#include "webserv/io/task.h"

namespace webserv::detail::hazards {

// What tracked objects have seen in this process.
inline int live = 0;
inline int moved_bitwise = 0;

// An object that knows where it is, and so notices that it was copied without its constructor.
struct Tracked {
  Tracked(int v = 0) : self(this), value(v) { ++live; }
  Tracked(const Tracked& other) : self(this), value(other.value) {
    other.check();
    ++live;
  }
  Tracked(Tracked&& other) noexcept : self(this), value(other.value) {
    other.check();
    ++live;
  }
  Tracked& operator=(const Tracked& other) {
    value = other.value;
    return *this;
  }
  ~Tracked() {
    check();
    self = nullptr;
    --live;
  }
  bool in_place() const { return self == this; }
  void check() const {
    if (!in_place()) ++moved_bitwise;
  }

  Tracked* self;
  int value;
};

inline const std::string long_text = "a-rather-long-string-that-allocates";

struct Aggregate {
  int number = 0;
  Tracked tracked{};
  std::string text;

  bool good() const { return number == 1 && tracked.in_place() && tracked.value == 2 && text == long_text; }
};

// Waits until the test goes on with what it left here.
inline std::coroutine_handle<> paused;
struct Pause {
  bool await_ready() { return false; }
  void await_suspend(std::coroutine_handle<> caller) { paused = caller; }
  void await_resume() {}
};

inline Task<int> number(int x) {
  co_await Pause();
  co_return x;
}
inline Task<bool> yes() {
  co_await Pause();
  co_return true;
}
inline Task<Tracked> make(int x) {
  co_await Pause();
  co_return Tracked(x);
}
inline Task<int> take(Tracked s) {
  co_await Pause();
  co_return s.in_place() ? s.value : -1;
}
inline Task<int> look(const Tracked& s) {
  co_await Pause();
  co_return s.in_place() ? s.value : -1;
}
inline Task<int> take_aggregate(Aggregate a) {
  co_await Pause();
  co_return a.good() ? 1 : -1;
}

enum class Expected {
  right,         // on every compiler: the code may use the shape
  wrong_on_gcc,  // on g++ 12, and perhaps on newer ones; right on clang
};

struct Hazard {
  const char* name;
  Task<int> (*run)();  // returns 1
  Expected expected = Expected::right;
};

inline void PrintTo(const Hazard& hazard, std::ostream* out) { *out << hazard.name; }

// Runs the shape in this process; destroys it at a suspension (counted from 0), or runs it to its end for -1.
inline bool runs_right(const Hazard& hazard, int destroyed_at) {
  int result = 1;
  {
    Task<int> task = hazard.run();
    task.start();
    int suspensions = 0;
    while (!task.done() && suspensions++ != destroyed_at) drive(paused);
    if (task.done()) result = task.take();
  }
  return result == 1 && live == 0 && moved_bitwise == 0;
}

// As above in a child, which a broken heap may end.
inline bool runs_right_in_child(const Hazard& hazard, int destroyed_at, bool quiet) {
  pid_t child = ::fork();
  if (child == 0) {
    rlimit no_core{};
    ::setrlimit(RLIMIT_CORE, &no_core);
    ::alarm(20);
    if (quiet) ::close(STDERR_FILENO);
    ::_exit(runs_right(hazard, destroyed_at) ? 0 : 1);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  return status == 0;
}

class HazardTest : public testing::TestWithParam<Hazard> {};

// The body of each test.
inline void check(const Hazard& hazard) {
  std::string wrong;
  for (int destroyed_at : {-1, 0, 1, 2}) {
    if (!runs_right_in_child(hazard, destroyed_at, hazard.expected == Expected::wrong_on_gcc)) {
      wrong += destroyed_at < 0 ? " run to its end;" : " destroyed at suspension " + std::to_string(destroyed_at) + ";";
    }
  }
#ifdef __clang__
  EXPECT_EQ(wrong, "");
#else
  if (hazard.expected == Expected::right) {
    EXPECT_EQ(wrong, "") << "a shape that the code uses";
  } else if (__GNUC__ < 13) {
    EXPECT_NE(wrong, "") << "this compiler is known to get it wrong, and does not any more";
  }
#endif
}

inline std::string name_of(const testing::TestParamInfo<Hazard>& info) { return info.param.name; }

}  // namespace webserv::detail::hazards
