#include "webserv/handlers/cgi/cgi_gate.h"

#include <algorithm>
#include <utility>

namespace webserv {

bool CgiGate::enter(const std::shared_ptr<Waiting>& waiting, bool& full) {
  std::lock_guard lock(mutex_);
  if (inside_ < most_) {
    ++inside_;
    return true;
  }
  full = queue_.size() >= longest_queue;
  if (!full) queue_.push_back(waiting);
  return false;
}

// The place goes from hand to hand, so that nobody who comes meanwhile takes it.
void CgiGate::leave() {
  std::shared_ptr<Waiting> first;
  {
    std::lock_guard lock(mutex_);
    if (queue_.empty()) {
      --inside_;
      return;
    }
    first = std::move(queue_.front());
    queue_.pop_front();
  }
  Loop& loop = first->loop;
  // The route may be gone before the loop comes to it: a reload drops it, and those who waited give up.
  loop.post([self = shared_from_this(), first = std::move(first)] {
    if (first->turn == nullptr) return self->leave();
    first->turn->go_on(Entry::admitted);
  });
}

void CgiGate::forget(const std::shared_ptr<Waiting>& waiting) {
  waiting->turn = nullptr;
  std::lock_guard lock(mutex_);
  std::erase(queue_, waiting);
}

CgiGate::Turn::~Turn() {
  if (entry_ == Entry::admitted) {
    gate_->leave();
  } else if (waiting_->turn != nullptr) {
    gate_->forget(waiting_);
  }
}

bool CgiGate::Turn::await_ready() {
  bool full = false;
  if (gate_->enter(waiting_, full)) entry_ = Entry::admitted;
  if (full) entry_ = Entry::queue_is_full;
  return entry_ != Entry::given_up;
}

void CgiGate::Turn::await_suspend(std::coroutine_handle<> waiter) {
  waiter_ = waiter;
  expires_at(waiting_->loop.now() + longest_wait);
}

void CgiGate::Turn::go_on(Entry entry) {
  if (!waiter_) return;
  entry_ = entry;
  never();
  if (entry != Entry::admitted) gate_->forget(waiting_);
  drive(std::exchange(waiter_, {}));
}

}  // namespace webserv
