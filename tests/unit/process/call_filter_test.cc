#include "webserv/process/call_filter.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

namespace webserv::detail {
namespace {

using Filter = std::vector<sock_filter>;
using Arguments = std::array<uint64_t, 6>;

constexpr uint32_t refused = SECCOMP_RET_ERRNO | EPERM;
constexpr uint32_t unknown = SECCOMP_RET_ERRNO | ENOSYS;

#if defined(__x86_64__)
constexpr uint32_t native = AUDIT_ARCH_X86_64;
constexpr uint32_t foreign = AUDIT_ARCH_I386;
#else
constexpr uint32_t native = AUDIT_ARCH_AARCH64;
constexpr uint32_t foreign = AUDIT_ARCH_ARM;
#endif

// What the kernel makes of a call: seccomp(2), as far as the filter goes.
uint32_t judge(const Filter& filter, const seccomp_data& data) {
  uint32_t value = 0;
  for (size_t at = 0; at < filter.size(); ++at) {
    const sock_filter& step = filter[at];
    switch (step.code) {
      case BPF_LD | BPF_W | BPF_ABS: std::memcpy(&value, reinterpret_cast<const char*>(&data) + step.k, 4); break;
      case BPF_RET | BPF_K: return step.k;
      case BPF_JMP | BPF_JA: at += step.k; break;
      case BPF_JMP | BPF_JEQ | BPF_K: at += value == step.k ? step.jt : step.jf; break;
      case BPF_JMP | BPF_JGE | BPF_K: at += value >= step.k ? step.jt : step.jf; break;
      case BPF_JMP | BPF_JSET | BPF_K: at += (value & step.k) != 0 ? step.jt : step.jf; break;
      default: throw std::runtime_error("a step that is not known here");
    }
  }
  throw std::runtime_error("the filter has no end");
}

uint32_t judge(const Filter& filter, long call, const Arguments& arguments = {}) {
  seccomp_data data{static_cast<int>(call), native, 0, {}};
  std::copy(arguments.begin(), arguments.end(), data.args);
  return judge(filter, data);
}

const CallFilterOptions newest{.network = false, .change_modes = false, .signals = true, .truncate = true};

TEST(CallFilterTest, lets_programs_do_what_they_usually_do) {
  const Filter filter = make_call_filter(newest);
  for (long call :
       {SYS_read,         SYS_write,       SYS_openat,     SYS_execve, SYS_mmap,     SYS_exit_group, SYS_kill,
        SYS_tgkill,       SYS_truncate,    SYS_ftruncate,  SYS_fchmod, SYS_wait4,    SYS_prctl,      SYS_seccomp,
        SYS_memfd_create, SYS_getpriority, SYS_pidfd_open, SYS_fcntl,  SYS_unlinkat, SYS_renameat2}) {
    EXPECT_EQ(judge(filter, call), SECCOMP_RET_ALLOW) << call;
  }
}

TEST(CallFilterTest, refuses_what_reaches_others) {
  const Filter filter = make_call_filter(newest);
  for (long call : {SYS_ptrace,
                    SYS_process_vm_readv,
                    SYS_process_vm_writev,
                    SYS_pidfd_getfd,
                    SYS_kcmp,
                    SYS_bpf,
                    SYS_perf_event_open,
                    SYS_io_uring_setup,
                    SYS_add_key,
                    SYS_request_key,
                    SYS_keyctl,
                    SYS_unshare,
                    SYS_setns,
                    SYS_mount,
                    SYS_umount2,
                    SYS_pivot_root,
                    SYS_chroot,
                    SYS_shmget,
                    SYS_semget,
                    SYS_msgget,
                    SYS_mq_open,
                    SYS_userfaultfd,
                    SYS_fchmodat,
                    SYS_fchownat,
                    SYS_setxattr,
                    SYS_lremovexattr}) {
    EXPECT_EQ(judge(filter, call), refused) << call;
  }
  EXPECT_EQ(judge(filter, SYS_clone3), unknown);
}

TEST(CallFilterTest, looks_at_arguments) {
  struct Case {
    long call;
    Arguments arguments;
    bool allowed;
  };
  const uint64_t above = uint64_t{1} << 32;
  const Filter filter = make_call_filter(newest);
  for (const Case& c : {
           Case{SYS_clone, {CLONE_VM | CLONE_VFORK | 17}, true},
           Case{SYS_clone, {CLONE_NEWUSER | 17}, false},
           Case{SYS_clone, {CLONE_NEWNS}, false},
           Case{SYS_clone, {CLONE_PARENT | 17}, false},
           Case{SYS_prlimit64, {0}, true},
           Case{SYS_prlimit64, {1234}, false},
           Case{SYS_setpriority, {PRIO_PROCESS, 0}, true},
           Case{SYS_setpriority, {PRIO_PGRP, 0}, true},
           Case{SYS_setpriority, {PRIO_PROCESS, 1234}, false},
           Case{SYS_setpriority, {PRIO_USER, 0}, false},
           Case{SYS_ioprio_set, {1, 0}, true},
           Case{SYS_ioprio_set, {3, 0}, false},
           Case{SYS_sched_setattr, {0}, true},
           Case{SYS_sched_setattr, {1234}, false},
           Case{SYS_sched_setaffinity, {1234}, false},
           Case{SYS_sched_setscheduler, {1234}, false},
           Case{SYS_personality, {UINT32_MAX}, true},
           Case{SYS_personality, {0x0040000}, false},
           Case{SYS_socket, {AF_UNIX}, false},
           Case{SYS_socketpair, {AF_UNIX, SOCK_STREAM}, true},
           Case{SYS_socketpair, {AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK}, true},
           Case{SYS_socketpair, {AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC}, true},
           Case{SYS_socketpair, {AF_UNIX, SOCK_DGRAM}, false},
           Case{SYS_socketpair, {AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC}, false},
           Case{SYS_socket, {AF_INET}, false},
           Case{SYS_socket, {AF_INET6}, false},
           Case{SYS_socket, {AF_NETLINK}, false},
           Case{SYS_socket, {AF_PACKET}, false},
           Case{SYS_socket, {AF_VSOCK}, false},
           Case{SYS_ioctl, {0, TIOCGWINSZ}, true},
           Case{SYS_ioctl, {0, TIOCSTI}, false},
           Case{SYS_ioctl, {0, TIOCLINUX}, false},
           // The kernel takes the lower half of it alone.
           Case{SYS_ioctl, {0, above | TIOCSTI}, false},
           Case{SYS_utimensat, {4, 0}, true},  // futimens(3)
           Case{SYS_utimensat, {4, 0x7fff0000}, false},
           Case{SYS_utimensat, {4, above}, false},
           Case{SYS_utimensat, {4, above << 4}, false},
       }) {
    EXPECT_EQ(judge(filter, c.call, c.arguments), c.allowed ? SECCOMP_RET_ALLOW : refused)
        << c.call << " " << c.arguments[0] << " " << c.arguments[1];
  }
}

TEST(CallFilterTest, gives_what_a_route_asks_for) {
  const Filter network = make_call_filter({.network = true, .signals = true, .truncate = true});
  for (int family : {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK}) {
    EXPECT_EQ(judge(network, SYS_socket, {static_cast<uint64_t>(family)}), SECCOMP_RET_ALLOW) << family;
  }
  EXPECT_EQ(judge(network, SYS_socket, {AF_PACKET}), refused);
  EXPECT_EQ(judge(network, SYS_socketpair, {AF_UNIX, SOCK_DGRAM}), SECCOMP_RET_ALLOW);
  const Filter modes = make_call_filter({.change_modes = true, .signals = true, .truncate = true});
  for (long call : {SYS_fchmodat, SYS_fchownat, SYS_setxattr}) EXPECT_EQ(judge(modes, call), SECCOMP_RET_ALLOW) << call;
  EXPECT_EQ(judge(modes, SYS_utimensat, {4, 0x7fff0000}), SECCOMP_RET_ALLOW);
}

TEST(CallFilterTest, stands_in_for_what_an_older_kernel_lacks) {
  const Filter filter = make_call_filter({});
  for (long call :
       {SYS_tkill, SYS_tgkill, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo, SYS_pidfd_send_signal, SYS_truncate}) {
    EXPECT_EQ(judge(filter, call), refused) << call;
  }
  EXPECT_EQ(judge(filter, SYS_kill, {0, 15}), SECCOMP_RET_ALLOW) << "to its own process group";
  EXPECT_EQ(judge(filter, SYS_kill, {1234, 15}), refused);
  EXPECT_EQ(judge(filter, SYS_kill, {UINT32_MAX, 15}), refused);
  EXPECT_EQ(judge(filter, SYS_fcntl, {3, F_SETFD}), SECCOMP_RET_ALLOW);
  EXPECT_EQ(judge(filter, SYS_fcntl, {3, F_SETOWN}), refused);
  EXPECT_EQ(judge(filter, SYS_ioctl, {3, FIOASYNC}), SECCOMP_RET_ALLOW);
  EXPECT_EQ(judge(filter, SYS_ioctl, {3, 0x8901}), refused) << "FIOSETOWN";
}

TEST(CallFilterTest, refuses_the_calls_of_other_processors) {
  const Filter filter = make_call_filter(newest);
  EXPECT_EQ(judge(filter, seccomp_data{SYS_read, foreign, 0, {}}), refused);
#if defined(__x86_64__)
  EXPECT_EQ(judge(filter, 0x40000000), refused) << "x32";
  EXPECT_EQ(judge(filter, 0x40000000 | 512), refused);
#endif
  EXPECT_EQ(judge(filter, -1), refused);
}

// The kernel translates each step at each start of a program.
TEST(CallFilterTest, is_short) { EXPECT_LE(make_call_filter({}).size(), 180U); }

}  // namespace
}  // namespace webserv::detail
