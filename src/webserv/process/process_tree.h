// What a program has started, where no cgroup keeps it together.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

#include "webserv/io/fd.h"

namespace webserv::detail {

// Processes that descend from a program and have left its process group, as far as /proc shows them: one whose parent
// has ended is no longer known as a descendant.
class Escaped {
 public:
  // Looks for them and keeps a pidfd of each.
  void find(pid_t root);
  void signal(int number) const;
  // Whether one of them still runs.
  bool any();

 private:
  void add_children_of(pid_t parent, pid_t root);
  bool knows(pid_t id) const;

  struct Found {
    pid_t id;
    Fd pidfd;
  };
  std::vector<Found> found_;
};

// The children of a process, of each of its threads. Empty where it is gone.
std::vector<pid_t> children_of(pid_t parent);

// When it began, in ticks since the machine did; 0 where it is gone. proc_pid_stat(5), starttime.
uint64_t start_time_of(pid_t id);

// Reaps those of a process group that have become our own children (PR_SET_CHILD_SUBREAPER).
void reap_group(pid_t group);

}  // namespace webserv::detail
