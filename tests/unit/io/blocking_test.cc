#include "webserv/io/blocking.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "webserv/base/clock.h"
#include "webserv/io/loop.h"
#include "webserv/io/task.h"

namespace webserv::detail {
namespace {

struct BlockingTest : testing::Test {
  BlockingTest() { loop.turn(Clock::duration(0)); }

  template <class T>
  void complete(Task<T>& task) {
    for (task.start(); !task.done();) loop.turn(std::chrono::milliseconds(10));
  }

  SystemClock clock;
  Loop loop{clock};
};

// What a test opens when it wants a job to end.
struct Latch {
  std::atomic<int> waiting = 0;
  std::atomic<bool> open = false;
  void wait() {
    ++waiting;
    open.wait(false);
  }
  void let_go() {
    open = true;
    open.notify_all();
  }
  void wait_until_waiting(int jobs) const {
    while (waiting < jobs) std::this_thread::yield();
  }
};

template <class F>
Task<Error> outcome_of(BlockingPool& pool, F f) {
  auto result = co_await blocking(pool, std::move(f));
  co_return result ? Error{} : result.error();
}

Task<> compare_threads(BlockingPool& pool, bool& elsewhere, bool& came_back) {
  const std::thread::id mine = std::this_thread::get_id();
  auto other = [] { return std::this_thread::get_id(); };
  Result<std::thread::id> theirs = co_await blocking(pool, other);
  elsewhere = theirs && *theirs != mine;
  came_back = std::this_thread::get_id() == mine;
}

TEST_F(BlockingTest, runs_elsewhere_and_comes_back_to_the_loop) {
  BlockingPool pool(1);
  bool elsewhere = false;
  bool came_back = false;
  Task<> task = compare_threads(pool, elsewhere, came_back);
  complete(task);
  EXPECT_TRUE(elsewhere);
  EXPECT_TRUE(came_back);
}

TEST_F(BlockingTest, runs_at_once_where_the_pool_has_no_threads) {
  BlockingPool pool(0);
  bool elsewhere = true;
  bool came_back = false;
  Task<> task = compare_threads(pool, elsewhere, came_back);
  complete(task);
  EXPECT_FALSE(elsewhere);
  EXPECT_TRUE(came_back);
}

Task<std::string> move_through(BlockingPool& pool) {
  auto value = std::make_unique<std::string>("moved");
  auto make = [value = std::move(value)] { return std::make_unique<std::string>(*value + " twice"); };
  Result<std::unique_ptr<std::string>> result = co_await blocking(pool, std::move(make));
  co_return result ? **result : "nothing";
}

TEST_F(BlockingTest, takes_and_gives_what_can_only_be_moved) {
  BlockingPool pool(1);
  Task<std::string> task = move_through(pool);
  complete(task);
  EXPECT_EQ(task.take(), "moved twice");
}

TEST_F(BlockingTest, throws_where_it_is_awaited) {
  BlockingPool pool(1);
  Task<Error> task = outcome_of(pool, []() -> int { throw std::runtime_error("broken disk"); });
  complete(task);
  EXPECT_THROW(task.take(), std::runtime_error);
}

TEST_F(BlockingTest, a_full_queue_is_an_error_that_the_caller_sees) {
  BlockingPool pool(1, 2);
  Latch latch;
  std::vector<Task<Error>> tasks;
  for (int i = 0; i < 4; ++i) {
    tasks.push_back(outcome_of(pool, [&] { latch.wait(); }));
    tasks.back().start();
    if (i == 0) latch.wait_until_waiting(1);  // it has left the queue
  }
  EXPECT_TRUE(tasks.back().done());
  EXPECT_EQ(tasks.back().take(), Error::resource_unavailable_try_again);
  latch.let_go();
  for (int i = 0; i < 3; ++i) {
    while (!tasks[static_cast<size_t>(i)].done()) loop.turn(std::chrono::milliseconds(10));
    EXPECT_EQ(tasks[static_cast<size_t>(i)].take(), Error{});
  }
}

TEST_F(BlockingTest, runs_as_many_at_once_as_it_has_threads) {
  BlockingPool pool(3);
  Latch latch;
  std::vector<Task<Error>> tasks;
  for (int i = 0; i < 3; ++i) {
    tasks.push_back(outcome_of(pool, [&] { latch.wait(); }));
    tasks.back().start();
  }
  latch.wait_until_waiting(3);
  latch.let_go();
  for (Task<Error>& task : tasks) {
    while (!task.done()) loop.turn(std::chrono::milliseconds(10));
  }
}

TEST_F(BlockingTest, a_task_that_waits_may_die_and_so_may_its_loop) {
  BlockingPool pool(1);
  Latch latch;
  auto held = std::make_shared<int>(1);
  {
    Loop other(clock);
    other.turn(Clock::duration(0));
    Task<Error> task = outcome_of(pool, [&latch, held] { latch.wait(); });
    task.start();
    latch.wait_until_waiting(1);
  }
  latch.let_go();
  // Once the next job has run, the first one is gone with all that it held.
  loop.turn(Clock::duration(0));
  Task<Error> next = outcome_of(pool, [] {});
  complete(next);
  EXPECT_EQ(held.use_count(), 1);
}

TEST_F(BlockingTest, a_task_may_die_when_its_answer_is_on_its_way) {
  BlockingPool pool(1);
  for (int i = 0; i < 200; ++i) {
    Task<Error> task = outcome_of(pool, [] {});
    task.start();
    if (i % 2 == 0) std::this_thread::yield();
    Task<Error> gone = std::move(task);
    { Task<Error> dies = std::move(gone); }
    loop.turn(Clock::duration(0));
  }
}

TEST_F(BlockingTest, drops_what_waits_when_it_ends) {
  Latch latch;
  auto held = std::make_shared<int>(1);
  Task<Error> first = outcome_of(*std::make_unique<BlockingPool>(0), [] {});
  {
    BlockingPool pool(1);
    first = outcome_of(pool, [&] { latch.wait(); });
    first.start();
    latch.wait_until_waiting(1);
    Task<Error> second = outcome_of(pool, [held] {});
    second.start();
    std::thread opens([&] { latch.let_go(); });
    opens.join();
  }
  EXPECT_EQ(held.use_count(), 1);
}

}  // namespace
}  // namespace webserv::detail
