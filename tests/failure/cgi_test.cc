// Runs of programs while the system refuses something: the client hears of it, and nothing is left.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <string>

#include "failure/failing_calls.h"
#include "integration/cgi_server.h"

namespace webserv::detail {
namespace {

using test::CgiServer;
using test::FailingAllocation;
using test::FailingWatches;
using test::Heard;
using test::SocketClient;
using testing::HasSubstr;

bool has_children() {
  siginfo_t info{};
  return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

// Programs that end by themselves are gone soon; the others are told to, and killed.
bool leaves_no_child() {
  for (int i = 0; i < 1000 && has_children(); ++i) ::usleep(10'000);
  return !has_children();
}

// Under sanitizers there are more of them, for frames of coroutines are not used again, and all takes longer.
#ifdef WEBSERV_SANITIZED
constexpr int step = 29;
#else
constexpr int step = 1;
#endif

TEST(CgiFailureTest, every_allocation_of_a_run_may_fail) {
  // A task beside the run that could not begin is missed only when the time is up.
  CgiServer server({.time = std::chrono::seconds(2)});
  for (const char* path : {"/cgi/echo", "/stream/echo", "/cgi/dies-after-head", "/cgi/complains", "/cgi/redirect"}) {
    bool failed = true;
    for (int behind = 0; failed; behind += step) {
      {
        FailingAllocation failing(behind);
        SocketClient client(server.address());
        client.say("POST " + std::string(path) + " HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n" +
                   "Content-Length: 100000\r\n\r\n" + std::string(100'000, 'x'));
        client.hear_all();
        failed = failing.failed();
      }
      ASSERT_EQ(server.get("hello").body, "hello") << path << behind;
    }
  }
  EXPECT_TRUE(leaves_no_child());
}

// Neither of them ends before its pipes have to be waited for, the second one never.
TEST(CgiFailureTest, pipes_that_cannot_be_watched_are_a_bad_gateway) {
  CgiServer server({.time = CgiLimits::forever});
  for (int error : {ENOSPC, ENOMEM}) {
    for (const char* path : {"closes-input", "waits", "reads-slowly"}) {
      FailingWatches failing(S_IFIFO, error);
      Heard heard = server.post(path, std::string(60'000, 'x'));
      EXPECT_EQ(heard.status, 502) << path;
      EXPECT_TRUE(heard.whole) << path;
      EXPECT_GT(failing.failed(), 0u);
      EXPECT_THAT(server.take_events(), HasSubstr("fs.epoll.max_user_watches")) << path;
    }
  }
  EXPECT_EQ(server.get("hello").body, "hello");
  EXPECT_TRUE(leaves_no_child());
}

}  // namespace
}  // namespace webserv::detail
