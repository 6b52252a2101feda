#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>

namespace webserv {
namespace {

// As systemd's filter for RestrictSUIDSGID= does: from now on openat2(2) is a call that the kernel does not know.
bool take_openat2_away() {
  const std::array<sock_filter, 4> program = {{
      {BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, SYS_openat2},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | ENOSYS},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
  }};
  const sock_fprog filter{program.size(), const_cast<sock_filter*>(program.data())};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

// All that is promised of a Directory holds without openat2, too: its tests run once more, in a process without it.
TEST(DirectoryWithoutOpenat2, keeps_every_promise) {
  const pid_t child = fork();
  if (child == 0) {
    if (!take_openat2_away()) _exit(77);
    execl("/proc/self/exe", "io_tests", "--gtest_filter=DirectoryTest.*:RealPath.*", "--gtest_brief=1", nullptr);
    _exit(78);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace webserv
