#include "webserv/process/call_filter.h"

#include <asm/termbits.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>

namespace webserv::detail {

namespace {

#if defined(__x86_64__)
constexpr uint32_t native = AUDIT_ARCH_X86_64;
// Numbers from here on are those of programs with short pointers (x32).
constexpr uint32_t foreign_numbers = 0x40000000;
#elif defined(__aarch64__)
constexpr uint32_t native = AUDIT_ARCH_AARCH64;
constexpr uint32_t foreign_numbers = UINT32_MAX;
#else
#error "call_filter.cc knows the system calls of x86-64 and AArch64; add this processor's name in linux/audit.h."
#endif

constexpr uint32_t allow = SECCOMP_RET_ALLOW;
constexpr uint32_t refuse = SECCOMP_RET_ERRNO | EPERM;
constexpr uint32_t unknown = SECCOMP_RET_ERRNO | ENOSYS;

// Newer than the headers of many systems; the same number on every processor (asm-generic/unistd.h).
constexpr long process_mrelease = 448;
constexpr long fchmodat2 = 452;
constexpr long setxattrat = 463;
constexpr long removexattrat = 466;
constexpr long open_tree_attr = 467;
constexpr long file_setattr = 469;

// linux/ioprio.h, which C++ cannot read everywhere.
constexpr uint32_t ioprio_who_process = 1;

// Into the memory, descriptors and secrets of others; the kernel's own workshops; mounts and namespaces.
constexpr long always[] = {
    SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_pidfd_getfd, SYS_kcmp, SYS_process_madvise,
    process_mrelease, SYS_move_pages, SYS_migrate_pages, SYS_perf_event_open, SYS_bpf, SYS_userfaultfd,
    SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register, SYS_add_key, SYS_request_key, SYS_keyctl,
    SYS_unshare, SYS_setns, SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_open_tree, open_tree_attr,
    SYS_move_mount, SYS_fsopen, SYS_fsconfig, SYS_fsmount, SYS_fspick, SYS_mount_setattr, SYS_open_by_handle_at,
    SYS_fanotify_init, SYS_quotactl, SYS_quotactl_fd, SYS_swapon, SYS_swapoff, SYS_reboot, SYS_kexec_load,
    SYS_kexec_file_load, SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_acct, SYS_syslog, SYS_vhangup,
    SYS_settimeofday, SYS_clock_settime, SYS_adjtimex, SYS_clock_adjtime, SYS_sethostname, SYS_setdomainname,
    SYS_lookup_dcookie,
#if defined(__x86_64__)
    SYS_iopl, SYS_ioperm, SYS_modify_ldt,
#endif
    // What one run could leave for the next one.
    SYS_shmget, SYS_shmat, SYS_shmctl, SYS_semget, SYS_semctl, SYS_semop, SYS_semtimedop, SYS_msgget, SYS_msgctl,
    SYS_msgsnd, SYS_msgrcv, SYS_mq_open, SYS_mq_unlink};

// Landlock does not know them, so that they would reach all files of the server's user. The same is done by descriptor
// to a file that could be opened.
constexpr long modes_by_path[] = {
#if defined(__x86_64__)
    SYS_chmod,       SYS_chown,        SYS_lchown,    SYS_utime,    SYS_utimes,    SYS_futimesat,
#endif
    SYS_fchmodat,    fchmodat2,        SYS_fchownat,  SYS_setxattr, SYS_lsetxattr, setxattrat,
    SYS_removexattr, SYS_lremovexattr, removexattrat, file_setattr};

constexpr long signals_by_number[] = {SYS_tkill, SYS_tgkill, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo,
                                      SYS_pidfd_send_signal};

// Allowed where an argument is one of these values, or is none of them. The filter sees the lower half of arguments
// that are narrower than a register, and both halves of pointers.
struct Condition {
  long call;
  unsigned argument;
  enum Kind : uint8_t { one_of, none_of, without_bits, null } kind;
  std::vector<uint32_t> values;
};

std::vector<Condition> conditions(const CallFilterOptions& options) {
  using enum Condition::Kind;
  constexpr uint32_t new_namespaces =
      CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
  constexpr uint32_t itself = 0;
  constexpr uint32_t query = UINT32_MAX;
  std::vector<Condition> all{
      {SYS_clone, 0, without_bits, {new_namespaces}},
      {SYS_prlimit64, 0, one_of, {itself}},
      {SYS_setpriority, 0, one_of, {PRIO_PROCESS, PRIO_PGRP}},
      {SYS_setpriority, 1, one_of, {itself}},
      {SYS_ioprio_set, 0, one_of, {ioprio_who_process}},
      {SYS_ioprio_set, 1, one_of, {itself}},
      {SYS_sched_setparam, 0, one_of, {itself}},
      {SYS_sched_setscheduler, 0, one_of, {itself}},
      {SYS_sched_setaffinity, 0, one_of, {itself}},
      {SYS_sched_setattr, 0, one_of, {itself}},
      {SYS_personality, 0, one_of, {0, query}},
      {SYS_socket, 0, one_of, {AF_UNIX}},
      {SYS_ioctl, 1, none_of, {TIOCSTI, TIOCLINUX}},
  };
  // getaddrinfo(3) asks by netlink which addresses there are.
  if (options.network) all[11].values = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};
  if (!options.change_modes) all.push_back({SYS_utimensat, 1, null, {}});
  if (!options.signals) {
    // 0 is its own process group.
    all.push_back({SYS_kill, 0, one_of, {0}});
    all.push_back({SYS_fcntl, 1, none_of, {F_SETOWN, F_SETOWN_EX}});
    all.back().values.push_back(F_SETSIG);
    auto& ioctls = std::ranges::find(all, long{SYS_ioctl}, &Condition::call)->values;
    ioctls.insert(ioctls.end(), {FIOSETOWN, SIOCSPGRP});
  }
  return all;
}

constexpr uint32_t offset_of_argument(unsigned index, bool upper_half) {
  return static_cast<uint32_t>(offsetof(seccomp_data, args) + index * sizeof(uint64_t) + (upper_half ? 4 : 0));
}

void load(std::vector<sock_filter>& to, uint32_t offset) { to.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)); }
void end(std::vector<sock_filter>& to, uint32_t action) { to.push_back(BPF_STMT(BPF_RET | BPF_K, action)); }

