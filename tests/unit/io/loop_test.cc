#include "webserv/io/loop.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <thread>
#include <vector>

namespace webserv::detail {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(LoopTest, runs_posted_jobs_in_their_order) {
  FakeClock clock;
  Loop loop(clock);
  std::vector<int> order;
  for (int i = 0; i < 5; ++i) {
    loop.post([&order, i] { order.push_back(i); });
  }
  loop.turn(milliseconds(0));
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
}

TEST(LoopTest, is_woken_by_jobs_of_other_threads_and_loses_none) {
  SystemClock clock;
  Loop loop(clock);
  constexpr int threads = 4;
  constexpr int each = 5000;
  std::array<int, threads> last{};
  int done = 0;
  std::vector<std::thread> posters;
  for (size_t t = 0; t < threads; ++t) {
    posters.emplace_back([&, t] {
      for (int i = 1; i <= each; ++i) {
        loop.post([&, t, i] {
          EXPECT_EQ(last[t] + 1, i);
          last[t] = i;
          if (++done == threads * each) loop.stop();
        });
      }
    });
  }
  loop.run();
  for (std::thread& poster : posters) poster.join();
  EXPECT_EQ(done, threads * each);
}

TEST(LoopTest, drops_jobs_that_come_after_its_end) {
  auto held = std::make_shared<int>(0);
  {
    SystemClock clock;
    Loop loop(clock);
    loop.post([held] {});
    EXPECT_EQ(held.use_count(), 2);
  }
  EXPECT_EQ(held.use_count(), 1);
}

TEST(LoopTest, stop_ends_it_from_another_thread) {
  SystemClock clock;
  Loop loop(clock);
  std::thread other([&] { loop.stop(); });
  loop.run();
  other.join();
}

class Noting final : public Watcher {
 public:
  uint32_t seen = 0;
  void ready(uint32_t events) override { seen |= events; }
};

TEST(LoopTest, tells_watchers_of_events_until_they_are_unwatched) {
  FakeClock clock;
  Loop loop(clock);
  std::array<int, 2> ends;
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()), 0);
  Fd mine(ends[0]);
  Fd other(ends[1]);
  Noting watcher;
  ASSERT_TRUE(loop.watch(mine.get(), EPOLLIN, watcher));
  loop.turn(milliseconds(0));
  EXPECT_EQ(watcher.seen, 0u);
  ASSERT_EQ(::write(other.get(), "x", 1), 1);
  loop.turn(milliseconds(0));
  EXPECT_EQ(watcher.seen, uint32_t{EPOLLIN});
  watcher.seen = 0;
  loop.unwatch(mine.get());
  loop.turn(milliseconds(0));
  EXPECT_EQ(watcher.seen, 0u);
  EXPECT_EQ(loop.watch(-1, EPOLLIN, watcher).error(), Error::bad_file_descriptor);
}

TEST(LoopTest, resumes_who_asked_for_the_next_turn_after_the_events) {
  FakeClock clock;
  Loop loop(clock);
  int turns = 0;
  auto body = [&]() -> Task<> {
    for (int i = 0; i < 3; ++i) {
      co_await loop.next_turn();
      ++turns;
    }
  };
  Task<> task = body();
  task.start();
  EXPECT_EQ(turns, 0);
  for (int expected = 1; expected <= 3; ++expected) {
    loop.turn();  // does not sleep: something is deferred
    EXPECT_EQ(turns, expected);
  }
  EXPECT_TRUE(task.done());
}

TEST(LoopTest, sleeps_by_its_clock) {
  FakeClock clock;
  Loop loop(clock);
  bool woke = false;
  auto body = [&]() -> Task<> {
    co_await loop.sleep_until(loop.now() + seconds(10));
    woke = true;
  };
  Task<> task = body();
  task.start();
  clock.advance(seconds(9));
  loop.turn(milliseconds(0));
  EXPECT_FALSE(woke);
  clock.advance(seconds(1) + milliseconds(64));
  loop.turn(milliseconds(0));
  EXPECT_TRUE(woke);
}

TEST(LoopTest, forgets_a_sleeper_that_is_destroyed) {
  FakeClock clock;
  Loop loop(clock);
  {
    auto body = [&]() -> Task<> { co_await loop.sleep_until(loop.now() + seconds(1)); };
    Task<> task = body();
    task.start();
  }
  clock.advance(seconds(5));
  loop.turn(milliseconds(0));
}

}  // namespace
}  // namespace webserv::detail
