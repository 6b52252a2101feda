#include "webserv/io/deadline.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <vector>

namespace webserv::detail {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class Counting final : public Deadline {
 public:
  explicit Counting(Wheel& wheel) : Deadline(wheel) {}
  int count = 0;

 private:
  void expired() override { ++count; }
};

struct WheelTest : testing::Test {
  FakeClock clock;
  Wheel wheel{clock.now()};
  void pass(Clock::duration time) {
    clock.advance(time);
    wheel.advance(clock.now());
  }
};

TEST_F(WheelTest, expires_once_and_not_before_its_time) {
  Counting deadline(wheel);
  deadline.expires_at(clock.now() + seconds(5));
  pass(milliseconds(4999));
  EXPECT_EQ(deadline.count, 0);
  pass(milliseconds(65));
  EXPECT_EQ(deadline.count, 1);
  pass(seconds(100));
  EXPECT_EQ(deadline.count, 1);
}

TEST_F(WheelTest, moves_later_without_expiring) {
  Counting deadline(wheel);
  for (int i = 0; i < 20; ++i) {
    deadline.expires_at(clock.now() + seconds(5));
    pass(seconds(4));
  }
  EXPECT_EQ(deadline.count, 0);
  pass(seconds(2));
  EXPECT_EQ(deadline.count, 1);
}

TEST_F(WheelTest, moves_earlier) {
  Counting deadline(wheel);
  deadline.expires_at(clock.now() + seconds(30));
  deadline.expires_at(clock.now() + seconds(1));
  pass(milliseconds(1070));
  EXPECT_EQ(deadline.count, 1);
}

TEST_F(WheelTest, never_takes_it_back) {
  Counting deadline(wheel);
  deadline.expires_at(clock.now() + seconds(1));
  deadline.never();
  pass(seconds(100));
  EXPECT_EQ(deadline.count, 0);
}

TEST_F(WheelTest, holds_deadlines_beyond_its_horizon) {
  Counting deadline(wheel);
  deadline.expires_at(clock.now() + std::chrono::hours(24));
  for (int i = 0; i < 24 * 60 * 2; ++i) {
    EXPECT_EQ(deadline.count, 0);
    pass(seconds(30));
  }
  pass(milliseconds(70));
  EXPECT_EQ(deadline.count, 1);
}

TEST_F(WheelTest, catches_up_after_a_long_sleep) {
  Counting near(wheel);
  Counting far(wheel);
  near.expires_at(clock.now() + seconds(1));
  far.expires_at(clock.now() + seconds(4000));
  pass(seconds(3600));
  EXPECT_EQ(near.count, 1);
  EXPECT_EQ(far.count, 0);
  pass(seconds(401));
  EXPECT_EQ(far.count, 1);
}

TEST_F(WheelTest, tells_how_long_the_loop_may_sleep) {
  EXPECT_FALSE(wheel.until_next(clock.now()).has_value());
  Counting deadline(wheel);
  deadline.expires_at(clock.now() + seconds(10));
  auto wait = wheel.until_next(clock.now());
  ASSERT_TRUE(wait.has_value());
  EXPECT_GE(*wait, seconds(10));
  EXPECT_LE(*wait, seconds(10) + milliseconds(64));
}

class Killer final : public Deadline {
 public:
  Killer(Wheel& wheel, std::unique_ptr<Counting>& victim) : Deadline(wheel), victim_(victim) {}

 private:
  void expired() override { victim_.reset(); }
  std::unique_ptr<Counting>& victim_;
};

TEST_F(WheelTest, may_destroy_a_neighbour_of_the_same_slot) {
  auto victim = std::make_unique<Counting>(wheel);
  Killer killer(wheel, victim);
  killer.expires_at(clock.now() + seconds(1));
  victim->expires_at(clock.now() + seconds(1));
  pass(seconds(2));
  EXPECT_EQ(victim, nullptr);
}

// Many deadlines that move at random: each expires within a tick of its last setting.
TEST_F(WheelTest, agrees_with_a_list_of_times) {
  std::mt19937 random(7);
  std::vector<std::unique_ptr<Counting>> all;
  std::vector<Clock::time_point> due;
  for (int i = 0; i < 200; ++i) {
    all.push_back(std::make_unique<Counting>(wheel));
    due.push_back(clock.now() + milliseconds(random() % 60'000));
    all.back()->expires_at(due.back());
  }
  for (int step = 0; step < 2000; ++step) {
    size_t one = random() % all.size();
    if (all[one]->count == 0) {
      due[one] = clock.now() + milliseconds(random() % 60'000);
      all[one]->expires_at(due[one]);
    }
    pass(milliseconds(random() % 100));
    for (size_t i = 0; i < all.size(); ++i) {
      if (due[i] > clock.now()) {
        ASSERT_EQ(all[i]->count, 0) << i;
      }
      if (due[i] + milliseconds(64) <= clock.now()) {
        ASSERT_EQ(all[i]->count, 1) << i;
      }
    }
  }
}

}  // namespace
}  // namespace webserv::detail
