#include "webserv/process/orphans.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <system_error>
#include <thread>

#include "webserv/io/fd.h"
#include "webserv/process/process_tree.h"

namespace webserv::detail {

namespace {

// Looking costs some reads of /proc, so it is done for the runs of a while together.
constexpr Clock::duration sweep_pause = std::chrono::milliseconds(256);

}  // namespace

class Orphans::Sweeping final : public Leftover, private Deadline {
 public:
  Sweeping(Loop& loop, std::shared_ptr<Orphans> orphans)
      : Leftover(loop), Deadline(loop.wheel()), orphans_(std::move(orphans)) {
    expires_at(loop.now() + sweep_pause);
  }
  // Where the loop ends, another may take over.
  ~Sweeping() override {
    if (ended_) return;
    orphans_->scheduled_.store(false);
    orphans_->sweep();
  }

 private:
  void expired() override {
    // From now on it is another's turn to look for what ends meanwhile.
    orphans_->scheduled_.store(false);
    if (orphans_->sweep() && !orphans_->scheduled_.exchange(true)) return expires_at(loop().now() + sweep_pause);
    ended_ = true;
    done();
  }

  std::shared_ptr<Orphans> orphans_;
  bool ended_ = false;
};

Orphans::Orphans() : others_(children_of(::getpid())) {
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) throw std::system_error(errno, std::system_category(), "prctl");
}

Orphans::~Orphans() {
  // The children of those that end are adopted in their turn. What does not end in this time hangs in the kernel.
  constexpr int most_rounds = 200;
  constexpr auto pause = std::chrono::milliseconds(5);
  for (int round = 0; round < most_rounds && sweep(); ++round) std::this_thread::sleep_for(pause);
}

void Orphans::add(const std::shared_ptr<Orphans>& orphans, pid_t run, Loop& loop) {
  {
    std::lock_guard lock(orphans->mutex_);
    orphans->runs_.insert(run);
  }
  if (!orphans->scheduled_.exchange(true)) loop.keep(std::make_unique<Sweeping>(loop, orphans));
}

void Orphans::remove(pid_t run) {
  std::lock_guard lock(mutex_);
  runs_.erase(run);
}

bool Orphans::may_belong_to_a_run(pid_t orphan) const {
  uint64_t since = start_time_of(orphan);
  return std::ranges::any_of(runs_, [since](pid_t run) { return start_time_of(run) <= since; });
}

bool Orphans::sweep() {
  // Where many programs are started there is always one that is: it is looked again later, for nobody waits here.
  std::unique_lock nothing_starts(starting_, std::try_to_lock);
  if (!nothing_starts) return true;
  std::lock_guard lock(mutex_);
  bool some_left = !runs_.empty();
  for (pid_t id : children_of(::getpid())) {
    if (runs_.contains(id) || std::ranges::find(others_, id) != others_.end()) continue;
    Fd orphan(static_cast<int>(::syscall(SYS_pidfd_open, id, 0)));
    siginfo_t info{};
    // Somebody else may have reaped it, and the number may be another's now.
    bool ours = orphan && ::waitid(P_PIDFD, static_cast<id_t>(orphan.get()), &info, WEXITED | WNOHANG) == 0;
    if (!ours) continue;
    // One that has just ended may have left others, which have come to us since.
    some_left = true;
    if (info.si_pid != 0) continue;
    if (!may_belong_to_a_run(id)) ::syscall(SYS_pidfd_send_signal, orphan.get(), SIGKILL, nullptr, 0);
  }
  return some_left;
}

}  // namespace webserv::detail
