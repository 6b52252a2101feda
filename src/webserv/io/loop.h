// Loop: one per worker thread. It waits with epoll, tells watchers, runs jobs that other threads post, lets deadlines
// expire, and runs what was deferred to the end of the turn.
#pragma once

#include <sys/epoll.h>

#include <atomic>
#include <cassert>
#include <coroutine>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "webserv/base/clock.h"
#include "webserv/base/result.h"
#include "webserv/io/deadline.h"
#include "webserv/io/fd.h"
#include "webserv/io/list.h"
#include "webserv/io/task.h"

namespace webserv {

class Loop;

namespace detail {

// Is told of the events of a descriptor that it had watched.
class Watcher {
 public:
  virtual void ready(uint32_t events) = 0;

 protected:
  ~Watcher() = default;
};

// Something to run at the end of this turn; in no list once it runs.
class Deferred : private Link {
 public:
  virtual ~Deferred() = default;
  virtual void run() = 0;

 protected:
  bool deferred() const { return linked(); }

 private:
  friend class webserv::Loop;
  friend class List<Deferred>;
};

// A job on its way to a loop.
struct Posted {
  std::move_only_function<void()> job;
  Posted* next = nullptr;
};

// What is left of something after its owner is gone and has still to come to its end: the loop keeps it until then.
class Leftover : public Deferred {
 public:
  explicit Leftover(Loop& loop) : loop_(loop) {}
  Loop& loop() { return loop_; }

 protected:
  // Destroys it at the end of this turn.
  void done();

 private:
  void run() final;
  Loop& loop_;
};

}  // namespace detail

class Loop {
 public:
  using Job = std::move_only_function<void()>;

  // Throws std::system_error where epoll or eventfd are not to be had.
  explicit Loop(Clock& clock);
  ~Loop();
  Loop(const Loop&) = delete;

  // Turns until stop(), on this thread, which owns the loop and all that belongs to it meanwhile.
  void run();
  // From any thread; the turn that runs is finished.
  void stop();
  // One turn: waits for events as long as nothing is due, at most `longest`, and deals with all that is there.
  void turn(std::optional<Clock::duration> longest = std::nullopt);

  // From any thread: runs the job on the loop's thread. Takes no lock, and wakes the loop only where it sleeps. Jobs of
  // one thread run in their order; those still here when the loop is destroyed are dropped. Throws std::bad_alloc.
  void post(Job job) { post(std::make_unique<detail::Posted>(std::move(job))); }
  // The same in two steps: what was made of a job can be posted where nothing may fail any more.
  void post(std::unique_ptr<detail::Posted> posted) noexcept;

  // The loop whose turn this thread is in, or was in last; null where it had none.
  static Loop* of_this_thread() { return of_thread_; }
  // Nothing of a loop but post() and stop() may be called from another thread than the one that turns it.
  void assert_here() const {
    assert((turner_ == std::thread::id() || turner_ == std::this_thread::get_id()) &&
           "a loop, or what belongs to it, is used by a thread that is not the loop's own: post() a job to it");
  }

  // Both clocks were read once at the beginning of this turn.
  Clock::time_point now() const { return now_; }
  int64_t unix_seconds() const { return unix_seconds_; }
  detail::Wheel& wheel() { return wheel_; }

  // Tells `watcher` of `events` of `fd` (epoll_ctl(2)) until unwatch(), which comes before the close: a child that is
  // being started may hold a copy of the descriptor for a moment, and epoll goes on as long as there is one. A watcher
  // lives on to the end of the turn in which it is unwatched: see defer().
  Result<> watch(int fd, uint32_t events, detail::Watcher& watcher);
  void unwatch(int fd);

  // Runs `what` at the end of this turn, when all events of the turn are dealt with; what is deferred meanwhile runs at
  // the end of the next turn, which then does not sleep. Objects end themselves this way, and long work lets others go
  // first.
  void defer(detail::Deferred& what) {
    assert_here();
    deferred_.push_back(what);
  }

  // Owns `what` until it is done(), at the latest until the loop is destroyed.
  void keep(std::unique_ptr<detail::Leftover> what) { leftovers_.push_back(std::move(what)); }

  // Awaitable: goes on at the end of this turn, so that every other connection had its chance.
  class NextTurn final : public detail::Deferred {
   public:
    explicit NextTurn(Loop& loop) : loop_(loop) {}
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> waiter) {
      waiter_ = waiter;
      loop_.defer(*this);
    }
    void await_resume() const {}
    void run() override { drive(waiter_); }

   private:
    Loop& loop_;
    std::coroutine_handle<> waiter_;
  };
  NextTurn next_turn() { return NextTurn(*this); }

  // Awaitable: goes on at or after `when`.
  class Sleep final : public detail::Deadline {
   public:
    Sleep(Loop& loop, Clock::time_point when) : detail::Deadline(loop.wheel()), loop_(loop), until_(when) {}
    bool await_ready() const { return until_ <= loop_.now(); }
    void await_suspend(std::coroutine_handle<> waiter) {
      waiter_ = waiter;
      expires_at(until_);
    }
    void await_resume() const {}

   private:
    void expired() override { drive(waiter_); }
    Loop& loop_;
    Clock::time_point until_;
    std::coroutine_handle<> waiter_;
  };
  Sleep sleep_until(Clock::time_point when) { return Sleep(*this, when); }

 private:
  friend class detail::Leftover;
  void own();
  void turn_once(std::optional<Clock::duration> longest);
  int sleep_milliseconds(std::optional<Clock::duration> longest) const;
  void wake();
  void run_posted();
  void run_deferred();
  void drop(detail::Leftover& what);
  void drop_posted();

  inline static constinit thread_local Loop* of_thread_ = nullptr;

  Clock& clock_;
  std::thread::id turner_;  // none before the first turn, and when run() has ended
  Clock::time_point now_;
  int64_t unix_seconds_;
  detail::Wheel wheel_;
  Fd epoll_;
  Fd wake_;
  detail::List<detail::Deferred> deferred_;
  std::vector<std::unique_ptr<detail::Leftover>> leftovers_;
  std::atomic<detail::Posted*> inbox_{nullptr};  // a Treiber stack: newest first
  std::atomic<bool> asleep_{false};
  std::atomic<bool> stopped_{false};
};

}  // namespace webserv
