// Sockets that the loop cannot watch, for the user's share of epoll's memory is used up: their connections end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "failure/failing_calls.h"
#include "support/client.h"
#include "support/server_client.h"
#include "webserv/server/server.h"

namespace webserv::detail {
namespace {

using test::FailingAccepts;
using test::FailingWatches;
using test::get;
using test::get_close;
using test::SocketClient;
using testing::EndsWith;

Task<Response> take(Request& request) {
  std::expected<std::string, HttpError> body = co_await request.body().text(unlimited);
  if (!body) co_return closing(error(body.error()));
  co_return text("taken");
}

TEST(WatchFailureTest, what_would_have_to_wait_is_closed_and_counted_no_more) {
  Limits limits;
  limits.connections = 1;
  limits.connections_per_client = 1;
  // No deadline ends them.
  limits.idle = limits.head_time = limits.drain = std::chrono::hours(1);
  limits.route.body = limits.route.write = std::chrono::hours(1);
  Handler handler = [](Request& request) -> Answer {
    if (request.path() == "/take") return take(request);
    return text(request.path() == "/large" ? std::string(50'000'000, 'x') : "hello");
  };
  Server server(1, Address("127.0.0.1:0"), handler, limits);
  server.start();
  const std::string address = server.addresses().front();
  struct Case {
    std::string said;   // before more would be waited for
    std::string heard;  // what an answer begins with, if there is one
  };
  const Case cases[] = {
      {"", ""},
      {get, "HTTP/1.1 200 "},
      {"GET / HT", ""},
      {"POST /take HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345", "HTTP/1.1 400 "},
      {"GET /large HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 "},
  };
  for (int error : {ENOSPC, ENOMEM}) {
    for (const Case& c : cases) {
      {
        FailingWatches failing(S_IFSOCK, error);
        // All that is said is there when the connection is accepted.
        auto held = std::make_unique<FailingAccepts>(EMFILE);
        SocketClient client(address);
        client.say(c.said);
        held.reset();
        // Nothing is read before the server has to wait.
        while (failing.failed() == 0) std::this_thread::yield();
        const std::string heard = client.hear_all();
        EXPECT_EQ(heard.substr(0, c.heard.size()), c.heard);
        EXPECT_EQ(heard.empty(), c.heard.empty()) << c.said;
      }
      SocketClient next(address);
      next.say(get_close);
      EXPECT_THAT(next.hear_all(), EndsWith("hello")) << c.said;
    }
  }
  server.drain();
  server.wait();
}

}  // namespace
}  // namespace webserv::detail
