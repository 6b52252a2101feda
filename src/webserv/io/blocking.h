// blocking(pool, f): runs what would block on a thread of a pool, and comes back to the loop.
//
//   std::expected<Listing, Error> listing = co_await blocking(pool, read_folder);
#pragma once

#include <coroutine>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

#include "webserv/base/result.h"
#include "webserv/io/blocking_pool.h"

namespace webserv {

class Loop;

namespace detail {

struct Posted;

// A call of a function on its way to a pool and back: shared by the task that waits and the thread that runs it.
class BlockingCall : public std::enable_shared_from_this<BlockingCall> {
 public:
  BlockingCall();
  virtual ~BlockingCall();
  BlockingCall(const BlockingCall&) = delete;

  // `waiter` goes on in a turn of this thread's loop when the function has run. False: it will not run.
  bool submit(BlockingPool& pool, std::coroutine_handle<> waiter);
  // Nobody waits any more.
  void forget();
  // Throws what the function threw.
  void rethrow();

 protected:
  virtual void call() = 0;  // on a thread of the pool

 private:
  void run() noexcept;

  std::exception_ptr error_;
  std::mutex mutex_;
  Loop* loop_ = nullptr;  // null: nobody waits any more
  std::coroutine_handle<> waiter_;
  std::unique_ptr<Posted> posted_;
};

}  // namespace detail

// What blocking() returns.
template <class F>
class Blocking {
 public:
  using Value = std::invoke_result_t<F&>;

  Blocking(BlockingPool& pool, F f) : pool_(pool), call_(std::make_shared<Call>(std::move(f))) {}
  Blocking(const Blocking&) = delete;
  ~Blocking() { call_->forget(); }

  bool await_ready() const { return false; }
  bool await_suspend(std::coroutine_handle<> waiter) {
    accepted_ = call_->submit(pool_, waiter);
    return accepted_;
  }
  Result<Value> await_resume() {
    if (!accepted_) return std::unexpected(Error::resource_unavailable_try_again);
    call_->rethrow();
    if constexpr (std::is_void_v<Value>) {
      return {};
    } else {
      return std::move(*call_->value);
    }
  }

 private:
  struct Nothing {};
  struct Call final : detail::BlockingCall {
    explicit Call(F of) : f(std::move(of)) {}
    void call() override {
      if constexpr (std::is_void_v<Value>) {
        f();
      } else {
        value.emplace(f());
      }
    }

    F f;
    std::optional<std::conditional_t<std::is_void_v<Value>, Nothing, Value>> value;
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