// What is done where all conditions of a call hold follows.
void append(std::vector<sock_filter>& to, const Condition& condition) {
  load(to, offset_of_argument(condition.argument, false));
  const auto jump_if = [&](uint16_t how, uint32_t value, size_t yes, size_t no) {
    to.push_back(BPF_JUMP(static_cast<uint16_t>(BPF_JMP | BPF_K | how), value, static_cast<uint8_t>(yes),
                          static_cast<uint8_t>(no)));
  };
  size_t left = condition.values.size();
  switch (condition.kind) {
    case Condition::one_of:
      for (uint32_t value : condition.values) jump_if(BPF_JEQ, value, left--, 0);
      end(to, refuse);
      return;
    case Condition::none_of:
      for (uint32_t value : condition.values) {
        --left;
        jump_if(BPF_JEQ, value, left, left == 0 ? 1 : 0);
      }
      end(to, refuse);
      return;
    case Condition::without_bits:
      jump_if(BPF_JSET, condition.values.front(), 0, 1);
      end(to, refuse);
      return;
    case Condition::null:
      jump_if(BPF_JEQ, 0, 0, 2);
      load(to, offset_of_argument(condition.argument, true));
      jump_if(BPF_JEQ, 0, 1, 0);
      end(to, refuse);
      return;
  }
}

// From this number on, up to the next case, this is done.
struct Case {
  uint32_t from;
  std::vector<sock_filter> what;
};

class Cases {
 public:
  void refuse_all(std::span<const long> calls) {
    for (long call : calls) end(code_of(call), refuse);
  }
  void add(long call, uint32_t action) { end(code_of(call), action); }
  void add(std::span<const Condition> conditions) {
    for (const Condition& condition : conditions) append(code_of(condition.call), condition);
    for (const Condition& condition : conditions) {
      std::vector<sock_filter>& code = code_of(condition.call);
      const bool is_open = BPF_CLASS(code.back().code) != BPF_RET || code.back().k != allow;
      if (is_open) end(code, allow);
    }
  }

  // In the order of their numbers, with what is allowed between them.
  std::vector<Case> take() {
    std::ranges::sort(cases_, {}, &Case::from);
    std::vector<Case> all;
    std::vector<sock_filter> allowed;
    end(allowed, allow);
    all.push_back({0, allowed});
    for (Case& each : cases_) {
      const uint32_t next = each.from + 1;
      // The one behind the number before, or an empty one, begins here.
      if (all.back().from == each.from) all.pop_back();
      const bool goes_on = !all.empty() && same(all.back().what, each.what);
      if (!goes_on) all.push_back(std::move(each));
      all.push_back({next, allowed});
    }
    return all;
  }

 private:
  static bool same(const std::vector<sock_filter>& one, const std::vector<sock_filter>& other) {
    return std::ranges::equal(one, other, [](const sock_filter& a, const sock_filter& b) {
      return a.code == b.code && a.jt == b.jt && a.jf == b.jf && a.k == b.k;
    });
  }
  std::vector<sock_filter>& code_of(long call) {
    const auto number = static_cast<uint32_t>(call);
    const auto found = std::ranges::find(cases_, number, &Case::from);
    return found != cases_.end() ? found->what : cases_.emplace_back(number, std::vector<sock_filter>{}).what;
  }

  std::vector<Case> cases_;
};

// Halves the cases until one is left: the kernel asks the filter at each call, and for all of them when it is entered.
void append_tree(std::vector<sock_filter>& to, std::span<const Case> cases) {
  if (cases.size() == 1) {
    to.insert(to.end(), cases.front().what.begin(), cases.front().what.end());
    return;
  }
  const size_t half = cases.size() / 2;
  std::vector<sock_filter> lower;
  append_tree(lower, cases.first(half));
  const auto size = static_cast<uint32_t>(lower.size());
  if (size <= UINT8_MAX) {
    to.push_back(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, cases[half].from, static_cast<uint8_t>(size), 0));
  } else {
    to.push_back(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, cases[half].from, 0, 1));
    to.push_back(BPF_STMT(BPF_JMP | BPF_JA, size));
  }
  to.insert(to.end(), lower.begin(), lower.end());
  append_tree(to, cases.subspan(half));
}

}  // namespace

std::vector<sock_filter> make_call_filter(const CallFilterOptions& options) {
  Cases cases;
  cases.refuse_all(always);
  if (!options.change_modes) cases.refuse_all(modes_by_path);
  if (!options.signals) cases.refuse_all(signals_by_number);
  if (!options.truncate) cases.add(SYS_truncate, refuse);
  cases.add(SYS_clone3, unknown);
  cases.add(foreign_numbers, refuse);
  cases.add(conditions(options));
  std::vector<Case> all = cases.take();
  // All above is foreign.
  all.pop_back();

  std::vector<sock_filter> filter;
  load(filter, offsetof(seccomp_data, arch));
  filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, native, 1, 0));
  end(filter, refuse);
  load(filter, offsetof(seccomp_data, nr));
  append_tree(filter, all);
  return filter;
}

}  // namespace webserv::detail
