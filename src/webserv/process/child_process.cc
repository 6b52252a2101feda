#include "webserv/process/child_process.h"

#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <utility>

namespace webserv::detail {

namespace {

// How often it is looked whether what was killed is gone.
constexpr Clock::duration look_again = std::chrono::milliseconds(64);

// What was killed ends within this time, unless the kernel itself is stuck with it.
constexpr int last_milliseconds = 1000;

std::chrono::microseconds duration_of(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

}  // namespace

ChildProcess::ChildProcess(Loop& loop, Pipes pipes, Bounds bounds, std::shared_ptr<Orphans> orphans,
                           Clock::duration grace)
    : Leftover(loop),
      Deadline(loop.wheel()),
      input_(loop, std::move(pipes.input)),
      output_(loop, std::move(pipes.output)),
      errors_(loop, std::move(pipes.errors)),
      sandbox_(std::move(bounds.sandbox)),
      cgroup_(std::move(bounds.cgroup)),
      orphans_(std::move(orphans)),
      grace_(grace) {}

void ChildProcess::started(pid_t id, Fd pidfd) {
  id_ = id;
  pidfd_ = std::move(pidfd);
  if (orphans_) Orphans::add(orphans_, id_, loop());
}

std::optional<Exit> ChildProcess::exit() {
  if (exit_) return exit_;
  siginfo_t info{};
  rusage used{};
  // It stays a zombie until reap(): its number is that of its process group too, and must not become somebody else's.
  long result = ::syscall(SYS_waitid, P_PIDFD, pidfd_.get(), &info, WEXITED | WNOHANG | WNOWAIT, &used);
  // Somebody else has reaped it, and nobody can say how it ended.
  if (result != 0 && errno == ECHILD) return exit_ = Exit{.signal = SIGKILL};
  if (result != 0 || info.si_pid == 0) return std::nullopt;
  exit_.emplace();
  (info.si_code == CLD_EXITED ? exit_->code : exit_->signal) = info.si_status;
  usage_.cpu = duration_of(used.ru_utime) + duration_of(used.ru_stime);
  usage_.memory_peak = static_cast<uint64_t>(used.ru_maxrss) * 1024;
  return exit_;
}

RunUsage ChildProcess::usage() const { return cgroup_ ? cgroup_->usage() : usage_; }

Result<> ChildProcess::watch() {
  if (watched_) return {};
  Result<> watching = loop().watch(pidfd_.get(), EPOLLIN | EPOLLET, *this);
  watched_ = watching.has_value();
  return watching;
}

void ChildProcess::wait(ExitWaiter* waiting) {
  waiting_ = waiting;
  if (waiting != nullptr && !watch()) look_later();
}

void ChildProcess::ready(uint32_t) {
  if (left_) {
    if (gone()) done();
    return;
  }
  if (waiting_ == nullptr || !exit()) return;
  ExitWaiter* ended = std::exchange(waiting_, nullptr);
  ended->exit = *exit_;
  drive(ended->waiter);
}

void ChildProcess::look_later() { expires_at(std::min(kill_at_, loop().now() + look_again)); }

void ChildProcess::expired() {
  // Once more what was killed already: something may have escaped meanwhile.
  if (killed_ || loop().now() >= kill_at_) kill();
  if (left_ || waiting_ != nullptr) look_later();
  ready(0);
}

void ChildProcess::signal(int number) {
  if (cgroup_) {
    number == SIGKILL ? cgroup_->kill() : cgroup_->signal(number);
    // Whoever may do so may have moved it to another group, and removed its own. It is ours all the same.
    if (!exit_ && (number == SIGKILL || !cgroup_->populated())) signal_group(number);
    return;
  }
  if (!reaped_) escaped_.find(id_);
  escaped_.signal(number);
  signal_group(number);
}

// To the process group; false where nobody is in it.
bool ChildProcess::signal_group(int number) {
  constexpr unsigned to_group = 1 << 2;  // PIDFD_SIGNAL_PROCESS_GROUP
  if (::syscall(SYS_pidfd_send_signal, pidfd_.get(), number, nullptr, to_group) == 0) return true;
  // Before Linux 6.9 by its number, which is its own as long as somebody is in it.
  return errno == EINVAL && ::kill(-id_, number) == 0;
}

void ChildProcess::end() {
  if (grace_ == Clock::duration::zero()) return kill();
  if (killed_ || kill_at_ != Clock::time_point::max()) return;
  kill_at_ = loop().now() + grace_;
  expires_at(kill_at_);
  signal(SIGTERM);
}

void ChildProcess::kill() {
  killed_ = true;
  kill_at_ = Clock::time_point::max();
  signal(SIGKILL);
}

void ChildProcess::reap() {
  if (std::exchange(reaped_, true)) return;
  siginfo_t info{};
  ::waitid(P_PIDFD, static_cast<id_t>(pidfd_.get()), &info, WEXITED | WNOHANG);
  if (orphans_) orphans_->remove(id_);
}

// Whether nothing is left, as far as can be known.
bool ChildProcess::gone() {
  if (gone_) return true;
  if (!exit()) return false;
  reap();
  return gone_ = cgroup_ ? cgroup_->remove().has_value() : group_is_gone();
}

bool ChildProcess::group_is_gone() {
  bool somebody = signal_group(0);
  if (somebody) {
    reap_group(id_);
    somebody = signal_group(0);
  }
  return !somebody && !escaped_.any();
}

void ChildProcess::leave(std::unique_ptr<ChildProcess> child) {
  ChildProcess& self = *child;
  self.left_ = true;
  self.input_.close();
  self.output_.close();
  self.errors_.close();
  bool over = self.gone();
  // Events of this turn may still be told: it is destroyed at its end.
  self.loop().keep(std::move(child));
  if (over) return self.done();
  self.end();
  [[maybe_unused]] Result<> watched = self.watch();
  self.look_later();
}

ChildProcess::~ChildProcess() {
  if (!pidfd_) return;
  // A process that another thread is starting may have a copy of it for a moment: see DescriptorStream.
  if (watched_) loop().unwatch(pidfd_.get());
  if (gone()) return;
  kill();
  pollfd end{pidfd_.get(), POLLIN, 0};
  ::poll(&end, 1, last_milliseconds);
  gone();
}

}  // namespace webserv::detail
