// Programs: started with the least that execve(2) needs, owned by a Process, ended as a tree and reaped whichever way
// out.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <coroutine>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "webserv/base/clock.h"
#include "webserv/base/result.h"
#include "webserv/io/loop.h"
#include "webserv/io/pipe_stream.h"
#include "webserv/process/cgroup.h"

namespace webserv {

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
  Input input = Input::empty;
  int input_file = -1;  // with Input::file; borrowed
  RunLimits limits{};   // kept where there are cgroups, else by resource limits as far as they go
  std::span<const ResourceLimit> resource_limits{};
  // How long what runs has between SIGTERM and SIGKILL when it is ended. Zero: it is killed at once, but for runs
  // without a cgroup, which have `courtesy`, since a program may know of children that we cannot find.
  Clock::duration grace{};
};

// How a program ended.
struct Exit {
  int code = 0;    // of exit(3)
  int signal = 0;  // that ended it; 0 where it ended by itself
  bool operator==(const Exit&) const = default;
};

class Process;

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

  // Null where there are none.
  const CgroupTree* cgroups() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// A program that was started, and all that it started. The destructor closes the pipes and ends what still runs, after
// the grace of the launch; it does not wait for that: the loop keeps what is left until it is gone and reaped.
class Process {
 public:
  static constexpr Clock::duration courtesy = std::chrono::seconds(2);

  Process(Process&&) noexcept;
  Process& operator=(Process&&) = delete;
  ~Process();

  PipeStream& input();  // with Input::pipe only; end_output() closes it
  PipeStream& output();
  PipeStream& errors();

  pid_t id() const;

  // Awaitable, by one coroutine at a time: goes on when the program itself has ended; what it started may still run and
  // write. There is no deadline: end() or kill() bring it about. Exit.
  class Ended;
  Ended ended();
  // Nothing as long as it runs.
  std::optional<Exit> exit();

  // Ends the whole tree: SIGTERM and, when the grace has passed, SIGKILL; or SIGKILL at once.
  void end();
  void kill();

  // Once all has ended; what is known until now before.
  RunUsage usage() const;

 private:
  friend class Spawner;
  class Child;
  explicit Process(std::unique_ptr<Child> child);

  std::unique_ptr<Child> child_;
};

class Process::Ended {
 public:
  explicit Ended(Child& child) : child_(child) {}
  Ended(const Ended&) = delete;
  ~Ended();
  bool await_ready();
  void await_suspend(std::coroutine_handle<> waiter);
  Exit await_resume() const { return exit_; }

 private:
  friend class Child;
  Child& child_;
  std::coroutine_handle<> waiter_;
  Exit exit_;
};

inline Process::Ended Process::ended() { return Ended(*child_); }

}  // namespace webserv
