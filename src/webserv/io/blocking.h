// blocking(pool, f): runs what would block on a thread of a pool, and comes back to the loop.
//
//   std::expected<Listing, Error> listing = co_await blocking(pool, read_folder);
#pragma once

#include <cassert>
#include <coroutine>
#include <exception>
#include <expected>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

#include "webserv/base/result.h"
#include "webserv/io/blocking_pool.h"
#include "webserv/io/loop.h"
#include "webserv/io/task.h"

namespace webserv {

// Awaitable, once, by a coroutine of a loop: Result of what `f` returns. Error::resource_unavailable_try_again: too
// much waits already, and `f` was not called. What `f` throws is thrown where it is awaited.
//
// Where the waiting coroutine is destroyed meanwhile, `f` runs to its end all the same, and nobody hears of it: so `f`
// owns what it uses. A pool may end before the loops whose coroutines wait for it; they then wait for good, and are to
// be destroyed with their loop.
template <class F>
class Blocking {
 public:
  using Value = std::invoke_result_t<F&>;

  Blocking(BlockingPool& pool, F f) : pool_(pool), call_(std::make_shared<Call>(std::move(f))) {}
  Blocking(const Blocking&) = delete;
  ~Blocking() {
    std::lock_guard lock(call_->mutex);
    call_->loop = nullptr;
  }

  bool await_ready() const { return false; }
  bool await_suspend(std::coroutine_handle<> waiter) {
    assert(Loop::of_this_thread() != nullptr && "blocking() is awaited outside of a loop's turn");
    call_->loop = Loop::of_this_thread();
    call_->waiter = waiter;
    // Now, since the pool's thread may have no memory for it.
    call_->posted = std::make_unique<Loop::Posted>([weak = std::weak_ptr<Call>(call_)] {
      if (std::shared_ptr<Call> call = weak.lock(); call && call->loop != nullptr) drive(call->waiter);
    });
    accepted_ = pool_.submit([call = call_] { call->run(); });
    return accepted_;
  }
  Result<Value> await_resume() {
    if (!accepted_) return std::unexpected(Error::resource_unavailable_try_again);
    if (call_->error) std::rethrow_exception(std::move(call_->error));
    if constexpr (std::is_void_v<Value>) {
      return {};
    } else {
      return std::move(*call_->value);
    }
  }

 private:
  struct Nothing {};
  struct Call {
    explicit Call(F of) : f(std::move(of)) {}

    // On a thread of the pool.
    void run() noexcept {
      try {
        if constexpr (std::is_void_v<Value>) {
          f();
        } else {
          value.emplace(f());
        }
      } catch (...) {
        error = std::current_exception();
      }
      // While it is locked the waiter is not destroyed, and so its loop is there.
      std::lock_guard lock(mutex);
      if (loop != nullptr) loop->post(std::move(posted));
    }

    F f;
    std::optional<std::conditional_t<std::is_void_v<Value>, Nothing, Value>> value;
    std::exception_ptr error;
    std::mutex mutex;
    Loop* loop = nullptr;  // null: nobody waits any more
    std::coroutine_handle<> waiter;
    std::unique_ptr<Loop::Posted> posted;
  };

  BlockingPool& pool_;
  const std::shared_ptr<Call> call_;
  bool accepted_ = false;
};

template <class F>
Blocking<F> blocking(BlockingPool& pool, F f) {
  return Blocking<F>(pool, std::move(f));
}

}  // namespace webserv
