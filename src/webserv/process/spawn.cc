#include "webserv/process/spawn.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <cerrno>

#include "webserv/io/slices.h"

// Everything from the clone on is done with bare system calls: the child shares errno, locks and the state of
// sanitizers with its parent, and an interceptor of theirs would take what it does for the parent's doing.

namespace webserv::detail {

namespace {

#if defined(__x86_64__)

long call(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0) {
  long result;
  register long fourth asm("r10") = d;
  register long fifth asm("r8") = e;
  asm volatile("syscall"
               : "=a"(result)
               : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth), "r"(fifth)
               : "rcx", "r11", "memory");
  return result;
}

// A clone whose child calls `enter(argument)`, which never returns, on the stack of the parent below what the parent
// has in use; 128 bytes beneath the stack pointer may be in use too.
long call_and_enter(long number, long a, long b, long c, void (*enter)(void*), void* argument) {
  long result;
  register long fourth asm("r10") = 0;
  register long fifth asm("r8") = 0;
  asm volatile(
      "syscall\n\t"
      "test %%rax, %%rax\n\t"
      "jnz 1f\n\t"
      "xor %%ebp, %%ebp\n\t"
      "sub $128, %%rsp\n\t"
      "and $-16, %%rsp\n\t"
      "mov %[argument], %%rdi\n\t"
      "call *%[enter]\n\t"
      "hlt\n"
      "1:"
      : "=a"(result)
      : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth), "r"(fifth), [enter] "b"(enter), [argument] "r"(argument)
      : "rcx", "r11", "memory");
  return result;
}

#elif defined(__aarch64__)

long call(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0) {
  register long x8 asm("x8") = number;
  register long x0 asm("x0") = a;
  register long x1 asm("x1") = b;
  register long x2 asm("x2") = c;
  register long x3 asm("x3") = d;
  register long x4 asm("x4") = e;
  asm volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
  return x0;
}

long call_and_enter(long number, long a, long b, long c, void (*enter)(void*), void* argument) {
  register long x8 asm("x8") = number;
  register long x0 asm("x0") = a;
  register long x1 asm("x1") = b;
  register long x2 asm("x2") = c;
  register long x3 asm("x3") = 0;
  register long x4 asm("x4") = 0;
  asm volatile(
      "svc #0\n\t"
      "cbnz x0, 1f\n\t"
      "mov x29, xzr\n\t"
      "mov x0, %[argument]\n\t"
      "blr %[enter]\n\t"
      "brk #0\n"
      "1:"
      : "+r"(x0)
      : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), [enter] "r"(enter), [argument] "r"(argument)
      : "memory");
  return x0;
}

#else
#error "spawn.cc knows the system calls of x86-64 and AArch64; add those of this processor: a call, and a clone."
#endif

template <class T>
long address(T* pointer) {
  return reinterpret_cast<long>(pointer);
}

// Where the child has the rules of its sandbox, until it has entered it.
constexpr int rules_number = 3;

// The same on every processor (asm-generic/unistd.h); headers of Linux 5.12 and before lack it.
constexpr long landlock_restrict_self = 446;

constexpr int last_signal = 64;
constexpr uint64_t all_signals = ~uint64_t{0};

// As the kernel takes it; SIG_DFL and no flags are all zero.
struct Disposition {
  long words[4];
};

struct Child {
  const ChildPlan& plan;
  bool classic;  // has its parent's handlers of signals, and is not yet in its cgroup
  // Written by the child in memory that it shares with its parent.
  volatile int error;
  volatile ChildStep step;
};

[[noreturn]] void give_up(Child& child, ChildStep step, long result) {
  child.error = static_cast<int>(-result);
  child.step = step;
  for (;;) call(SYS_exit_group, 127);
}

void reset_signals(const Child& child) {
  const Disposition by_default{};
  uint64_t which = child.classic ? all_signals : child.plan.ignored_signals;
  for (int number = 1; number <= last_signal; ++number) {
    // It fails for SIGKILL and SIGSTOP, which nobody can ignore.
    if ((which >> (number - 1) & 1) != 0) call(SYS_rt_sigaction, number, address(&by_default), 0, sizeof(uint64_t));
  }
}

void enter_cgroup(Child& child) {
  long file = call(SYS_openat, child.plan.cgroup, address("cgroup.procs"), O_WRONLY | O_CLOEXEC);
  long result = file < 0 ? file : call(SYS_write, file, address("0"), 1);
  if (file >= 0) call(SYS_close, file);
  if (result < 0) give_up(child, ChildStep::cgroup, result);
}

// From `first` on. Before Linux 5.9: one by one, as /proc lists them. The list is read while it changes, so until
// nothing is left of it.
long close_one_by_one(int first) {
  struct Entry {
    uint64_t inode;
    int64_t offset;
    unsigned short length;
    unsigned char type;
    char name[1];
  };
  for (;;) {
    long folder = call(SYS_openat, AT_FDCWD, address("/proc/self/fd"), O_RDONLY | O_DIRECTORY);
    if (folder < 0) return folder;
    bool closed = false;
    alignas(Entry) char buffer[1024];
    for (long size; (size = call(SYS_getdents64, folder, address(buffer), sizeof buffer)) > 0;) {
      for (long at = 0; at < size; at += reinterpret_cast<Entry*>(buffer + at)->length) {
        long number = 0;
        for (const char* digit = reinterpret_cast<Entry*>(buffer + at)->name; *digit != '\0'; ++digit) {
          number = *digit == '.' ? 0 : number * 10 + (*digit - '0');
        }
        if (number >= first && number != folder) closed |= call(SYS_close, number) == 0;
      }
    }
    call(SYS_close, folder);
    if (!closed) return 0;
  }
}

