#include "app/serve/watchdog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "support/fake_manager.h"
#include "support/log_lines.h"
#include "support/server_client.h"

namespace webserv::app {

using namespace detail;
using namespace test;
using detail::test::Client;
using detail::test::get_close;
using detail::test::LogLines;

namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// A server whose handler keeps its worker until the test lets it go, watched at times that the test chooses.
class WatchdogTest : public testing::Test {
 protected:
  ~WatchdogTest() override { let_go(); }

  void let_go() {
    keep_ = false;
    keep_.notify_all();
  }

  // Keeps one worker.
  void hang() {
    keep_ = true;
    client_ = std::make_unique<Client>(server_.addresses().front());
    client_->say(get_close);
    while (!kept_) std::this_thread::yield();
  }

  // Looks, and says after how long it wants to look again.
  std::chrono::milliseconds look(std::chrono::milliseconds later = 0ms) {
    now_ += later;
    return watchdog_.look(now_);
  }

  // Looks until the manager hears something; the time stands still meanwhile.
  std::string heard() {
    for (int i = 0; i < 10'000; ++i) {
      look();
      if (std::string message = manager_.next(); message != "none") return message;
      std::this_thread::sleep_for(1ms);
    }
    return "none";
  }

  Handler handler() {
    return [this](Request&) {
      kept_ = true;
      keep_.wait(true);
      return text("at last");
    };
  }

  std::atomic<bool> keep_ = false;
  std::atomic<bool> kept_ = false;
  const FakeManager manager_{abstract_name()};
  const Notifier notifier_;
  LogLines lines_;
  Server server_{2, Address("127.0.0.1:0"), handler()};
  Watchdog watchdog_{8s, notifier_, lines_.log(), server_, [] { return std::string("serving"); }};
  Watchdog::Time now_{1h};
  std::unique_ptr<Client> client_;
};

TEST_F(WatchdogTest, tells_the_manager_that_all_workers_answer) {
  server_.start();
  EXPECT_EQ(heard(), "WATCHDOG=1\n");
  EXPECT_EQ(look(), 2s) << "a quarter of its patience";
  EXPECT_EQ(manager_.next(), "none");
  EXPECT_EQ(look(1999ms), 1ms);
  look(1ms);
  EXPECT_EQ(heard(), "WATCHDOG=1\n");
  EXPECT_TRUE(lines_.take().empty());
}

TEST_F(WatchdogTest, is_silent_as_long_as_one_worker_does_not_answer_and_says_which) {
  server_.start();
  EXPECT_EQ(heard(), "WATCHDOG=1\n");
  hang();
  look(2s);
  // The other one answers soon, in a time that is not this test's.
  while (server_.silent_workers().size() > 1) std::this_thread::yield();
  for (int i = 0; i < 39; ++i) {
    EXPECT_EQ(look(100ms), 80ms);
    EXPECT_EQ(manager_.next(), "none") << i;
  }
  look(200ms);
  EXPECT_THAT(manager_.next(), testing::MatchesRegex("STATUS=no answer from worker [12] of 2; serving\n"));
  EXPECT_THAT(lines_.take(), testing::ElementsAre(HasSubstr("\"event\":\"worker_hung\"")));
  look(3s);
  EXPECT_EQ(manager_.next(), "none") << "told once, and no sign of life";
  let_go();
  EXPECT_EQ(heard(), "STATUS=serving\n");
  EXPECT_EQ(heard(), "WATCHDOG=1\n");
  EXPECT_THAT(lines_.take(), testing::ElementsAre(testing::AllOf(HasSubstr("\"event\":\"worker_answers\""),
                                                                 HasSubstr("\"hung_msec\":"))));
}

// What has drained owes no answer, and the manager waits for the process.
TEST_F(WatchdogTest, goes_on_when_the_server_ends) {
  server_.start();
  EXPECT_EQ(heard(), "WATCHDOG=1\n");
  server_.stop();
  server_.wait();
  look(2s);
  EXPECT_EQ(heard(), "WATCHDOG=1\n");
}

TEST_F(WatchdogTest, spends_no_processor_on_a_patience_that_nobody_can_keep) {
  server_.start();
  Watchdog hasty(1us, notifier_, lines_.log(), server_, [] { return std::string("serving"); });
  EXPECT_GE(hasty.look(now_), 5ms);
}

}  // namespace
}  // namespace webserv::app
