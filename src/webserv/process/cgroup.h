// Control groups (cgroup v2): each run of a program gets a group of its own, so that it and all that it started can be
// limited, measured and ended as one, whatever they do to escape. Kernel documentation: admin-guide/cgroup-v2.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "webserv/base/result.h"
#include "webserv/io/fd.h"

namespace webserv {

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

// The path of the cgroup of a process, from what /proc/PID/cgroup and /proc/PID/mountinfo say. The error is the reason
// why it cannot be used, for a person to read: groups of the older version 1 beside it keep the controllers.
std::expected<std::string, std::string> locate_cgroup(std::string_view cgroup, std::string_view mountinfo);

// The server's own part of the hierarchy, beneath which the groups of runs are made. From any thread.
//
// Whatever runs as the user of the server may write to its groups too: what is meant to escape can move itself to
// another one. Against that only another user helps.
class CgroupTree {
 public:
  // Takes possession of the group that was delegated to this process: by systemd (Delegate=yes, which it marks by an
  // extended attribute; with DelegateSubgroup= we are in a group beneath it), by a change of its owner, or as the root
  // of a container. Call it once, before there are threads. The error is the reason why there is none.
  static std::expected<std::unique_ptr<CgroupTree>, std::string> find();

  // The same with the group at `path`. If this process is in it, it moves to the group "server" beneath it, because a
  // group with processes cannot hand out controllers. Removes what an earlier server left behind, and hands out those
  // controllers that are there.
  static std::expected<std::unique_ptr<CgroupTree>, std::string> take(std::string path);

  // A group for a run. Limits whose controller is missing are left out.
  Result<Cgroup> make(const RunLimits& limits);

  bool limits_memory() const { return memory_; }
  bool limits_tasks() const { return tasks_; }
  bool weighs_cpu() const { return cpu_; }
  // What is not guaranteed and why, for a person to read; empty where all is.
  const std::string& missing() const { return missing_; }
  const std::string& path() const { return path_; }

 private:
  CgroupTree(std::string path, Fd folder)
      : path_(std::move(path)), folder_(std::make_shared<const Fd>(std::move(folder))) {}
  void hand_out_controllers();
  void weigh_server() const;
  bool hand_out(std::string_view controllers, std::string_view name, std::string_view loss);
  void remove_leftovers() const;

  const std::string path_;
  const std::shared_ptr<const Fd> folder_;  // shared with the groups, which may outlive this
  bool memory_ = false;
  bool tasks_ = false;
  bool cpu_ = false;
  std::string missing_;
  std::atomic<uint64_t> made_{0};
};

}  // namespace webserv
