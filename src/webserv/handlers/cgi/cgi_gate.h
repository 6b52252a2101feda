// How many programs of a route run at once. Those above it wait in one short queue for all workers.
#pragma once

#include <chrono>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>

#include "webserv/io/deadline.h"
#include "webserv/io/loop.h"

namespace webserv {

class CgiGate : public std::enable_shared_from_this<CgiGate> {
 public:
  // A queue smooths a burst; behind a longer one clients would give up anyway.
  static constexpr size_t longest_queue = 256;
  static constexpr Clock::duration longest_wait = std::chrono::seconds(5);

  // What a turn came to.
  enum class Entry : uint8_t {
    admitted,
    queue_is_full,
    waited_too_long,
    given_up,
  };
  class Turn;

  explicit CgiGate(uint64_t most) : most_(most) {}
  CgiGate(const CgiGate&) = delete;

 private:
  struct Waiting {
    Loop& loop;
    Turn* turn;  // null: it is gone; only the loop's thread looks at it
  };

  // True: admitted. False: `waiting` is in the queue, or was not taken where `full` says so.
  bool enter(const std::shared_ptr<Waiting>& waiting, bool& full);
  // Lets the first one of the queue in.
  void leave();
  void forget(const std::shared_ptr<Waiting>& waiting);

  const uint64_t most_;
  std::mutex mutex_;
  uint64_t inside_ = 0;
  std::deque<std::shared_ptr<Waiting>> queue_;
};

// One's turn at the gate: awaited once; who was admitted leaves when it is destroyed. It belongs to its loop's thread.
class CgiGate::Turn final : private Deadline {
 public:
  Turn(std::shared_ptr<CgiGate> gate, Loop& loop)
      : Deadline(loop.wheel()), gate_(std::move(gate)), waiting_(std::make_shared<Waiting>(loop, this)) {}
  Turn(const Turn&) = delete;
  ~Turn() override;

  // Ends the waiting. Not called by the coroutine that waits, nor by one that would be destroyed with it.
  void give_up() { go_on(Entry::given_up); }

  bool await_ready();
  void await_suspend(std::coroutine_handle<> waiter);
  Entry await_resume() const { return entry_; }

 private:
  friend class CgiGate;
  void expired() override { go_on(Entry::waited_too_long); }
  void go_on(Entry entry);

  const std::shared_ptr<CgiGate> gate_;
  const std::shared_ptr<Waiting> waiting_;
  std::coroutine_handle<> waiter_;
  Entry entry_ = Entry::given_up;
};

}  // namespace webserv
