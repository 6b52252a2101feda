// What keeps a program from all that is not its own: rules of the kernel for files, sockets and signals (landlock(7)),
// a filter of system calls (seccomp(2)), and a temporary folder that no other run has.
#pragma once

#include <linux/filter.h>
#include <sys/types.h>

#include <ctime>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "webserv/base/result.h"
#include "webserv/process/landlock.h"
#include "webserv/process/run_folders.h"

namespace webserv::detail {

// Without links, sorted by bytes, so that what is below a folder stands together.
using RealPaths = std::set<std::string, std::less<>>;

// Absolute paths that a sandbox keeps from programs where what it usually gives them would hold them.
struct HiddenPaths {
  // Those of the server: of its configuration, secrets, state. Not even in the folder of the scripts.
  std::vector<std::string> secrets;
  // Folders of other sites; those in the folder of the scripts are its own.
  std::vector<std::string> roots;

  // `roots` without links: asked for once, since there may be thousands, for all routes. From any thread.
  const RealPaths& real_roots() const;

  struct Resolved {
    std::once_flag once;
    RealPaths roots;
  };
  std::shared_ptr<Resolved> resolved = std::make_shared<Resolved>();  // filled by real_roots()
};

// What the programs of a route may reach beside what is usual: the system's programs, libraries and data (usual_paths),
// /dev/null and the like, and a temporary folder. All paths are absolute; what is not there is left out.
struct SandboxRules {
  std::vector<std::string> own;       // files and folders of the route: to read and to run
  std::vector<std::string> programs;  // the same; one in PREFIX/bin with the libraries of PREFIX: of_installation()
  std::vector<std::string> read;      // the same, beside them
  std::vector<std::string> write;     // to read, to change, to make and to remove, but not to run
  bool network = false;               // sockets but pairs of unix(7)
  std::shared_ptr<const HiddenPaths> hidden{};  // null: none
};

// One sandbox; one run at a time is in it.
class Sandbox {
 public:
  const std::string& folder() const { return folder_.path(); }
  // For landlock_restrict_self(2); -1 where the kernel has no Landlock.
  int rules() const { return rules_ ? rules_->fd() : -1; }
  const sock_fprog& filter() const { return filter_; }

 private:
  friend class Sandboxes;
  // A path that the rules name, or its own folder, and what was there.
  struct Named {
    const std::string* path;
    dev_t device;
    ino_t file;
    bool operator==(const Named&) const = default;
  };
  static Named named(const std::string& path);

  Sandbox(RunFolder folder, const sock_fprog& filter) : folder_(std::move(folder)), filter_(filter) {}

  RunFolder folder_;
  const sock_fprog& filter_;
  std::unique_ptr<landlock::Rules> rules_;
  std::vector<Named> named_;
  timespec etc_changed_{};  // when a file of /etc was replaced for the last time
};

// The sandboxes of a route: made when a run needs one, and used again. From any thread.
class Sandboxes : public std::enable_shared_from_this<Sandboxes> {
 public:
  // `landlock_version` is that of the kernel, or a lower one.
  Sandboxes(SandboxRules rules, std::shared_ptr<RunFolders> folders, int landlock_version = landlock::version());

  // One that nobody is in, with an empty folder. With the last reference it is free again, unless something is left in
  // its folder: then it ends, and that is removed. Rules hold for files, not for their names: where one of the paths of
  // the route, or a file of /etc, is another one by now, they are made anew.
  Result<std::shared_ptr<const Sandbox>> take();

 private:
  Result<std::unique_ptr<Sandbox>> make();
  Result<> make_rules(Sandbox& sandbox) const;
  bool is_current(const Sandbox& sandbox) const;
  std::unique_ptr<Sandbox> take_free();
  void give(std::unique_ptr<Sandbox> sandbox) noexcept;

  const SandboxRules rules_;
  const std::shared_ptr<RunFolders> folders_;
  const int version_;
  const sock_fprog& filter_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Sandbox>> free_;
};

// What of the sandbox the kernel lacks and what that costs, for a person to read; empty where nothing.
std::string sandbox_gaps(int landlock_version = landlock::version());

}  // namespace webserv::detail
