#include "webserv/io/gate.h"

#include <algorithm>
#include <utility>

namespace webserv::detail {

std::optional<Gate::Entry> Gate::enter(const Waiter& waiting) {
  std::lock_guard lock(mutex_);
  if (inside_ < most_) {
    ++inside_;
    return Entry::admitted;
  }
  if (queue_.size() >= limits_.longest_queue) return Entry::queue_is_full;
  // The gate's owners may be gone before the loop comes to it, and those who waited give up.
  waiting->admission = std::make_unique<Posted>([self = shared_from_this(), waiting] {
    if (waiting->turn == nullptr) return self->leave();
    waiting->turn->go_on(Entry::admitted);
  });
  queue_.push_back(waiting);
  return std::nullopt;
}

// Lets the first of the queue in; while it is locked.
void Gate::admit_first() noexcept {
  Waiter first = std::move(queue_.front());
  queue_.pop_front();
  first->loop.post(std::move(first->admission));
}

// The place goes from hand to hand, so that nobody who comes meanwhile takes it.
void Gate::leave() noexcept {
  std::lock_guard lock(mutex_);
  if (queue_.empty() || inside_ > most_) {
    --inside_;
  } else {
    admit_first();
  }
}

void Gate::allow(uint64_t most) {
  std::lock_guard lock(mutex_);
  most_ = most;
  for (; inside_ < most_ && !queue_.empty(); ++inside_) admit_first();
}

bool Gate::is_crowded() const {
  std::lock_guard lock(mutex_);
  return !queue_.empty();
}

void Gate::forget(const Waiter& waiting) {
  waiting->turn = nullptr;
  std::lock_guard lock(mutex_);
  std::erase(queue_, waiting);
  waiting->admission.reset();
}

std::shared_ptr<Gate> Gates::get(const std::string& name, const Gate::Limits& limits) {
  std::lock_guard lock(mutex_);
  if (gates_.size() >= purged_at_) {
    std::erase_if(gates_, [](const auto& entry) { return entry.second.expired(); });
    purged_at_ = 2 * gates_.size() + 1;
  }
  std::weak_ptr<Gate>& known = gates_[name];
  std::shared_ptr<Gate> gate = known.lock();
  if (gate == nullptr) {
    known = gate = std::make_shared<Gate>(limits);
  } else {
    gate->allow(limits.most);
  }
  return gate;
}

Gate::Turn::Turn(std::shared_ptr<Gate> gate, Loop& loop)
    : Deadline(loop.wheel()), gate_(std::move(gate)), waiting_(std::make_shared<Waiting>(loop, this)) {}

void Gate::Turn::leave() {
  if (std::exchange(entry_, Entry::given_up) == Entry::admitted) {
    gate_->leave();
  } else if (waiting_->turn != nullptr) {
    gate_->forget(waiting_);
  }
}

bool Gate::Turn::await_ready() {
  const std::optional<Entry> entered = gate_->enter(waiting_);
  if (entered) entry_ = *entered;
  return entered.has_value();
}

void Gate::Turn::await_suspend(std::coroutine_handle<> waiter) {
  waiter_ = waiter;
  expires_at(waiting_->loop.now() + gate_->limits_.longest_wait);
}

void Gate::Turn::go_on(Entry entry) {
  if (!waiter_) return;
  entry_ = entry;
  never();
  if (entry != Entry::admitted) gate_->forget(waiting_);
  drive(std::exchange(waiter_, {}));
}

}  // namespace webserv::detail
