#include "webserv/io/gate.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace webserv::detail {
namespace {

using Entry = Gate::Entry;

struct Visitor {
  Visitor(std::shared_ptr<Gate> gate, Loop& loop) : turn(std::make_unique<Gate::Turn>(std::move(gate), loop)) {}

  Task<> wait() {
    Gate::Turn& mine = *turn;
    entry = co_await mine;
    waited = true;
  }
  void start() { task.start(); }
  bool is_in() const { return waited && entry == Entry::admitted; }

  std::unique_ptr<Gate::Turn> turn;
  Entry entry = Entry::given_up;
  bool waited = false;
  Task<> task = wait();
};

class GateTest : public testing::Test {
 protected:
  std::unique_ptr<Visitor> enter() {
    auto visitor = std::make_unique<Visitor>(gate_, loop_);
    visitor->start();
    return visitor;
  }
  void turn() { loop_.turn(Clock::duration(0)); }

  FakeClock clock_;
  Loop loop_{clock_};
  std::shared_ptr<Gate> gate_ = std::make_shared<Gate>(Gate::Limits(2));
};

TEST_F(GateTest, lets_so_many_in_and_others_in_their_order) {
  auto first = enter();
  auto second = enter();
  auto third = enter();
  auto fourth = enter();
  EXPECT_TRUE(first->is_in() && second->is_in());
  EXPECT_FALSE(third->waited || fourth->waited);
  second.reset();
  turn();
  EXPECT_TRUE(third->is_in());
  EXPECT_FALSE(fourth->waited);
  first.reset();
  turn();
  EXPECT_TRUE(fourth->is_in());
}

TEST_F(GateTest, gives_a_place_on_where_its_next_owner_is_gone) {
  auto first = enter();
  auto second = enter();
  auto third = enter();
  auto fourth = enter();
  first.reset();  // the third has its place, but has not been told
  third.reset();
  turn();
  turn();
  EXPECT_TRUE(fourth->is_in());
}

// A reload drops the route, and the client of the run that is next goes away.
TEST_F(GateTest, may_go_while_a_place_is_on_its_way) {
  auto first = enter();
  auto second = enter();
  auto third = enter();
  gate_.reset();
  first.reset();
  second.reset();
  third.reset();
  turn();
}

TEST_F(GateTest, does_not_count_those_who_went_away) {
  auto first = enter();
  auto second = enter();
  auto third = enter();
  third->turn->give_up();
  EXPECT_EQ(third->entry, Entry::given_up);
  EXPECT_TRUE(third->waited);
  first.reset();
  second.reset();
  EXPECT_TRUE(enter()->is_in());
}

TEST_F(GateTest, lets_nobody_wait_for_ever) {
  auto first = enter();
  auto second = enter();
  auto third = enter();
  clock_.advance(Gate::Limits().longest_wait + std::chrono::seconds(1));
  turn();
  EXPECT_EQ(third->entry, Entry::waited_too_long);
}

TEST_F(GateTest, has_a_queue_that_ends) {
  std::vector<std::unique_ptr<Visitor>> visitors;
  for (size_t i = 0; i < 2 + Gate::Limits().longest_queue; ++i) visitors.push_back(enter());
  auto last = enter();
  EXPECT_EQ(last->entry, Entry::queue_is_full);
  EXPECT_TRUE(last->waited);
}

TEST_F(GateTest, admits_more_at_once_where_more_are_allowed) {
  auto first = enter();
  auto second = enter();
  auto third = enter();
  auto fourth = enter();
  EXPECT_TRUE(gate_->is_crowded());
  gate_->allow(4);
  turn();
  EXPECT_TRUE(third->is_in() && fourth->is_in());
  EXPECT_FALSE(gate_->is_crowded());
}

TEST_F(GateTest, lets_nobody_in_before_enough_have_left_where_fewer_are_allowed) {
  auto first = enter();
  auto second = enter();
  gate_->allow(1);
  auto third = enter();
  first.reset();
  turn();
  EXPECT_FALSE(third->waited);
  second.reset();
  turn();
  EXPECT_TRUE(third->is_in());
}

TEST_F(GateTest, may_be_left_before_the_turn_is_gone) {
  auto first = enter();
  auto second = enter();
  auto third = enter();
  first->turn->leave();
  turn();
  EXPECT_TRUE(third->is_in());
  first.reset();
  EXPECT_FALSE(enter()->waited) << "it has left once";
}

class GatesTest : public GateTest {
 protected:
  std::unique_ptr<Visitor> enter(const std::shared_ptr<Gate>& gate) {
    auto visitor = std::make_unique<Visitor>(gate, loop_);
    visitor->start();
    return visitor;
  }
  Gates gates_;
};

// A route that a reload makes anew, while a run of the former one goes on.
TEST_F(GatesTest, whoever_asks_for_a_name_gets_the_gate_that_somebody_still_has) {
  auto former = gates_.get("a.test /run", Gate::Limits(1));
  auto runs = enter(former);
  EXPECT_EQ(gates_.get("a.test /run", Gate::Limits(1)), former);
  former.reset();
  auto next = gates_.get("a.test /run", Gate::Limits(1));
  auto waits = enter(next);
  EXPECT_FALSE(waits->waited) << "the one that was there before is still inside";
  EXPECT_TRUE(enter(gates_.get("b.test /run", Gate::Limits(1)))->is_in());
  runs.reset();
  turn();
  EXPECT_TRUE(waits->is_in());
}

TEST_F(GatesTest, a_gate_has_as_many_places_as_was_asked_for_last) {
  auto gate = gates_.get("a", Gate::Limits(1));
  auto first = enter(gate);
  auto second = enter(gate);
  auto third = enter(gate);
  gates_.get("a", Gate::Limits(2));
  turn();
  EXPECT_TRUE(second->is_in());
  EXPECT_FALSE(third->waited);
}

TEST_F(GatesTest, a_gate_that_nobody_has_is_forgotten) {
  auto inside = enter(gates_.get("a", Gate::Limits(1)));
  inside.reset();
  for (int i = 0; i < 100; ++i) gates_.get("of route " + std::to_string(i), Gate::Limits(1));
  auto gate = gates_.get("a", {.most = 1, .longest_queue = 0});
  auto first = enter(gate);
  EXPECT_TRUE(first->is_in());
  EXPECT_EQ(enter(gate)->entry, Entry::queue_is_full) << "it has the limits of who asks now";
}

}  // namespace
}  // namespace webserv::detail
