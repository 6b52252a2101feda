// What a listener puts between accept and the first byte of the protocol, as a handshake is: it lets the connection go
// on, refuses it, or waits until it is cut.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "support/memory_stream.h"
#include "support/server_client.h"
#include "support/single_worker.h"
#include "webserv/server/worker_connection.h"

namespace webserv::detail {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::Client;
using test::get;
using test::get_close;
using testing::EndsWith;
using testing::StartsWith;

using Prologue = std::function<Task<bool>(Connection&)>;

constexpr Clock::duration line_time = seconds(3);

// The client is to say "open\n" within some time.
Task<bool> read_line(Connection& connection) {
  connection.stream().reading().expires_in(line_time);
  std::string line;
  while (!line.ends_with('\n')) {
    std::array<char, 1> byte;
    std::span<char> into(byte);
    Result<size_t> got = co_await connection.stream().read_some(into);
    if (!got || *got == 0) co_return false;
    line.push_back(byte[0]);
  }
  connection.stream().reading().never();
  co_return line == "open\n";
}

// No deadline ends it.
Task<bool> wait_for_more(Connection& connection) {
  std::array<char, 1> byte;
  std::span<char> into(byte);
  Result<size_t> got = co_await connection.stream().read_some(into);
  co_return got.has_value();
}

Task<bool> refuse(Connection&) { co_return false; }

Task<bool> fail(Connection& connection) {
  co_await connection.worker().loop.next_turn();
  throw std::runtime_error("no");
}

Response hello(Request& request) { return text("hello by " + std::string(request.listener())); }

// One connection, with a clock that stands still.
class PrologueTest : public testing::Test, private ConnectionOwner {
 protected:
  PrologueTest() { worker_.owner = this; }

