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
  // Removes the group where remove() was not called or could not yet; what still runs in it is killed.
  ~Cgroup();

  // The folder, for CLONE_INTO_CGROUP.
  int fd() const { return folder_.get(); }

  // Kills everything in it, whatever forks meanwhile (cgroup.kill; signals before Linux 5.14).
  void kill();
  // Sends a signal to each process in it; one that is just being forked may be missed.
  void signal(int number);
  // Whether something runs in it.
  bool populated() const;

  RunUsage usage() const;

  // Error::device_or_resource_busy as long as something in it runs.
  Result<> remove();

 private:
  friend class CgroupTree;
  Cgroup(int parent, std::string name, Fd folder)
      : parent_(parent), name_(std::move(name)), folder_(std::move(folder)) {}

  int parent_;        // the tree's folder, which outlives it
  std::string name_;  // empty once removed
  Fd folder_;
};

// The server's own part of the hierarchy, beneath which the groups of runs are made. From any thread.
class CgroupTree {
 public:
  // Where to look; other than the default in tests alone.
  struct Place {
    std::string process = "/proc/self";  // whose cgroup and mountinfo are read
    std::string mount;                   // where cgroup v2 is mounted; found in mountinfo where it is empty
  };

  // Takes possession of the group that was delegated to this process (systemd's Delegate=yes, or a container's own
  // root): moves the process to the group "server" in it, unless systemd has put it into one already
  // (DelegateSubgroup=), because a group with processes cannot hand out controllers; removes what an earlier server
  // left behind; and hands out as many controllers as there are. Call it once, before there are threads.
  //
  // The error is the reason why there is none, for a person to read.
  static std::expected<std::unique_ptr<CgroupTree>, std::string> find(const Place& place);
  static std::expected<std::unique_ptr<CgroupTree>, std::string> find() { return find(Place{}); }

  // A group for a run. Limits whose controller is missing are left out.
  Result<Cgroup> make(const RunLimits& limits);

  bool limits_memory() const { return memory_; }
  bool limits_tasks() const { return tasks_; }
  bool weighs_cpu() const { return cpu_; }
  // What is not guaranteed and why, for a person to read; empty where all is.
  const std::string& missing() const { return missing_; }
  const std::string& path() const { return path_; }

 private:
  CgroupTree(std::string path, Fd folder) : path_(std::move(path)), folder_(std::move(folder)) {}
  void hand_out_controllers();
  void remove_leftovers();

  const std::string path_;
  const Fd folder_;
  bool memory_ = false;
  bool tasks_ = false;
  bool cpu_ = false;
  bool swap_ = false;  // memory.swap.max is there
  std::string missing_;
  std::atomic<uint64_t> made_{0};
};

}  // namespace webserv
