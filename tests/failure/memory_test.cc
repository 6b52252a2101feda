// Memory that is short: whom it hits loses a connection, and nobody else anything.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "failure/failing_calls.h"
#include "support/client.h"
#include "support/server_client.h"
#include "support/single_worker.h"
#include "webserv/server/server.h"

namespace webserv::detail {
namespace {

using test::FailingAllocation;
using test::get;
using test::get_close;
using test::SocketClient;
using testing::EndsWith;

Task<Response> echo(Request& request) {
  std::expected<std::string, HttpError> body = co_await request.body().text(unlimited);
  if (!body) co_return closing(error(body.error()));
  co_return text(std::string(request.path()) + *body);
}

// The server takes one connection only: one that is counted and gone would be the last.
bool serves(const std::string& address) {
  for (int i = 0; i < 500; ++i) {
    SocketClient client(address);
    client.say(get_close);
    if (client.hear_all().ends_with("hello")) return true;
    ::usleep(2'000);
  }
  return false;
}

TEST(MemoryFailureTest, every_allocation_of_a_connection_may_fail) {
  Limits limits;
  limits.connections = 1;
  limits.connections_per_client = 1;
  limits.drain = std::chrono::hours(1);
  Handler handler = [](Request& request) -> Answer {
    if (request.path() == "/") return text("hello");
    return echo(request);
  };
  const std::string said = "POST /" + std::string(500, 'x') + "/%41 HTTP/1.1\r\nHost: a.test\r\n" +
                           "Content-Length: 40000\r\nX-Long: " + std::string(5000, 'y') + "\r\n\r\n" +
                           std::string(40'000, 'z') + get_close;
  bool failed = true;
  int failures = 0;
  for (; failed; ++failures) {
    // A new one: what an earlier connection left behind is used again.
    Server server(1, Address("127.0.0.1:0"), handler, limits);
    server.start();
    const std::string address = server.addresses().front();
    {
      FailingAllocation failing(failures);
      SocketClient client(address);
      client.say(said);
      client.hear_all();
      failed = failing.failed();
    }
    ASSERT_TRUE(serves(address)) << failures;
    // Ends at once where no connection is counted any more.
    server.drain();
    server.wait();
  }
  RecordProperty("allocations", failures);
  EXPECT_GT(failures, 20) << "it has tested nothing";
}

Task<bool> read_byte(Connection& connection) {
  std::array<char, 1> byte;
  std::span<char> into(byte);
  Result<size_t> got = co_await connection.stream().read_some(into);
  co_return got.has_value();
}

TEST(MemoryFailureTest, every_allocation_of_a_connection_with_a_prologue_may_fail) {
  Limits limits;
  limits.connections = 1;
  limits.connections_per_client = 1;
  limits.drain = std::chrono::hours(1);
  bool failed = true;
  int failures = 0;
  for (; failed; ++failures) {
    test::SingleWorker server(
        {.name = "front", .prologue = read_byte}, [](Request&) { return text("hello"); }, limits);
    {
      FailingAllocation failing(failures);
      SocketClient client(server.address());
      client.say(" " + get_close);
      client.hear_all();
      failed = failing.failed();
    }
    SocketClient next(server.address());
    next.say(" " + get_close);
    ASSERT_THAT(next.hear_all(), EndsWith("hello")) << failures;
    server.worker().drain();
    server.worker().join();
  }
  EXPECT_GT(failures, 5) << "it has tested nothing";
}

TEST(MemoryFailureTest, a_server_without_memory_drains) {
  for (bool with_client : {true, false, false, false}) {
    Server server(2, Address("127.0.0.1:0"), [](Request&) { return text("hello"); });
    server.start();
    SocketClient client(server.addresses().front());
    client.say(with_client ? get : get_close);
    EXPECT_THAT(client.hear(), EndsWith("hello"));
    // One that has ended, or one that idles and is told so.
    if (!with_client) client.hear_all();
    FailingAllocation failing(0, FailingAllocation::Which::all_later);
    server.drain();
    EXPECT_EQ(client.hear(), "");
    server.wait();
  }
}

// A worker that has many more connections than another one hands on what it accepts.
TEST(MemoryFailureTest, a_connection_that_cannot_be_handed_on_is_closed) {
  Limits limits;
  limits.drain = std::chrono::hours(1);
  std::atomic<bool> held = false;
  std::atomic<bool> open = false;
  Handler handler = [&](Request& request) {
    held = request.path() == "/hold";
    while (held && !open) std::this_thread::yield();
    return text(request.worker() == 0 ? "first" : "other");
  };
  Server server(2, Address("127.0.0.1:0"), handler, limits);
  server.start();
  const std::string address = server.addresses().front();
  // All that the first worker has stays; of the other one a single connection does, and that keeps it from accepting.
  std::vector<SocketClient> of_first;
  std::vector<SocketClient> of_other;
  while (of_first.size() < 30 || of_other.empty()) {
    SocketClient client(address);
    client.say(get);
    (client.hear().ends_with("first") ? of_first : of_other).push_back(std::move(client));
  }
  of_other.erase(of_other.begin() + 1, of_other.end());
  // When it answers the second time, it has come to the end of the others.
  for (int i = 0; i < 2; ++i) {
    of_other.front().say(get);
    of_other.front().hear();
  }
  of_other.front().say("GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
  while (!held) std::this_thread::yield();
  for (long behind : {0, 1}) {
    FailingAllocation failing(behind);
    SocketClient client(address);
    EXPECT_EQ(client.hear(), "") << behind;
    EXPECT_TRUE(failing.failed()) << behind;
  }
  SocketClient handed_on(address);
  handed_on.say(get_close);
  open = true;
  EXPECT_THAT(handed_on.hear_all(), EndsWith("other"));
  of_first.clear();
  of_other.clear();
  server.drain();
  server.wait();
}

}  // namespace
}  // namespace webserv::detail
