// Starts programs with the least that execve(2) needs.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>

#include "webserv/base/clock.h"
#include "webserv/base/result.h"
#include "webserv/process/cgroup_tree.h"
#include "webserv/process/process.h"
#include "webserv/process/run_folders.h"
#include "webserv/process/sandbox.h"

namespace webserv::detail {

// Where a start failed.
enum class SpawnStep : uint8_t {
  pipe,         // no descriptors left
  cgroup,       // its group could not be made
  clone,        // too many processes, or too little memory
  input,        // /dev/null or the given file could not become its standard input
  descriptors,  // the others could not be closed
  session,
  limits,   // a resource limit above what this process may give
  folder,   // its working directory
  sandbox,  // the kernel or the unit of the server lets it enter none
  execute,  // execve(2): not there, not executable, no such format, too much of arguments and environment
};

struct SpawnError {
  SpawnStep step;
  Error error;
};

// "cannot be executed: Permission denied", for a log.
std::string describe(const SpawnError& error);

// As for setrlimit(2): both limits become `most`.
struct ResourceLimit {
  int resource;
  uint64_t most;
};

// A program's standard input.
enum class Input : uint8_t {
  empty,  // /dev/null
  file,   // a descriptor, read from where it stands
  pipe,   // written by way of Process::input()
};

// What to start, and how. All that it points to lives until spawn() returns.
struct Launch {
  const char* program = nullptr;             // a path, executed as it is: PATH is not searched
  const char* const* arguments = nullptr;    // from argv[0] on, and a null pointer behind the last: see CStrings
  const char* const* environment = nullptr;  // "NAME=value", the same way; nothing is added to it
  const char* folder = nullptr;              // the working directory; null: this process's own
  std::shared_ptr<const Sandbox> sandbox{};  // it is in use until all of the run has ended; null: none
  Input input = Input::empty;
  int input_file = -1;  // with Input::file; borrowed
  RunLimits limits{};   // kept where there are cgroups, else by resource limits as far as they go
  std::span<const ResourceLimit> resource_limits{};
  // How long what runs has between SIGTERM and SIGKILL when it is ended. Zero: it is killed at once, but for runs
  // without a cgroup, which have `courtesy`, since a program may know of children that we cannot find.
  Clock::duration grace{};
};

// What is needed to start programs, once in a process and for all its threads.
class Spawner {
 public:
  // Without cgroups, what a program starts is found by its process group and, as far as possible, by its parents.
  //
  // `threads` of them may start a program at the same time; more wait for each other. Construct it before descriptors
  // come and go: it keeps a few low numbers, because a child gets copies of those numbers and of lower ones alone (the
  // kernel rounds up to 64, for a moment). A copy of a connection's descriptor keeps the connection open. Where SIGCHLD
  // is ignored in this process, it gets its default again, or nobody could say how a program ended. Throws
  // std::system_error.
  explicit Spawner(unsigned threads, std::unique_ptr<CgroupTree> cgroups = nullptr);
  ~Spawner();
  Spawner(const Spawner&) = delete;

  // Makes this process the parent of what escapes from a run by ending its own parents, and ends it when the run has
  // ended. For programs in which nothing else starts processes, where there are no cgroups or this process is the one
  // that adopts all orphans anyway; before the first spawn(). Throws std::system_error.
  void adopt_orphans();

  // Starts a program. It returns when the program is executed or has failed to; the thread waits for that, some hundred
  // microseconds. Call it on the loop's thread: the kernel kills the program when that thread ends.
  std::expected<Process, SpawnError> spawn(Loop& loop, const Launch& launch);

  // For sandboxes; beneath temporary_folder().
  const std::shared_ptr<RunFolders>& folders() const;

  // Null where there are none.
  const CgroupTree* cgroups() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace webserv::detail