  void begin(Prologue prologue, WorkerConnection::Kind kind = WorkerConnection::Kind::served) {
    info_.prologue = std::move(prologue);
    std::array<int, 2> ends{-1, -1};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()), 0);
    client_ = Fd(ends[1]);
    connection_ = std::make_unique<WorkerConnection>(worker_, Fd(ends[0]), Peer(), info_, kind);
    connection_->start();
    turn();
  }
  void say(std::string_view bytes) {
    ASSERT_EQ(::send(client_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
    turn();
  }
  // What has come by now.
  std::string hear() {
    std::array<char, 4096> bytes;
    const ssize_t got = ::recv(client_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    return {bytes.data(), got > 0 ? static_cast<size_t>(got) : 0};
  }
  void pass(Clock::duration time) {
    clock_.advance(time);
    turn();
  }
  void turn() {
    for (int i = 0; i < 4; ++i) loop_.turn(Clock::duration(0));
  }
  bool ended() {
    char byte;
    return connection_ == nullptr && ::recv(client_.get(), &byte, 1, MSG_DONTWAIT) == 0;
  }

  FakeClock clock_;
  Loop loop_{clock_};
  const Limits limits_;
  WorkerContext worker_{loop_, 0, std::make_shared<const Application>(Application{hello, {}, limits_}), {}};
  ListenerInfo info_{.name = "front"};
  Fd client_{-1};
  std::unique_ptr<WorkerConnection> connection_;

 private:
  void remove(WorkerConnection& connection) override {
    ASSERT_EQ(&connection, connection_.get());
    connection_.reset();
  }
  bool name_client(WorkerConnection&, const Peer&) override { return true; }
  bool enter(const Peer&) override { return true; }
  void leave(const Peer&) override {}
};

TEST_F(PrologueTest, reads_its_own_and_leaves_the_rest_to_the_protocol) {
  begin(read_line);
  say("op");
  EXPECT_EQ(hear(), "");
  say("en\n" + get + get);
  const std::string answers = hear();
  EXPECT_THAT(answers, StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(answers.substr(20), testing::HasSubstr("hello by frontHTTP/1.1 200 "));
  // From here on the times are those of the protocol.
  pass(line_time + seconds(1));
  say(get);
  EXPECT_THAT(hear(), EndsWith("hello by front"));
  pass(limits_.idle + seconds(1));
  EXPECT_TRUE(ended());
}

TEST_F(PrologueTest, the_protocol_begins_with_the_whole_time_for_a_head) {
  begin(read_line);
  pass(line_time - seconds(1));
  say("open\n");
  pass(limits_.head_time - seconds(1));
  EXPECT_FALSE(ended());
  pass(seconds(2));
  EXPECT_TRUE(ended());
}

TEST_F(PrologueTest, refuses_and_nothing_is_answered) {
  begin(read_line);
  say("shut\n" + get);
  EXPECT_EQ(hear(), "");
  EXPECT_EQ(connection_, nullptr);
  begin(refuse);
  EXPECT_TRUE(ended());
}

TEST_F(PrologueTest, ends_its_connection_where_it_fails) {
  begin(fail);
  EXPECT_TRUE(ended());
}

TEST_F(PrologueTest, is_cut_by_its_own_deadline) {
  begin(read_line);
  say("op");
  pass(line_time - milliseconds(200));
  EXPECT_FALSE(ended());
  pass(milliseconds(400));
  EXPECT_TRUE(ended());
}

TEST_F(PrologueTest, ends_with_its_client) {
  begin(read_line);
  say("op");
  ::shutdown(client_.get(), SHUT_WR);
  turn();
  EXPECT_TRUE(ended());
}

TEST_F(PrologueTest, does_not_idle_and_so_makes_no_room_for_others) {
  begin(wait_for_more);
  pass(seconds(1000));
  ASSERT_NE(connection_, nullptr);
  EXPECT_EQ(connection_->idle_since(), Clock::time_point::max());
  EXPECT_FALSE(connection_->close_idle());
  EXPECT_FALSE(ended());
}

TEST_F(PrologueTest, is_left_alone_by_a_drain_and_its_protocol_is_told_of_it) {
  begin(read_line);
  worker_.draining = true;
  connection_->drain();
  pass(drain_moment + seconds(1));
  EXPECT_FALSE(ended());
  say("open\n");
  pass(drain_moment + milliseconds(100));
  EXPECT_TRUE(ended());
}

TEST_F(PrologueTest, is_cut_with_its_connection) {
  begin(wait_for_more);
  connection_->cut();
  turn();
  EXPECT_TRUE(ended());
}

TEST_F(PrologueTest, may_be_destroyed_while_it_waits) {
  begin(wait_for_more);
  connection_.reset();
  EXPECT_TRUE(ended());
}

TEST_F(PrologueTest, comes_before_a_client_is_told_that_it_has_too_many_connections) {
  begin(read_line, WorkerConnection::Kind::turned_away);
  EXPECT_EQ(hear(), "");
  say("open\n");
  EXPECT_THAT(hear(), StartsWith("HTTP/1.1 503 "));
}

// As TLS does it, with a stream that lives in the frame of nobody.
TEST_F(PrologueTest, may_replace_the_stream_of_its_connection) {
  test::MemoryStream inner(loop_);
  begin([&inner](Connection& connection) -> Task<bool> {
    connection.use(inner);
    co_return true;
  });
  inner.feed(get_close);
  turn();
  EXPECT_THAT(inner.output(), EndsWith("hello by front"));
  EXPECT_EQ(hear(), "");
}

// The same by a worker on a thread of its own.
TEST(PrologueOfWorkerTest, a_drain_cuts_those_that_wait_when_its_time_is_up) {
  Limits limits;
  limits.drain = milliseconds(1);
  test::SingleWorker server({.name = "front", .prologue = wait_for_more}, hello, limits);
  Client waits(server.address());
  while (server.connections() == 0) std::this_thread::yield();
  server.worker().drain();
  EXPECT_TRUE(waits.ended());
  server.worker().join();
}

TEST(PrologueOfWorkerTest, a_stop_cuts_those_that_wait_at_once) {
  test::SingleWorker server({.name = "front", .prologue = wait_for_more}, hello);
  Client waits(server.address());
  while (server.connections() == 0) std::this_thread::yield();
  server.worker().stop();
  server.worker().join();
  EXPECT_TRUE(waits.ended());
}

TEST(PrologueOfWorkerTest, those_that_refuse_are_counted_no_more) {
  Limits limits;
  limits.connections = 1;
  limits.connections_per_client = 1;
  limits.drain = std::chrono::hours(1);
  test::SingleWorker server({.name = "front", .prologue = read_line}, hello, limits);
  for (int i = 0; i < 20; ++i) {
    Client refused(server.address());
    refused.say("shut\n");
    EXPECT_EQ(refused.hear_all(), "");
    while (server.connections() != 0) std::this_thread::yield();
  }
  Client served(server.address());
  served.say("open\n" + get_close);
  EXPECT_THAT(served.hear_all(), EndsWith("hello by front"));
  server.worker().drain();
  server.worker().join();
}

}  // namespace
}  // namespace webserv::detail
