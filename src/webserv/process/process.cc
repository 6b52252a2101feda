#include "webserv/process/process.h"

#include <utility>

#include "webserv/process/child_process.h"

namespace webserv::detail {

Process::Process(std::unique_ptr<ChildProcess> child) : child_(std::move(child)) {}
Process::Process(Process&&) noexcept = default;
Process::~Process() {
  if (child_) ChildProcess::leave(std::move(child_));
}

PipeStream& Process::input() { return child_->input(); }
PipeStream& Process::output() { return child_->output(); }
PipeStream& Process::errors() { return child_->errors(); }
pid_t Process::id() const { return child_->id(); }
std::optional<Exit> Process::exit() { return child_->exit(); }
void Process::end() { child_->end(); }
void Process::kill() { child_->kill(); }
RunUsage Process::usage() const { return child_->usage(); }

Process::Ended::~Ended() {
  if (waiter) child_.wait(nullptr);
}

bool Process::Ended::await_ready() {
  std::optional<Exit> ended = child_.exit();
  if (ended) exit = *ended;
  return ended.has_value();
}

void Process::Ended::await_suspend(std::coroutine_handle<> who) {
  waiter = who;
  child_.wait(this);
}

}  // namespace webserv::detail
