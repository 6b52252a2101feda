// Gate: how many do something at once, of all loops together. Those above it wait in one queue.
#pragma once

#include <chrono>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "webserv/io/deadline.h"
#include "webserv/io/loop.h"

namespace webserv::detail {

class Gate : public std::enable_shared_from_this<Gate> {
 public:
  struct Limits {
    uint64_t most = 1;           // inside
    size_t longest_queue = 256;  // smooths a burst; behind a longer one clients give up anyway
    Clock::duration longest_wait = std::chrono::seconds(5);
  };

  // What a turn came to.
  enum class Entry : uint8_t {
    admitted,
    queue_is_full,
    waited_too_long,
    given_up,
  };
  class Turn;

  explicit Gate(Limits limits) : limits_(limits) {}
  Gate(const Gate&) = delete;

  // The rest from any thread. So many may be inside from now on: who is inside stays, and who waits comes in where
  // there is room.
  void allow(uint64_t most);
  // Whether somebody waits.
  bool is_crowded() const;

 private:
  struct Waiting {
    Loop& loop;
    Turn* turn;                           // null: it is gone; only the loop's thread looks at it
    std::unique_ptr<Posted> admission{};  // of one that is in the queue: ready, since to leave needs no memory
  };
  using Waiter = std::shared_ptr<Waiting>;

  // `admitted`, `queue_is_full`, or nothing where `waiting` is in the queue now.
  std::optional<Entry> enter(const Waiter& waiting);
  // Lets the next one of the queue in.
  void leave() noexcept;
  void forget(const Waiter& waiting);
  void admit_first() noexcept;

  const Limits limits_;
  mutable std::mutex mutex_;
  uint64_t most_ = limits_.most;
  uint64_t inside_ = 0;
  std::deque<Waiter> queue_;
};

// Gates by name. Whoever asks for one that somebody still has gets that. From any thread.
class Gates {
 public:
  // With this many inside from now on; the other limits are those of who asked first.
  std::shared_ptr<Gate> get(const std::string& name, const Gate::Limits& limits);

 private:
  std::mutex mutex_;
  std::map<std::string, std::weak_ptr<Gate>, std::less<>> gates_;
  size_t purged_at_ = 0;  // of so many, those that are gone are forgotten
};

// One's turn at the gate: awaited once; who was admitted leaves when it is destroyed, or before by leave(). It belongs
// to its loop's thread.
class Gate::Turn final : private Deadline {
 public:
  Turn(std::shared_ptr<Gate> gate, Loop& loop);
  Turn(const Turn&) = delete;
  ~Turn() override { leave(); }

  // Ends the waiting. Not called by the coroutine that waits, nor by one that would be destroyed with it.
  void give_up() { go_on(Entry::given_up); }
  // What the turn was for is done.
  void leave();

  bool await_ready();
  void await_suspend(std::coroutine_handle<> waiter);
  Entry await_resume() const { return entry_; }

 private:
  friend class Gate;
  void expired() override { go_on(Entry::waited_too_long); }
  void go_on(Entry entry);

  const std::shared_ptr<Gate> gate_;
  const Waiter waiting_;
  std::coroutine_handle<> waiter_;
  Entry entry_ = Entry::given_up;
};

}  // namespace webserv::detail
