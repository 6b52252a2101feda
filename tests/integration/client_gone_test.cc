// A handler learns that its client is gone; a client that only says no more gets its answer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/conversation.h"

namespace webserv::detail {
namespace {

using std::chrono::seconds;
using test::Conversation;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view interim = "HTTP/1.1 100 Continue\r\n\r\n";

Task<> watch(Request& request, bool& gone) {
  co_await request.connection().client_gone();
  gone = true;
}

struct Watched {
  bool gone = false;

  // Answers after a second.
  Task<Response> slow(Request& request) {
    Task<> watching = watch(request, gone);
    watching.start();
    co_await request.loop().sleep_until(request.loop().now() + seconds(1));
    co_return text("slow");
  }
  // Two pieces of a body with a second in between.
  Task<Result<>> produce(Request& request, BodySink& sink) {
    Task<> watching = watch(request, gone);
    watching.start();
    Result<> first = co_await sink.write("first");
    if (!first) co_return first;
    co_await request.loop().sleep_until(request.loop().now() + seconds(1));
    Result<> second = co_await sink.write("second");
    co_return second;
  }
  Handler handler() {
    return [this](Request& request) -> Answer {
      if (request.path() == "/slow") return slow(request);
      Response response;
      response.body = Producer([this, &request](BodySink& sink) { return produce(request, sink); });
      return response;
    };
  }
};

struct ClientGoneTest : testing::Test {
  void hear(std::string_view request) {
    conversation.start();
    conversation.feed(request);
  }

  Watched watched;
  Conversation conversation{watched.handler()};
  test::MemoryStream& client = conversation.stream();
};

TEST_F(ClientGoneTest, asks_a_client_once_before_the_answer) {
  hear("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.output(), "");
  client.peer_ends(PeerEnd::half);
  client.peer_ends(PeerEnd::half);
  EXPECT_EQ(client.output(), interim);
  conversation.pass(seconds(2));
  EXPECT_THAT(client.output(), StartsWith(std::string(interim) + "HTTP/1.1 200 OK"));
  EXPECT_THAT(client.output(), EndsWith("slow"));
  EXPECT_FALSE(watched.gone);
}

TEST_F(ClientGoneTest, does_not_ask_an_old_client) {
  hear("GET /slow HTTP/1.0\r\n\r\n");
  client.peer_ends(PeerEnd::half);
  conversation.pass(seconds(2));
  EXPECT_THAT(client.output(), StartsWith("HTTP/1.1 200 OK"));
}

TEST_F(ClientGoneTest, tells_of_a_client_that_is_gone) {
  hear("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  client.peer_ends(PeerEnd::half);
  EXPECT_FALSE(watched.gone);
  client.peer_ends(PeerEnd::whole);
  EXPECT_TRUE(watched.gone);
}

TEST_F(ClientGoneTest, tells_of_a_connection_that_is_cut) {
  hear("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  client.fail(Error::operation_canceled);
  EXPECT_TRUE(watched.gone);
}

TEST_F(ClientGoneTest, asks_between_two_chunks_by_a_leading_zero) {
  hear("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(client.take_output(), EndsWith("5\r\nfirst\r\n"));
  client.peer_ends(PeerEnd::half);
  EXPECT_EQ(client.output(), "0");
  conversation.pass(seconds(2));
  EXPECT_EQ(client.output(), "06\r\nsecond\r\n0\r\n\r\n");
}

TEST_F(ClientGoneTest, asks_nothing_within_a_body_without_chunks) {
  hear("GET / HTTP/1.0\r\n\r\n");
  client.peer_ends(PeerEnd::half);
  conversation.pass(seconds(2));
  EXPECT_THAT(client.output(), EndsWith("\r\n\r\nfirstsecond"));
  EXPECT_THAT(client.output(), Not(HasSubstr("100 Continue")));
}

}  // namespace
}  // namespace webserv::detail
