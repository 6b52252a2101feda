// What a Process owns, and the loop when its owner is gone.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>

#include "webserv/base/clock.h"
#include "webserv/io/loop.h"
#include "webserv/io/pipe_stream.h"
#include "webserv/process/cgroup.h"
#include "webserv/process/exit.h"
#include "webserv/process/orphans.h"
#include "webserv/process/process_tree.h"
#include "webserv/process/sandbox.h"

namespace webserv::detail {

// A program and what it started, from its start until all of it is gone and reaped.
class ChildProcess final : public Leftover, private Watcher, private Deadline {
 public:
  struct Pipes {
    Fd input, output, errors;  // our ends
  };
  // What holds it, where there is something.
  struct Bounds {
    std::optional<Cgroup> cgroup;
    std::shared_ptr<const Sandbox> sandbox;
  };

  // Before the program is started: what is started has an owner, whatever fails.
  ChildProcess(Loop& loop, Pipes pipes, Bounds bounds, std::shared_ptr<Orphans> orphans, Clock::duration grace);
  // Of one that is left to the loop, where the loop ends: kills it and waits for a moment.
  ~ChildProcess() override;

  PipeStream& input() { return input_; }
  PipeStream& output() { return output_; }
  PipeStream& errors() { return errors_; }
  pid_t id() const { return id_; }
  const Cgroup* cgroup() const { return cgroup_ ? &*cgroup_ : nullptr; }

  void started(pid_t id, Fd pidfd);

  std::optional<Exit> exit();
  // Null: nobody waits any more.
  void wait(ExitWaiter* waiting);
  void end();
  void kill();
  RunUsage usage() const;

  // Its owner is gone: brings all of it to its end.
  static void leave(std::unique_ptr<ChildProcess> child);

 private:
  void ready(uint32_t events) override;
  void expired() override;
  Result<> watch();
  void look_later();
  void signal(int number);
  bool signal_group(int number);
  bool gone();
  bool group_is_gone();
  void reap();

  PipeStream input_;
  PipeStream output_;
  PipeStream errors_;
  pid_t id_ = 0;                                  // also of its session and process group
  Fd pidfd_;                                      // none: it was not started
  const std::shared_ptr<const Sandbox> sandbox_;  // ends after the cgroup, and all that is in it
  std::optional<Cgroup> cgroup_;
  Escaped escaped_;                         // where there is no cgroup
  const std::shared_ptr<Orphans> orphans_;  // null: they are not ours
  const Clock::duration grace_;
  Clock::time_point kill_at_ = Clock::time_point::max();
  ExitWaiter* waiting_ = nullptr;
  std::optional<Exit> exit_;
  RunUsage usage_;  // of the program itself
  bool watched_ = false;
  bool killed_ = false;
  bool reaped_ = false;
  bool left_ = false;
  bool gone_ = false;
};

}  // namespace webserv::detail
