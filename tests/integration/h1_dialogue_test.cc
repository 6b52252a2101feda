// What a client hears for what it says: the connection over a memory stream, at once, split everywhere, byte by byte.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <regex>
#include <string>
#include <vector>

#include "support/conversation.h"

namespace webserv::detail {
namespace {

using test::Conversation;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

// "/echo" answers the body, "/slow" waits a second, "/stream" produces, "/throw" fails; else the path.
Task<Response> echo(Request& request) {
  std::expected<std::string, HttpError> body = co_await request.body().text(unlimited);
  if (!body) co_return closing(error(body.error()));
  co_return text("<" + *body + ">");
}

Task<Response> slow(Request& request) {
  co_await request.loop().sleep_until(request.loop().now() + std::chrono::seconds(1));
  co_return text("slow");
}

Task<Result<>> produce(BodySink& sink) {
  for (int i = 0; i < 3; ++i) {
    std::string part = "part" + std::to_string(i);
    Result<> written = co_await sink.write(part);
    if (!written) co_return written;
  }
  co_return Result<>();
}

Task<Result<>> produce_half(BodySink& sink) {
  Result<> written = co_await sink.write("half");
  if (!written) co_return written;
  co_return std::unexpected(Error::io_error);
}

Answer handle(Request& request) {
  if (request.path() == "/echo") return echo(request);
  if (request.path() == "/slow") return slow(request);
  if (request.path() == "/throw") throw std::runtime_error("broken");
  if (request.path() == "/throw_anything") throw 42;
  if (request.path() == "/large") return text(std::string(100'000, 'x'));
  Response response;
  response.status = request.path() == "/204" ? Status::no_content : Status::ok;
  if (request.path() == "/stream") response.body = Producer(produce);
  if (request.path() == "/half") response.body = Producer(produce_half);
  if (request.path() != "/stream" && request.path() != "/half" && request.path() != "/204") {
    return text(std::string(request.path()));
  }
  return response;
}

// The output without what changes from run to run and without reason phrases, for comparisons.
std::string plain(std::string output) { return std::regex_replace(output, std::regex("Date: [^\r]*\r\n"), ""); }

std::string ok(std::string_view body, std::string_view more = "") {
  return "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n" + std::string(more) + "\r\n" + std::string(body);
}

struct Dialogue {
  const char* name;
  std::string said;
  std::string heard;
};

const std::string get = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
const std::string get_close = "GET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

class DialogueTest : public testing::TestWithParam<Dialogue> {};

TEST_P(DialogueTest, is_the_same_however_the_bytes_come) {
  const Dialogue& dialogue = GetParam();
  EXPECT_EQ(plain(Conversation(handle).all_at_once(dialogue.said)), dialogue.heard);
  EXPECT_EQ(plain(Conversation(handle).byte_by_byte(dialogue.said)), dialogue.heard);
  for (size_t at = 0; at <= dialogue.said.size(); ++at) {
    ASSERT_EQ(plain(Conversation(handle).split(dialogue.said, at)), dialogue.heard) << "split at " << at;
  }
}

INSTANTIATE_TEST_SUITE_P(
    , DialogueTest,
    testing::Values(
        Dialogue{"one_request", get, ok("/a")},
        Dialogue{"pipelined", get + get + get_close, ok("/a") + ok("/a") + ok("/b", "Connection: close\r\n")},
        Dialogue{"nothing_after_close", get_close + get, ok("/b", "Connection: close\r\n")},
        Dialogue{"old_client", "GET /a HTTP/1.0\r\n\r\n" + get, ok("/a", "Connection: close\r\n")},
        Dialogue{"old_client_that_keeps_alive", "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
                 ok("/a", "Connection: keep-alive\r\n")},
        Dialogue{"head", "HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n" + get,
                 "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 2\r\n\r\n" + ok("/a")},
        Dialogue{"no_content", "GET /204 HTTP/1.1\r\nHost: x\r\n\r\n" + get,
                 "HTTP/1.1 204 No Content\r\n\r\n" + ok("/a")},
        Dialogue{"body_with_length", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello" + get,
                 ok("<hello>") + ok("/a")},
        Dialogue{"chunked_body_with_trailers",
                 "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                 "3;x=y\r\nabc\r\n0A\r\n0123456789\r\n0\r\nX-T: v\r\n\r\n" +
                     get,
                 ok("<abc0123456789>") + ok("/a")},
        Dialogue{"unread_body_is_skipped", "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello" + get,
                 ok("/a") + ok("/a")},
        Dialogue{"unread_chunks_are_skipped",
                 "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" + get,
                 ok("/a") + ok("/a")},
        Dialogue{"produced_body_in_chunks", "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n" + get,
                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                 "5\r\npart0\r\n5\r\npart1\r\n5\r\npart2\r\n0\r\n\r\n" +
                     ok("/a")},
        Dialogue{"produced_body_for_an_old_client", "GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
                 "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\npart0part1part2"},
        Dialogue{"head_of_a_produced_body", "HEAD /stream HTTP/1.1\r\nHost: x\r\n\r\n" + get,
                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + ok("/a")},
        Dialogue{"absolute_form_wins_over_host", "GET http://other/a HTTP/1.1\r\nHost: x\r\n\r\n", ok("/a")},
        Dialogue{"paths_are_normalized", "GET /x/%2e%2e/./a HTTP/1.1\r\nHost: x\r\n\r\n", ok("/a")},
        Dialogue{"large_body", "GET /large HTTP/1.1\r\nHost: x\r\n\r\n" + get,
                 ok(std::string(100'000, 'x')) + ok("/a")}),
    [](const auto& test) { return test.param.name; });

struct Refused {
  const char* name;
  std::string said;
  unsigned status;
};

class RefusalTest : public testing::TestWithParam<Refused> {};

TEST_P(RefusalTest, ends_the_connection_with_a_clear_answer) {
  const Refused& refused = GetParam();
  std::string begin = "HTTP/1.1 " + std::to_string(refused.status) + " ";
  for (bool slowly : {false, true}) {
    Conversation conversation(handle);
    std::string said = refused.said + get;
    std::string heard = slowly ? conversation.byte_by_byte(said) : conversation.all_at_once(said);
    EXPECT_THAT(heard, StartsWith(begin)) << slowly;
    EXPECT_THAT(heard, HasSubstr("\r\nConnection: close\r\n"));
    EXPECT_EQ(heard.find("HTTP/1.1", 1), std::string::npos) << "only one answer";
    EXPECT_TRUE(conversation.stream().closed());
    EXPECT_TRUE(conversation.stream().output_ended()) << "lingers, so that no reset eats the answer";
  }
}

INSTANTIATE_TEST_SUITE_P(
    , RefusalTest,
    testing::Values(
        Refused{"two_lengths", "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
        Refused{"length_and_coding",
                "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        Refused{"unknown_coding", "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: zip\r\n\r\n", 501},
        Refused{"no_host", "GET /a HTTP/1.1\r\n\r\n", 400},
        Refused{"unknown_method", "BREW /a HTTP/1.1\r\nHost: x\r\n\r\n", 501},
        Refused{"unknown_version", "GET /a HTTP/2.0\r\nHost: x\r\n\r\n", 505},
        Refused{"nul_in_path", "GET /a%00b HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        Refused{"above_the_root", "GET /../a HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        Refused{"unknown_expectation", "GET /a HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n", 417},
        Refused{"bad_chunk_size",
                "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n+1\r\nx\r\n0\r\n\r\n", 400},
        Refused{"body_over_the_limit", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n", 413},
        Refused{"target_over_the_limit", "GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n", 414},
        Refused{"head_over_the_limit", "GET /a HTTP/1.1\r\nHost: x\r\nX: " + std::string(20'000, 'a') + "\r\n\r\n",
                431}),
    [](const auto& test) { return test.param.name; });

TEST(ConversationTest, answers_pipelined_requests_with_one_write) {
  Conversation conversation(handle);
  conversation.start();
  conversation.feed(get + get + get + get);
  EXPECT_EQ(conversation.stream().writes(), 1);
}

TEST(ConversationTest, lets_others_go_first_after_sixteen_requests) {
  Conversation conversation(handle);
  std::string many;
  for (int i = 0; i < 40; ++i) many += get;
  conversation.stream().feed(many);
  conversation.start();
  conversation.settle();
  EXPECT_EQ(conversation.stream().writes(), 3);
  size_t answers = 0;
  const std::string& out = conversation.stream().output();
  for (size_t at = 0; (at = out.find("HTTP/1.1 200", at)) != std::string::npos; ++at) ++answers;
  EXPECT_EQ(answers, 40u);
}

TEST(ConversationTest, sends_100_continue_when_the_handler_asks_for_the_body) {
  Conversation conversation(handle);
  conversation.start();
  conversation.feed("POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(conversation.stream().take_output(), "HTTP/1.1 100 Continue\r\n\r\n");
  conversation.feed("hi");
  EXPECT_EQ(plain(conversation.stream().output()), ok("<hi>"));
}

// Reads the body while the answer is written.
struct Duplex {
  std::string body;
  std::optional<Task<>> reading;

  Task<> read(Request& request) {
    std::array<char, 64> some;
    for (;;) {
      std::expected<size_t, HttpError> got = co_await request.body().read_some(some);
      if (!got || *got == 0) break;
      body.append(some.data(), *got);
    }
  }
  Task<Response> answer(Request& request) {
    bool invited = co_await request.body().invite();
    EXPECT_TRUE(invited);
    reading.emplace(read(request));
    reading->start();
    Response response;
    response.body = Producer(produce);
    co_return closing(std::move(response));
  }
};

TEST(ConversationTest, sends_nothing_twice_where_a_body_is_read_while_the_answer_waits) {
  Duplex duplex;
  Conversation conversation([&](Request& request) -> Answer { return duplex.answer(request); });
  const std::string interim = "HTTP/1.1 100 Continue\r\n\r\n";
  conversation.stream().take(interim.size() + 10);
  conversation.start();
  conversation.feed("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(conversation.stream().take_output(), interim + "HTTP/1.1 2");
  conversation.feed("ab");
  conversation.feed("cd");
  EXPECT_EQ(duplex.body, "abcd");
  conversation.stream().take(10'000);
  conversation.settle();
  EXPECT_THAT(conversation.stream().output(), StartsWith("00 OK\r\n"));
  EXPECT_THAT(conversation.stream().output(), EndsWith("\r\n\r\n5\r\npart0\r\n5\r\npart1\r\n5\r\npart2\r\n0\r\n\r\n"));
}

TEST(ConversationTest, does_not_ask_for_a_body_that_nobody_reads_and_closes) {
  Conversation conversation(handle);
  conversation.start();
  conversation.feed("POST /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(plain(conversation.stream().output()), ok("/a", "Connection: close\r\n"));
}

TEST(ConversationTest, sends_no_interim_answer_to_an_old_client) {
  Conversation conversation(handle);
  conversation.start();
  conversation.feed("POST /echo HTTP/1.0\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(conversation.stream().output(), "");
  conversation.feed("hi");
  EXPECT_THAT(conversation.stream().output(), HasSubstr("<hi>"));
}

TEST(ConversationTest, sends_earlier_answers_before_a_handler_that_takes_time) {
  Conversation conversation(handle);
  conversation.start();
  conversation.feed(get + "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(plain(conversation.stream().take_output()), ok("/a"));
  conversation.pass(std::chrono::milliseconds(1100));
  EXPECT_EQ(plain(conversation.stream().output()), ok("slow"));
}

TEST(ConversationTest, answers_500_when_the_handler_throws_and_goes_on) {
  for (const char* path : {"/throw", "/throw_anything"}) {
    Conversation conversation(handle);
    std::string heard = conversation.all_at_once(std::string("GET ") + path + " HTTP/1.1\r\nHost: x\r\n\r\n" + get);
    EXPECT_THAT(heard, StartsWith("HTTP/1.1 500 ")) << path;
    EXPECT_THAT(heard, HasSubstr("\r\n\r\n/a")) << path;
  }
}

TEST(ConversationTest, resets_a_connection_whose_body_cannot_be_finished) {
  Conversation conversation(handle);
  std::string heard = conversation.all_at_once("GET /half HTTP/1.1\r\nHost: x\r\n\r\n" + get);
  EXPECT_THAT(heard, HasSubstr("4\r\nhalf\r\n"));
  EXPECT_THAT(heard, testing::Not(HasSubstr("0\r\n\r\n")));
  EXPECT_TRUE(conversation.stream().was_reset());
}

TEST(ConversationTest, answers_exactly_as_many_requests_as_it_may) {
  Limits limits;
  limits.requests_per_connection = 3;
  Conversation conversation(handle, limits);
  EXPECT_EQ(plain(conversation.all_at_once(get + get + get + get)),
            ok("/a") + ok("/a") + ok("/a", "Connection: close\r\n"));
}

TEST(ConversationTest, skips_no_body_larger_than_is_worth_it) {
  Conversation conversation(handle);
  conversation.start();
  conversation.feed("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\n");
  EXPECT_THAT(conversation.stream().output(), HasSubstr("Connection: close"));
  EXPECT_TRUE(conversation.stream().output_ended());
  EXPECT_FALSE(conversation.ended()) << "what the client still sends is read";
  conversation.feed(std::string(70'000, 'x'));
  conversation.stream().end_input();
  conversation.settle();
  EXPECT_TRUE(conversation.stream().closed());
  EXPECT_FALSE(conversation.stream().was_reset());
}

TEST(ConversationTest, reads_large_bodies_behind_a_pipelined_head_at_the_end_of_the_buffer) {
  Conversation conversation(handle);
  std::string padding = "GET /a HTTP/1.1\r\nHost: x\r\nX: " + std::string(14'000, 'p') + "\r\n\r\n";
  std::string body(300'000, 'b');
  std::string post = "POST /echo HTTP/1.1\r\nHost: x\r\nX: " + std::string(4'000, 'q') +
                     "\r\nTransfer-Encoding: chunked\r\n\r\n493E0\r\n" + body + "\r\n0\r\n\r\n";
  std::string heard = plain(conversation.all_at_once(padding + post + get));
  EXPECT_EQ(heard, ok("/a") + ok("<" + body + ">") + ok("/a"));
}

// A head that fills the buffer to its end, or nearly so, and whose body is still to come.
TEST(ConversationTest, finds_room_for_a_body_behind_a_head_that_ends_where_the_buffer_does) {
  const size_t capacity = Limits().head.head_size + body_room;
  for (const std::string& framing : {std::string("Transfer-Encoding: chunked"), std::string("Content-Length: 5")}) {
    const std::string post =
        "POST /echo HTTP/1.1\r\nHost: x\r\n" + framing + "\r\nX: " + std::string(6'000, 'q') + "\r\n\r\n";
    const std::string begin = "GET /a HTTP/1.1\r\nHost: x\r\nX: ";
    for (size_t left = 0; left < 5; ++left) {
      const size_t padding = capacity - left - post.size() - begin.size() - 4;
      Conversation conversation(handle);
      conversation.start();
      conversation.feed(begin + std::string(padding, 'p') + "\r\n\r\n" + post);
      conversation.feed(framing.starts_with('T') ? "5\r\nhello\r\n0\r\n\r\n" : "hello");
      EXPECT_EQ(plain(conversation.stream().output()), ok("/a") + ok("<hello>")) << framing << ", " << left;
    }
  }
}

}  // namespace
}  // namespace webserv::detail
