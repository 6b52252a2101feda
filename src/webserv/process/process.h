// A program that was started: owned by a Process, ended as a tree and reaped whichever way out.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <coroutine>
#include <memory>
#include <optional>

#include "webserv/base/clock.h"
#include "webserv/io/pipe_stream.h"
#include "webserv/process/cgroup.h"
#include "webserv/process/exit.h"

namespace webserv::detail {

class ChildProcess;

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
  explicit Process(std::unique_ptr<ChildProcess> child);

  std::unique_ptr<ChildProcess> child_;
};

class Process::Ended : private ExitWaiter {
 public:
  explicit Ended(ChildProcess& child) : child_(child) {}
  Ended(const Ended&) = delete;
  ~Ended();
  bool await_ready();
  void await_suspend(std::coroutine_handle<> who);
  Exit await_resume() const { return exit; }

 private:
  ChildProcess& child_;
};

inline Process::Ended Process::ended() { return Ended(*child_); }

}  // namespace webserv::detail