// Until its first call the table of descriptors is the parent's own.
void arrange_descriptors(Child& child) {
  const ChildPlan& plan = child.plan;
  long result = call(SYS_close_range, plan.first_foreign, ~0U, CLOSE_RANGE_UNSHARE);
  bool by_range = result == 0;
  if (!by_range) result = call(SYS_unshare, CLONE_FILES);
  if (result < 0) give_up(child, ChildStep::descriptors, result);
  const int ends[] = {plan.input, plan.output, plan.errors};
  for (int number = 0; number < 3; ++number) {
    result = call(SYS_dup3, ends[number], number, 0);
    if (result < 0) give_up(child, ChildStep::input, result);
  }
  int first = 3;
  if (plan.rules >= 0) {
    result = call(SYS_dup3, plan.rules, rules_number, O_CLOEXEC);
    if (result < 0) give_up(child, ChildStep::sandbox, result);
    ++first;
  }
  result = by_range ? call(SYS_close_range, first, ~0U, 0) : close_one_by_one(first);
  if (result < 0) give_up(child, ChildStep::descriptors, result);
}

void enter_sandbox(Child& child) {
  const ChildPlan& plan = child.plan;
  long result = call(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1);
  if (result >= 0 && plan.rules >= 0) result = call(landlock_restrict_self, rules_number, 0);
  if (result >= 0) result = call(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, address(plan.filter));
  if (result < 0) give_up(child, ChildStep::sandbox, result);
}

// How the program shares the processor with its parent, and slices of the usual length. It may be forbidden: then all
// is as before.
void give_way(const ChildPlan& plan) {
  SchedulingAttributes how;
  how.niceness = plan.niceness;
  call(SYS_sched_setattr, 0, address(&how), 0);
}

void enter_child(void* argument) {
  Child& child = *static_cast<Child*>(argument);
  const ChildPlan& plan = child.plan;
  reset_signals(child);
  // While the descriptors are still its parent's.
  if (child.classic && plan.cgroup >= 0) enter_cgroup(child);
  arrange_descriptors(child);
  // A session of its own: it has no terminal, and its process group has its own number.
  long result = call(SYS_setsid);
  if (result >= 0) result = call(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL);
  if (result < 0) give_up(child, ChildStep::session, result);
  for (size_t i = 0; i < plan.limit_count; ++i) {
    const uint64_t limit[] = {plan.limits[i].soft, plan.limits[i].hard};
    result = call(SYS_prlimit64, 0, plan.limits[i].resource, address(limit));
    if (result < 0) give_up(child, ChildStep::limits, result);
  }
  if (plan.folder != nullptr) {
    result = call(SYS_chdir, address(plan.folder));
    if (result < 0) give_up(child, ChildStep::folder, result);
  }
  const uint64_t none = 0;
  call(SYS_rt_sigprocmask, SIG_SETMASK, address(&none), 0, sizeof none);
  if (plan.filter != nullptr) enter_sandbox(child);
  // Last, for whoever is nice takes longer, and the parent waits.
  give_way(plan);
  result = call(SYS_execve, address(plan.program), address(plan.arguments), address(plan.environment));
  give_up(child, ChildStep::execute, result);
}

// CLONE_FILES spares the copy of a table that may have thousands of descriptors: see arrange_descriptors().
constexpr unsigned long long common_flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD | CLONE_FILES;

long clone_modern(Child& child, int& pidfd) {
  clone_args how{};
  how.flags = common_flags | CLONE_CLEAR_SIGHAND;
  how.pidfd = reinterpret_cast<uint64_t>(&pidfd);
  how.exit_signal = SIGCHLD;
  if (child.plan.cgroup >= 0) {
    how.flags |= CLONE_INTO_CGROUP;
    how.cgroup = static_cast<uint64_t>(child.plan.cgroup);
  }
  return call_and_enter(SYS_clone3, address(&how), sizeof how, 0, enter_child, &child);
}

// The child has the parent's handlers for a while, and must not run one of them.
long clone_classic(Child& child, int& pidfd) {
  child.classic = true;
  uint64_t before = 0;
  call(SYS_rt_sigprocmask, SIG_SETMASK, address(&all_signals), address(&before), sizeof before);
  long id =
      call_and_enter(SYS_clone, static_cast<long>(common_flags | SIGCHLD), 0, address(&pidfd), enter_child, &child);
  call(SYS_rt_sigprocmask, SIG_SETMASK, address(&before), 0, sizeof before);
  return id;
}

}  // namespace

ChildStart start_child(const ChildPlan& plan, bool& modern) {
  Child child{plan, false, 0, ChildStep::none};
  int pidfd = -1;
  long id = -ENOSYS;
  if (modern) {
    id = clone_modern(child, pidfd);
    // None of them has another reason with these arguments.
    if (id == -ENOSYS || id == -EPERM || id == -EINVAL) modern = false;
  }
  if (!modern) id = clone_classic(child, pidfd);
  return {static_cast<pid_t>(id), pidfd, child.error, child.step};
}

}  // namespace webserv::detail
