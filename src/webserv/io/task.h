// Task<T>: a coroutine that starts when it is awaited, is owned by who awaits it and dies with its owner.
//
// Control is handed over without symmetric transfer, which g++ turns into a tail call only when it optimizes and no
// sanitizer is on: an awaiting coroutine runs its child inside await_suspend, and a child that ends later only says who
// comes next. drive() is the single place that resumes.
#pragma once

#include <array>
#include <cassert>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <new>
#include <optional>
#include <utility>

namespace webserv {

// Memory of coroutine frames, and of what comes and goes as they do, of more than 8 bytes each: free lists of the
// thread, in classes of 16 bytes up to 2 KiB. Under sanitizers it is plain new, so that a use after free is seen.
class FramePool {
 public:
  static void* take(size_t size);
  // Whoever resumes what was given back is told by an assertion, as long as the memory is not used again.
  static void give(void* frame, size_t size) noexcept;

  // Returns the thread's free frames to the heap; a thread that ran tasks calls it before it ends.
  static void release() noexcept;

 private:
  static constexpr size_t classes = 129;
  static size_t class_of(size_t size) {
    assert(size > 8 && "what is pooled is smaller than a free frame");
    return (size + 7) / 16;
  }
  // Of a class: as malloc(3) of glibc has it, whose blocks are multiples of 16 bytes, of which 8 are its own.
  static size_t size_of(size_t index) { return index * 16 + 8; }
  // What is free. A coroutine's frame begins with what resumes and what destroys it, in every ABI that we are compiled
  // for: a handle to a frame that is free calls these.
  struct Node {
    void (*resume)(void*);
    void (*destroy)(void*);
    Node* next;
  };
  static void touched(void*);
  static constinit thread_local std::array<Node*, classes> free_;
};

// For classes whose objects come and go on one thread.
struct Pooled {
  static void* operator new(size_t size) { return FramePool::take(size); }
  static void operator delete(void* object, size_t size) noexcept { FramePool::give(object, size); }
};

// Who goes on when the coroutine that is running has ended.
inline constinit thread_local std::coroutine_handle<> next_to_resume{};

// Resumes a coroutine, and then whoever its end lets go on.
inline void drive(std::coroutine_handle<> coroutine) {
  do {
    coroutine.resume();
    coroutine = std::exchange(next_to_resume, {});
  } while (coroutine);
}

template <class T = void>
class Task;

namespace detail {

struct PromiseBase : Pooled {
  std::coroutine_handle<> awaiter{};
  std::exception_ptr error;
#ifndef NDEBUG
  bool began = false;
#endif

  struct Final {
    bool await_ready() noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> ended) noexcept {
      next_to_resume = ended.promise().awaiter;
    }
    void await_resume() noexcept {}
  };

  std::suspend_always initial_suspend() noexcept { return {}; }
  Final final_suspend() noexcept { return {}; }
  void unhandled_exception() noexcept { error = std::current_exception(); }
};

template <class T>
struct Promise : PromiseBase {
  std::optional<T> value;

  Task<T> get_return_object() noexcept;
  template <class U = T>
  void return_value(U&& result) {
    value.emplace(std::forward<U>(result));
  }
  T take() {
    if (error) std::rethrow_exception(std::exchange(error, {}));
    return std::move(*value);
  }
};

template <>
struct Promise<void> : PromiseBase {
  Task<void> get_return_object() noexcept;
  void return_void() noexcept {}
  void take() {
    if (error) std::rethrow_exception(std::exchange(error, {}));
  }
};

}  // namespace detail

template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::Promise<T>;

  explicit Task(std::coroutine_handle<promise_type> coroutine) noexcept : coroutine_(coroutine) {}
  Task(Task&& other) noexcept : coroutine_(std::exchange(other.coroutine_, {})) {}
  Task& operator=(Task&& other) noexcept {
    std::swap(coroutine_, other.coroutine_);
    return *this;
  }
  ~Task() {
    if (coroutine_) coroutine_.destroy();
  }

  // Runs a task that nobody awaits up to its first suspension; once. Its owner learns of the end by done().
  void start() {
    assert(coroutine_ && "a task is started that was moved from");
    assert(!coroutine_.promise().began && "a task is started twice, or awaited too");
    begin();
    drive(coroutine_);
  }
  bool done() const { return coroutine_.done(); }
  // The result of a task that is done; throws what the coroutine threw.
  T take() {
    assert(done() && "the result of a task is taken before it has ended");
    return coroutine_.promise().take();
  }

  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> caller) noexcept {
    assert(coroutine_ && "a task is awaited that was moved from");
    assert(!coroutine_.promise().began && "a task is awaited twice, or was started");
    begin();
    coroutine_.resume();
    if (coroutine_.done()) return false;
    coroutine_.promise().awaiter = caller;
    return true;
  }
  T await_resume() { return coroutine_.promise().take(); }

 private:
  void begin() {
#ifndef NDEBUG
    coroutine_.promise().began = true;
#endif
  }

  std::coroutine_handle<promise_type> coroutine_;
};

namespace detail {

template <class T>
Task<T> Promise<T>::get_return_object() noexcept {
  return Task<T>(std::coroutine_handle<Promise>::from_promise(*this));
}

inline Task<void> Promise<void>::get_return_object() noexcept {
  return Task<void>(std::coroutine_handle<Promise>::from_promise(*this));
}

}  // namespace detail

}  // namespace webserv
