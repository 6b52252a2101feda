#include "webserv/io/slices.h"

#include <sys/syscall.h>
#include <unistd.h>

namespace webserv::detail {

void ask_for_short_slices() {
  SchedulingAttributes how;
  if (::syscall(SYS_sched_getattr, 0, &how, sizeof how, 0) != 0) return;
  how.flags = SchedulingAttributes::keep_policy;
  how.runtime = short_slice;
  ::syscall(SYS_sched_setattr, 0, &how, 0);
}

}  // namespace webserv::detail
