#include "app/serve/signals.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <thread>

namespace webserv::app {
namespace {

using namespace std::chrono_literals;

TEST(Signals, become_events_in_the_thread_that_waits) {
  Signals signals;
  EXPECT_EQ(signals.wait(0ms), std::nullopt);
  for (int number : {SIGTERM, SIGINT}) {
    kill(getpid(), number);
    EXPECT_EQ(signals.wait(), Signals::Event::stop);
  }
  kill(getpid(), SIGHUP);
  EXPECT_EQ(signals.wait(10s), Signals::Event::reload);
  EXPECT_EQ(signals.wait(1ms), std::nullopt);
}

TEST(Signals, come_beside_what_other_threads_tell) {
  Signals signals;
  std::thread([&] { signals.post(Signals::Event::taken_over); }).join();
  kill(getpid(), SIGHUP);
  EXPECT_EQ(signals.wait(), Signals::Event::taken_over);
  EXPECT_EQ(signals.wait(), Signals::Event::reload);
  std::thread waker([&] { signals.post(Signals::Event::ended); });
  EXPECT_EQ(signals.wait(), Signals::Event::ended);
  waker.join();
}

TEST(Signals, are_kept_from_threads_started_later) {
  Signals signals;
  std::thread([] { EXPECT_EQ(raise(SIGTERM), 0); }).join();
  // It was sent to a thread that had it blocked and is gone with it: the process lives.
  EXPECT_EQ(signals.wait(0ms), std::nullopt);
}

TEST(Signals, a_broken_pipe_is_an_error_not_a_signal) {
  const Signals signals;
  int pipe[2];
  ASSERT_EQ(::pipe(pipe), 0);
  close(pipe[0]);
  EXPECT_EQ(write(pipe[1], "x", 1), -1);
  EXPECT_EQ(errno, EPIPE);
  close(pipe[1]);
}

}  // namespace
}  // namespace webserv::app
