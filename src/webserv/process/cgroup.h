// Control groups (cgroup v2): each run of a program gets a group of its own, so that it and all that it started can be
// limited, measured and ended as one, whatever they do to escape. Kernel documentation: admin-guide/cgroup-v2.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "webserv/base/result.h"
#include "webserv/io/fd.h"

namespace webserv::detail {

// What a program and all that it starts may use together; 0 where there is no limit.
struct RunLimits {
  uint64_t memory = 0;      // bytes; where the limit is met, all of the run is killed
  uint64_t tasks = 0;       // processes and threads
  uint32_t cpu_weight = 0;  // 1 to 10000: the share of the processors where they are scarce; 100 is usual
};

// What a run has used. Where it had no cgroup: the program and those of its children that it waited for.
struct RunUsage {
  std::chrono::microseconds cpu{};
  uint64_t memory_peak = 0;    // bytes; 0 where that is not known (cgroups before Linux 5.19)
  bool out_of_memory = false;  // the kernel killed it because of its limit
};

// The group of one run. It belongs to one thread.
class Cgroup {
 public:
  Cgroup(Cgroup&&) = default;
  // Removes the group where remove() could not yet: kills what still runs in it, and waits for a moment.
  ~Cgroup();

  // The folder, for CLONE_INTO_CGROUP.
  int fd() const { return folder_.get(); }

  // Kills everything in it, whatever forks meanwhile (cgroup.kill; signals before Linux 5.14).
  void kill();
  // Sends a signal to each process in it, other than SIGKILL; one that is just being forked may be missed.
  void signal(int number);
  // Whether something runs in it.
  bool populated() const;

  RunUsage usage() const;

  // With the groups that were made in it. Error::device_or_resource_busy as long as something in it runs.
  Result<> remove();

 private:
  friend class CgroupTree;
  Cgroup(std::shared_ptr<const Fd> parent, std::string name, Fd folder)
      : parent_(std::move(parent)), name_(std::move(name)), folder_(std::move(folder)) {}

  std::shared_ptr<const Fd> parent_;  // null once it is removed
  std::string name_;
  Fd folder_;
};

}  // namespace webserv::detail
