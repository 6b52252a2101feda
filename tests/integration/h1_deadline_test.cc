// Deadlines, slow and dead peers, and the drain: with a clock that the test moves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>

#include "support/conversation.h"
#include "webserv/server/h1/h1_shared.h"

namespace webserv::detail {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::Conversation;
using testing::HasSubstr;
using testing::StartsWith;

const std::string get = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

Task<Response> read_all(Request& request) {
  std::expected<std::string, HttpError> body = co_await request.body().text(unlimited);
  if (!body) co_return closing(error(body.error()));
  co_return text(std::to_string(body->size()));
}

Answer handle(Request& request) {
  if (request.method() == Method::post) return read_all(request);
  if (request.path() == "/large") return text(std::string(1'000'000, 'x'));
  return text("hello");
}

struct DeadlineTest : testing::Test {
  Conversation conversation{handle};
  test::MemoryStream& stream = conversation.stream();
};

TEST_F(DeadlineTest, an_idle_connection_is_closed_silently) {
  conversation.start();
  conversation.feed(get);
  stream.take_output();
  conversation.pass(seconds(14));
  EXPECT_FALSE(stream.closed());
  conversation.pass(seconds(2));
  EXPECT_TRUE(stream.closed());
  EXPECT_EQ(stream.output(), "");
}

TEST_F(DeadlineTest, a_connection_that_never_says_anything_is_closed_silently) {
  conversation.start();
  conversation.pass(seconds(11));
  EXPECT_TRUE(stream.closed());
  EXPECT_EQ(stream.output(), "");
}

TEST_F(DeadlineTest, a_head_has_one_deadline_however_busily_it_comes) {
  conversation.start();
  conversation.feed("GET /a HTTP/1.1\r\n");
  for (int i = 0; i < 9; ++i) {
    conversation.pass(seconds(1));
    conversation.feed("X: y\r\n");
  }
  EXPECT_EQ(stream.output(), "");
  conversation.pass(seconds(2));
  EXPECT_THAT(stream.output(), StartsWith("HTTP/1.1 408 "));
  EXPECT_TRUE(stream.output_ended());
}

TEST_F(DeadlineTest, the_next_head_has_a_deadline_of_its_own) {
  conversation.start();
  for (int i = 0; i < 3; ++i) {
    conversation.feed(get.substr(0, 10));
    conversation.pass(seconds(8));
    conversation.feed(get.substr(10));
    EXPECT_THAT(stream.take_output(), StartsWith("HTTP/1.1 200 "));
  }
}

TEST_F(DeadlineTest, a_body_that_pauses_too_long_is_408) {
  conversation.start();
  conversation.feed("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  conversation.pass(seconds(29));
  EXPECT_EQ(stream.output(), "");
  conversation.pass(seconds(2));
  EXPECT_THAT(stream.output(), StartsWith("HTTP/1.1 408 "));
}

TEST_F(DeadlineTest, a_body_that_trickles_is_408) {
  conversation.start();
  conversation.feed("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
  int fed = 0;
  while (stream.output().empty() && fed < 1000) {
    conversation.pass(seconds(5));
    conversation.feed("x");
    ++fed;
  }
  EXPECT_THAT(stream.output(), StartsWith("HTTP/1.1 408 "));
  EXPECT_LT(fed, 20);
}

TEST_F(DeadlineTest, a_slow_body_at_a_fair_rate_is_taken) {
  conversation.start();
  conversation.feed("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
  for (int i = 0; i < 100; ++i) {
    conversation.pass(seconds(2));
    conversation.feed(std::string(1000, 'x'));
  }
  EXPECT_THAT(stream.output(), HasSubstr("\r\n\r\n100000"));
}

TEST_F(DeadlineTest, a_client_that_takes_nothing_is_reset) {
  stream.take(1000);
  conversation.start();
  conversation.feed("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
  conversation.pass(seconds(29));
  EXPECT_FALSE(stream.closed());
  conversation.pass(seconds(2));
  EXPECT_TRUE(stream.was_reset());
}

TEST_F(DeadlineTest, a_client_that_takes_slowly_gets_all) {
  stream.take(0);
  conversation.start();
  conversation.feed("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
  for (int i = 0; i < 30; ++i) {
    conversation.pass(seconds(20));
    stream.take(50'000, 10'000);
  }
  EXPECT_FALSE(stream.was_reset());
  EXPECT_GT(stream.output().size(), 1'000'000u);
}

TEST_F(DeadlineTest, lingering_ends_by_itself) {
  conversation.start();
  conversation.feed("GET / HTTP/9.9\r\n\r\n");
  for (int i = 0; i < 40 && !stream.closed(); ++i) {
    conversation.pass(milliseconds(500));
    conversation.feed("more and more");
  }
  EXPECT_TRUE(stream.closed());
}

TEST_F(DeadlineTest, a_peer_that_breaks_ends_the_connection) {
  conversation.start();
  conversation.feed("GET /a HT");
  stream.break_with(Error::connection_reset);
  conversation.settle();
  EXPECT_TRUE(conversation.ended());
}

TEST_F(DeadlineTest, drain_answers_what_is_begun_and_closes) {
  conversation.start();
  conversation.feed("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n");
  conversation.worker().draining = true;
  conversation.session().drain();
  conversation.feed("hi");
  EXPECT_THAT(stream.output(), HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(stream.output(), HasSubstr("\r\n\r\n2"));
}

TEST_F(DeadlineTest, drain_gives_an_idle_connection_a_moment_for_a_request_on_its_way) {
  conversation.start();
  conversation.feed(get);
  stream.take_output();
  conversation.worker().draining = true;
  conversation.session().drain();
  conversation.pass(milliseconds(300));
  EXPECT_FALSE(stream.closed());
  conversation.feed(get);
  EXPECT_THAT(stream.output(), HasSubstr("Connection: close\r\n"));
}

TEST_F(DeadlineTest, drain_closes_an_idle_connection_after_that) {
  conversation.start();
  conversation.feed(get);
  conversation.worker().draining = true;
  conversation.session().drain();
  conversation.pass(milliseconds(600));
  EXPECT_TRUE(stream.closed());
}

TEST_F(DeadlineTest, idle_connections_hold_no_buffer) {
  conversation.start();
  conversation.feed(get);
  // The one exchange is free again: taking it makes no other.
  ExchangeLease first(conversation.worker().h1->exchanges, conversation.connection());
  ExchangeLease second(conversation.worker().h1->exchanges, conversation.connection());
  EXPECT_GT((*first).out.capacity(), (*second).out.capacity()) << "the first was used before";
}

// Reads the body while it writes the answer, as a program does whose body is streamed to it.
struct Duplex {
  std::optional<Task<>> reading;
  size_t read = 0;
  Status error{};          // that ended the reading
  Clock::duration rest{};  // after the first piece of the answer
  bool sent = false;
  bool cut = false;

  Task<> read_body(Request& request) {
    std::array<char, 1000> some;
    for (;;) {
      std::expected<size_t, HttpError> got = co_await request.body().read_some(some);
      if (!got) error = got.error().status;
      if (!got || *got == 0) co_return;
      read += *got;
    }
  }
  Task<Result<>> produce(Loop& loop, BodySink& sink) {
    const std::string piece(100'000, 'x');
    for (int i = 0; i < 10; ++i) {
      Result<> written = co_await sink.write(piece);
      cut = !written;
      if (!written) co_return written;
      if (i == 0) co_await loop.sleep_until(loop.now() + rest);
    }
    sent = true;
    co_return Result<>();
  }
  Task<Response> answer(Request& request) {
    co_await request.body().invite();
    reading.emplace(read_body(request));
    reading->start();
    Response response;
    response.close = true;
    response.body = Producer([this, &request](BodySink& sink) { return produce(request.loop(), sink); });
    co_return response;
  }
};

struct DuplexTest : testing::Test {
  Duplex duplex;
  Conversation conversation{[this](Request& request) { return duplex.answer(request); }};
  test::MemoryStream& stream = conversation.stream();

  void SetUp() override {
    stream.take(0);
    conversation.start();
    conversation.feed("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 500000\r\n\r\n");
  }
};

TEST_F(DuplexTest, a_write_that_waited_does_not_shorten_the_time_of_the_body) {
  duplex.rest = seconds(100);
  conversation.pass(seconds(1));
  stream.take(150'000);
  conversation.pass(seconds(28));
  EXPECT_EQ(duplex.error, Status{});
  conversation.feed(std::string(1000, 'x'));
  EXPECT_EQ(duplex.read, 1000u);
}

TEST_F(DuplexTest, a_client_that_takes_nothing_is_cut_however_busily_it_sends) {
  for (int i = 0; i < 8; ++i) {
    EXPECT_FALSE(duplex.cut);
    conversation.pass(seconds(4));
    conversation.feed(std::string(2000, 'x'));
  }
  conversation.pass(seconds(7));
  EXPECT_TRUE(duplex.cut);
}

TEST_F(DuplexTest, a_body_that_pauses_is_408_however_busily_the_answer_is_taken) {
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(duplex.error, Status{});
    conversation.pass(seconds(9));
    stream.take(100);
  }
  conversation.pass(seconds(4));
  EXPECT_EQ(duplex.error, Status::request_timeout);
}

TEST_F(DuplexTest, a_body_that_pauses_ends_no_answer_that_moves) {
  for (int i = 0; i < 110; ++i) {
    conversation.pass(seconds(5));
    stream.take(10'000);
    conversation.turn();
  }
  EXPECT_EQ(duplex.error, Status::request_timeout);
  EXPECT_TRUE(duplex.sent);
}

}  // namespace
}  // namespace webserv::detail
