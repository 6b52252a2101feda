// What has escaped from runs without a cgroup: processes whose parents have ended become children of the server
// (PR_SET_CHILD_SUBREAPER, prctl(2)), and are ended once their run is.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <unordered_set>
#include <vector>

#include "webserv/io/loop.h"

namespace webserv::detail {

// One in a process, from any thread. Every child of the process that is neither a run nor was there before is an orphan
// to it, so nothing else may start processes.
class Orphans {
 public:
  // Makes this process the parent of orphans. Throws std::system_error.
  Orphans();
  // Ends those that are left, and theirs, and waits for that: a second at most.
  ~Orphans();
  Orphans(const Orphans&) = delete;

  // Held while a program is started, until it is add()ed: what is not known yet must not be taken for an orphan.
  std::shared_lock<std::shared_mutex> starting() { return std::shared_lock(starting_); }
  // As long as there are runs or orphans, one of the loops that add runs sweeps from time to time.
  static void add(const std::shared_ptr<Orphans>& orphans, pid_t run, Loop& loop);
  // Once it is reaped.
  void remove(pid_t run);

 private:
  class Sweeping;

  // Reaps the orphans that have ended, and kills those that were there before each run that goes on: from which run one
  // came cannot be known, but from none that began later. Whether runs or orphans are left.
  bool sweep();
  bool may_belong_to_a_run(pid_t orphan) const;

  const std::vector<pid_t> others_;  // children that were there before
  std::shared_mutex starting_;
  std::mutex mutex_;
  std::unordered_set<pid_t> runs_;
  std::atomic<bool> scheduled_{false};
};

}  // namespace webserv::detail
