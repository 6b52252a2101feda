#include "webserv/process/process.h"

#include <utility>

#include "webserv/process/process_child.h"

namespace webserv::detail {

Process::Process(std::unique_ptr<Child> child) : child_(std::move(child)) {}
Process::Process(Process&&) noexcept = default;
Process::~Process() {
  if (child_) Child::leave(std::move(child_));
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
  if (waiter_) child_.wait(nullptr);
}

bool Process::Ended::await_ready() {
  std::optional<Exit> exit = child_.exit();
  if (exit) exit_ = *exit;
  return exit.has_value();
}

void Process::Ended::await_suspend(std::coroutine_handle<> waiter) {
  waiter_ = waiter;
  child_.wait(this);
}

}  // namespace webserv::detail
