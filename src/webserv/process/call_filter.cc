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
#include <map>
#include <span>
#include <utility>

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
  // A child of the server, which does not know of it and would not reap it.
  constexpr uint32_t for_its_parent = CLONE_PARENT;
  constexpr uint32_t itself = 0;
  constexpr uint32_t query = UINT32_MAX;
  std::vector<Condition> all{
      {SYS_clone, 0, without_bits, {new_namespaces | for_its_parent}},
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
      {SYS_ioctl, 1, none_of, {TIOCSTI, TIOCLINUX}},
  };
  if (options.network) {
    // getaddrinfo(3) asks by netlink which addresses there are.
    all.push_back({SYS_socket, 0, one_of, {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK}});
  } else {
    // Of a pair, those of datagrams can send to others by their names.
    constexpr uint32_t close_on_exec = SOCK_CLOEXEC;
    constexpr uint32_t no_wait = SOCK_NONBLOCK;
    all.push_back({SYS_socketpair, 1, one_of, {}});
    for (uint32_t type : {SOCK_STREAM, SOCK_SEQPACKET}) {
      for (uint32_t flags : {0U, close_on_exec, no_wait, close_on_exec | no_wait}) {
        all.back().values.push_back(type | flags);
      }
    }
  }
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

constexpr sock_filter load(size_t offset) { return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<uint32_t>(offset)); }
constexpr sock_filter end(uint32_t action) { return BPF_STMT(BPF_RET | BPF_K, action); }

// Makes the program from its end to its beginning, since jumps go forward: a place is how many steps from the end on
// are there. What many lead to is there once, for the kernel translates every step at each start of a program.
class Writer {
 public:
  using Place = size_t;

  Place put(sock_filter step) {
    backwards_.push_back(step);
    return backwards_.size();
  }
  Place jump(uint16_t how, uint32_t value, Place yes, Place no) {
    const Place next = backwards_.size();
    const size_t to_yes = next - yes;
    size_t to_no = next - no;
    if (to_no > UINT8_MAX) {
      put(BPF_STMT(BPF_JMP | BPF_JA, static_cast<uint32_t>(to_no)));
      return jump(how, value, yes, backwards_.size());
    }
    if (to_yes > UINT8_MAX) {
      put(BPF_STMT(BPF_JMP | BPF_JA, static_cast<uint32_t>(to_yes)));
      return jump(how, value, backwards_.size(), no);
    }
    return put(BPF_JUMP(static_cast<uint16_t>(BPF_JMP | BPF_K | how), value, static_cast<uint8_t>(to_yes),
                        static_cast<uint8_t>(to_no)));
  }
  std::vector<sock_filter> take() {
    std::ranges::reverse(backwards_);
    return std::move(backwards_);
  }

 private:
  std::vector<sock_filter> backwards_;
};

// Where a filter can lead to.
struct Ends {
  Writer::Place refused, allowed, unknown;
};

// Goes on at `held` where the condition holds.
Writer::Place write(Writer& to, const Condition& condition, Writer::Place held, const Ends& ends) {
  Writer::Place first = ends.refused;
  switch (condition.kind) {
    case Condition::one_of:
      for (uint32_t value : condition.values) first = to.jump(BPF_JEQ, value, held, first);
      break;
    case Condition::none_of:
      first = held;
      for (uint32_t value : condition.values) first = to.jump(BPF_JEQ, value, ends.refused, first);
      break;
    case Condition::without_bits: first = to.jump(BPF_JSET, condition.values.front(), ends.refused, held); break;
    case Condition::null:
      to.jump(BPF_JEQ, 0, held, ends.refused);
      first = to.put(load(offset_of_argument(condition.argument, true)));
      first = to.jump(BPF_JEQ, 0, first, ends.refused);
      break;
  }
  return to.put(load(offset_of_argument(condition.argument, false)));
}

// From this number on, up to the next case, the filter goes on there.
struct Case {
  uint32_t from;
  Writer::Place to;
};

// What is done with single numbers; with all others what is done with those that nobody knows of.
class Cases {
 public:
  void set(long call, Writer::Place to) { cases_[static_cast<uint32_t>(call)] = to; }
  // Where what is set for a number leads to.
  Writer::Place get(long call, Writer::Place otherwise) const {
    const auto found = cases_.find(static_cast<uint32_t>(call));
    return found == cases_.end() ? otherwise : found->second;
  }
  std::vector<Case> take(Writer::Place otherwise) const {
    std::vector<Case> all{{0, otherwise}};
    const auto begin_with = [&](uint32_t from, Writer::Place to) {
      if (all.back().from == from) all.pop_back();
      if (all.empty() || all.back().to != to) all.push_back({from, to});
    };
    for (const auto& [number, to] : cases_) {
      begin_with(number, to);
      begin_with(number + 1, otherwise);
    }
    return all;
  }

 private:
  std::map<uint32_t, Writer::Place> cases_;
};

// Halves the cases until one is left: the kernel asks the filter for each number when it is entered.
Writer::Place write_tree(Writer& to, std::span<const Case> cases) {
  if (cases.size() == 1) return cases.front().to;
  const size_t half = cases.size() / 2;
  const Writer::Place upper = write_tree(to, cases.subspan(half));
  const Writer::Place lower = write_tree(to, cases.first(half));
  return to.jump(BPF_JGE, cases[half].from, upper, lower);
}

}  // namespace

std::vector<sock_filter> make_call_filter(const CallFilterOptions& options) {
  Writer filter;
  const Ends ends{filter.put(end(refuse)), filter.put(end(allow)), filter.put(end(unknown))};
  Cases cases;
  const auto refuse_all = [&](std::span<const long> calls) {
    for (long call : calls) cases.set(call, ends.refused);
  };
  refuse_all(always);
  if (!options.change_modes) refuse_all(modes_by_path);
  if (!options.signals) refuse_all(signals_by_number);
  // A local socket, too: who listens at one may do for the user of the server what its program may not, as D-Bus and
  // systemd start what they are asked to. No filter sees to whom a socket connects.
  if (!options.network) cases.set(SYS_socket, ends.refused);
  if (!options.truncate) cases.set(SYS_truncate, ends.refused);
  cases.set(SYS_clone3, ends.unknown);
  for (const Condition& condition : conditions(options)) {
    cases.set(condition.call, write(filter, condition, cases.get(condition.call, ends.allowed), ends));
  }
  const Writer::Place known = write_tree(filter, cases.take(ends.allowed));
  filter.jump(BPF_JGE, foreign_numbers, ends.refused, known);
  const Writer::Place numbers = filter.put(load(offsetof(seccomp_data, nr)));
  filter.jump(BPF_JEQ, native, numbers, ends.refused);
  filter.put(load(offsetof(seccomp_data, arch)));
  return filter.take();
}

}  // namespace webserv::detail
