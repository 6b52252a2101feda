// The moment between clone and execve: the child's few system calls, made with the memory and the stack of its parent,
// which waits meanwhile (CLONE_VM and CLONE_VFORK). spawn.cc is compiled without sanitizers and calls no library.
#pragma once

#include <linux/filter.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>

namespace webserv::detail {

struct ChildLimit {
  int resource;
  uint64_t soft;
  uint64_t hard;
};

struct ChildPlan {
  const char* program;
  const char* const* arguments;
  const char* const* environment;
  const char* folder;  // null: as it is
  int input;           // descriptors; none of them 0, 1 or 2
  int output;
  int errors;
  unsigned first_foreign;    // descriptors from this number on are not even copied
  uint64_t ignored_signals;  // a bit for each, SIGHUP the lowest: those that the parent ignores
  const ChildLimit* limits;
  size_t limit_count;
  int cgroup;                // the folder of the group that it is born into; -1: the parent's
  int niceness;              // of the program; the child itself is as its parent, which waits for it
  int rules;                 // of landlock(7), none of 0, 1, 2 and 3; -1: none
  const sock_fprog* filter;  // of its system calls; null: none
};

// What the child says before it ends because it could not execute the program.
enum class ChildStep : int { none, cgroup, input, descriptors, session, limits, folder, sandbox, execute };

struct ChildStart {
  pid_t id;   // or the negative error number of clone
  int pidfd;  // close-on-exec
  int error;  // error number, 0 where the program is executed
  ChildStep step;
};

// Returns when the program is executed, or has failed to and is a zombie. `modern` says that clone3(2) may be tried,
// and becomes false where there is none (before Linux 5.7, or a filter of system calls that does not know it).
ChildStart start_child(const ChildPlan& plan, bool& modern);

}  // namespace webserv::detail
