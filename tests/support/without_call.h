// A process that the kernel refuses a system call, as a filter of a service manager or a container does.
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <initializer_list>

namespace webserv::detail::test {

// From now on this process and its children get that error for the call.
inline bool take_away(long call, int error) {
  const std::array<sock_filter, 4> program = {{
      {BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, static_cast<__u32>(call)},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | static_cast<__u32>(error)},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
  }};
  const sock_fprog filter{program.size(), const_cast<sock_filter*>(program.data())};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

// Runs tests of this program once more, in a process to which the kernel says of these calls that it does not know
// them. The status of its end, 0 where all is well.
inline int run_tests_without(std::initializer_list<long> calls, const char* filter) {
  const pid_t child = ::fork();
  if (child == 0) {
    for (long call : calls) {
      if (!take_away(call, ENOSYS)) ::_exit(77);
    }
    ::execl("/proc/self/exe", "io_tests", filter, "--gtest_brief=1", nullptr);
    ::_exit(78);
  }
  int status = -1;
  return ::waitpid(child, &status, 0) == child ? status : -1;
}

}  // namespace webserv::detail::test
