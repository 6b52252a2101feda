// The part of the hierarchy of control groups that is the server's own.
#pragma once

#include <atomic>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "webserv/base/result.h"
#include "webserv/io/fd.h"
#include "webserv/process/cgroup.h"

namespace webserv::detail {

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

}  // namespace webserv::detail
