#include "webserv/io/task.h"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace webserv::detail {
namespace {

// Suspends whoever awaits it until it is opened.
struct Gate {
  std::coroutine_handle<> waiter;
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> who) { waiter = who; }
  void await_resume() const {}
  void open() { drive(std::exchange(waiter, {})); }
};

Task<int> at_once(int value) { co_return value; }

// Not inlined: clang would put the frame on the caller's stack, where no pool learns that it is gone.
[[gnu::noinline]] Task<int> after(Gate& gate, int value) {
  co_await gate;
  co_return value;
}

Task<int> sum(Gate& gate) {
  int first = co_await at_once(1);
  int second = co_await after(gate, 2);
  co_return first + second;
}

TEST(TaskTest, runs_to_its_first_suspension_and_on_when_it_is_resumed) {
  Gate gate;
  Task<int> task = sum(gate);
  task.start();
  EXPECT_FALSE(task.done());
  gate.open();
  ASSERT_TRUE(task.done());
  EXPECT_EQ(task.take(), 3);
}

TEST(TaskTest, does_nothing_before_it_is_started) {
  bool ran = false;
  auto body = [&]() -> Task<> {
    ran = true;
    co_return;
  };
  { Task<> task = body(); }
  EXPECT_FALSE(ran);
}

Task<int> fails(Gate& gate) {
  co_await gate;
  throw std::runtime_error("broken");
}

TEST(TaskTest, hands_exceptions_to_who_awaits_it) {
  Gate gate;
  std::string caught;
  auto body = [&]() -> Task<> {
    try {
      co_await fails(gate);
    } catch (const std::runtime_error& error) {
      caught = error.what();
    }
  };
  Task<> task = body();
  task.start();
  gate.open();
  EXPECT_TRUE(task.done());
  EXPECT_EQ(caught, "broken");
}

TEST(TaskTest, destroys_its_locals_and_children_with_its_owner) {
  Gate gate;
  auto watched = std::make_shared<int>(1);
  auto child = [](Gate& at, std::shared_ptr<int> held) -> Task<> {
    co_await at;
    *held = 2;
  };
  auto parent = [&](std::shared_ptr<int> held) -> Task<> { co_await child(gate, held); };
  {
    Task<> task = parent(watched);
    task.start();
    EXPECT_GT(watched.use_count(), 1);
  }
  EXPECT_EQ(watched.use_count(), 1);
  EXPECT_EQ(*watched, 1);
}

TEST(TaskTest, returns_move_only_values) {
  auto body = []() -> Task<std::unique_ptr<int>> { co_return std::make_unique<int>(7); };
  Task<std::unique_ptr<int>> task = body();
  task.start();
  EXPECT_EQ(*task.take(), 7);
}

// 100,000 children that end at once would overflow the stack if a child resumed its parent by a call.
TEST(TaskTest, needs_no_stack_for_children_that_end_at_once) {
  auto body = []() -> Task<int> {
    int total = 0;
    for (int i = 0; i < 100'000; ++i) total += co_await at_once(1);
    co_return total;
  };
  Task<int> task = body();
  task.start();
  EXPECT_EQ(task.take(), 100'000);
}

Task<int> chain(Gate& gate, int depth) {
  if (depth == 0) {
    co_await gate;
    co_return 0;
  }
  int below = co_await chain(gate, depth - 1);
  co_return below + 1;
}

TEST(TaskTest, unwinds_a_deep_chain_without_recursion) {
  Gate gate;
  Task<int> task = chain(gate, 1000);
  task.start();
  gate.open();
  ASSERT_TRUE(task.done());
  EXPECT_EQ(task.take(), 1000);
}

#ifndef WEBSERV_SANITIZED  // under sanitizers there is no pool

TEST(FramePoolTest, gives_a_freed_frame_again) {
  // A class ends at 16n + 8 bytes, as what malloc gives does: 105 and 120 are of one.
  void* first = FramePool::take(105);
  FramePool::give(first, 105);
  void* second = FramePool::take(120);
  EXPECT_EQ(first, second);
  void* third = FramePool::take(105);
  FramePool::give(second, 120);
  FramePool::give(third, 105);
  void* smaller = FramePool::take(104);
  EXPECT_NE(second, smaller);
  EXPECT_NE(third, smaller);
  FramePool::give(smaller, 104);
  FramePool::release();
}

#endif

#ifndef NDEBUG

TEST(TaskDeathTest, names_what_was_broken) {
  Gate gate;
  Task<int> task = after(gate, 1);
  EXPECT_DEATH(task.take(), "before it has ended");
  task.start();
  EXPECT_DEATH(task.start(), "started twice");
}

#endif

#ifndef WEBSERV_SANITIZED

TEST(TaskDeathTest, a_frame_that_is_gone_is_not_resumed) {
  Gate gate;
  {
    Task<int> task = after(gate, 1);
    task.start();
  }
  EXPECT_DEATH(gate.open(), "whose frame is gone");
}

#endif

}  // namespace
}  // namespace webserv::detail
