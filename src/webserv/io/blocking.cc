#include "webserv/io/blocking.h"

#include <cassert>

#include "webserv/io/loop.h"

namespace webserv::detail {

BlockingCall::BlockingCall() = default;
BlockingCall::~BlockingCall() = default;

bool BlockingCall::submit(BlockingPool& pool, std::coroutine_handle<> waiter) {
  assert(Loop::of_this_thread() != nullptr && "blocking() is awaited outside of a loop's turn");
  loop_ = Loop::of_this_thread();
  waiter_ = waiter;
  // Now, since the pool's thread may have no memory for it.
  posted_ = std::make_unique<Posted>([weak = weak_from_this()] {
    if (std::shared_ptr<BlockingCall> call = weak.lock(); call && call->loop_ != nullptr) drive(call->waiter_);
  });
  return pool.submit([call = shared_from_this()] { call->run(); });
}

void BlockingCall::forget() {
  std::lock_guard lock(mutex_);
  loop_ = nullptr;
}

void BlockingCall::rethrow() {
  if (error_) std::rethrow_exception(std::move(error_));
}

void BlockingCall::run() noexcept {
  try {
    call();
  } catch (...) {
    error_ = std::current_exception();
  }
  // While it is locked the waiter is not destroyed, and so its loop is there.
  std::lock_guard lock(mutex_);
  if (loop_ != nullptr) loop_->post(std::move(posted_));
}

}  // namespace webserv::detail
