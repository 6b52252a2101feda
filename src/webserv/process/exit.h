// How a program ended, and who waits for that.
#pragma once

#include <coroutine>

namespace webserv::detail {

// How a program ended.
struct Exit {
  int code = 0;    // of exit(3)
  int signal = 0;  // that ended it; 0 where it ended by itself
  bool operator==(const Exit&) const = default;
};

struct ExitWaiter {
  std::coroutine_handle<> waiter;
  Exit exit;
};

}  // namespace webserv::detail
