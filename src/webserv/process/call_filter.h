// The system calls that a program may not make, where rules for files do not help: seccomp(2).
#pragma once

#include <linux/filter.h>

#include <vector>

namespace webserv::detail {

// What decides which calls are refused.
struct CallFilterOptions {
  bool network = false;       // sockets but pairs of unix(7): also local ones reach others
  bool change_modes = false;  // modes, owners, times and attributes of a file by its path
  bool signals = false;       // to other processes: where Landlock keeps them inside, else they are refused
  bool truncate = false;      // of a file by its path: the same
};

// Refused calls fail with EPERM, whatever their arguments are, or but for some. clone3(2), whose arguments no filter
// can see, is ENOSYS: the C library then takes clone(2). What only root may do is refused, too.
std::vector<sock_filter> make_call_filter(const CallFilterOptions& options);

}  // namespace webserv::detail
