// What a request goes through, heard by a client: local redirects, refusals, exceptions, upgrades, observers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/conversation.h"
#include "support/log_lines.h"

namespace webserv::detail {
namespace {

using test::Conversation;
using test::LogLines;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string get(std::string_view target, std::string_view fields = {}) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: a.test\r\n" + std::string(fields) + "\r\n";
}

Response redirect_to(std::string target) {
  Response response;
  response.body = LocalRedirect{std::move(target)};
  return response;
}

Task<Response> later(Response response) { co_return response; }

Answer redirects(Request& request) {
  if (request.path() == "/now") return redirect_to("/end?a=b");
  if (request.path() == "/later") return later(redirect_to("/now"));
  if (request.path() == "/now-to-later") return redirect_to("/later");
  if (request.path() == "/circle") return redirect_to("/circle");
  if (request.path() == "/nowhere") return redirect_to("no path");
  return text(std::string(request.path()) + "?" + std::string(request.query()));
}

// They were an empty 200 where the handler is no task.
TEST(RequestRunTest, local_redirects_are_followed_whatever_kind_of_handler_says_so) {
  for (std::string_view target : {"/now", "/later", "/now-to-later"}) {
    EXPECT_THAT(Conversation(redirects).all_at_once(get(target)), EndsWith("\r\n\r\n/end?a=b")) << target;
  }
  for (std::string_view target : {"/circle", "/nowhere"}) {
    EXPECT_THAT(Conversation(redirects).all_at_once(get(target)), StartsWith("HTTP/1.1 502 ")) << target;
  }
}

TEST(RequestRunTest, a_handler_need_only_be_movable) {
  auto held = std::make_unique<std::string>("held");
  Handler handler = [held = std::move(held)](Request&) { return text(*held); };
  Handler copy = handler;
  EXPECT_THAT(Conversation(copy).all_at_once(get("/")), EndsWith("held"));
}

TEST(RequestRunTest, what_a_handler_throws_is_told_with_the_id_of_its_request) {
  LogLines lines;
  auto broken = [](Request& request) -> Answer {
    if (request.path() == "/now") throw std::runtime_error("no luck");
    if (request.path() == "/int") throw 7;
    return
        [](std::string id) -> Task<Response> { throw std::runtime_error("no luck in " + id); }(to_string(request.id()));
  };
  Conversation conversation(broken, {}, {.events = &lines.log()});
  std::string heard = conversation.all_at_once(get("/now") + get("/int") + get("/later"));
  EXPECT_THAT(heard, StartsWith("HTTP/1.1 500 "));
  const std::vector<std::string> told = lines.take();
  ASSERT_EQ(told.size(), 3u);
  EXPECT_THAT(told[0], HasSubstr("\"event\":\"handler_failed\""));
  EXPECT_THAT(told[0], HasSubstr("\"error\":\"no luck\""));
  EXPECT_THAT(told[0], HasSubstr("\"request_id\":\""));
  EXPECT_THAT(told[1], HasSubstr("no std::exception"));
  EXPECT_THAT(told[2], HasSubstr("\"error\":\"no luck in "));
  // The same id in both places.
  const std::string id = told[2].substr(told[2].find("no luck in ") + 11, 32);
  EXPECT_THAT(told[2], HasSubstr("\"request_id\":\"" + id + "\""));
}

TEST(RequestRunTest, what_a_producer_throws_is_told_and_cuts_the_answer) {
  LogLines lines;
  auto broken = [](Request&) {
    Response response;
    response.body = Producer([](BodySink& sink) -> Task<Result<>> {
      Result<> sent = co_await sink.write("half");
      if (sent) throw std::runtime_error("out of thread");
      co_return sent;
    });
    return response;
  };
  Conversation conversation(broken, {}, {.events = &lines.log()});
  std::string heard = conversation.all_at_once(get("/"));
  EXPECT_THAT(heard, HasSubstr("half"));
  EXPECT_THAT(heard, Not(EndsWith("0\r\n\r\n")));
  EXPECT_TRUE(conversation.stream().was_reset());
  const std::vector<std::string> told = lines.take();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_THAT(told[0], HasSubstr("\"error\":\"out of thread\""));
  EXPECT_THAT(told[0], HasSubstr("\"request_id\":\""));
}

TEST(RequestRunTest, what_refuses_sees_nothing_of_an_earlier_request) {
  std::string seen;
  Application application{.handler = [](Request&) { return text("fine"); },
                          .refusal =
                              [&](Request& request, const HttpError& wrong) {
                                seen.append(request.path()).append(request.query()).append(request.host());
                                seen.append(request.head().target.text).append(request.field("Authorization"));
                                seen.append(request.vhost).append(request.route);
                                return error(wrong);
                              },
                          .limits = {}};
  Conversation conversation(application);
  conversation.start();
  conversation.feed(get("/reset?token=secret", "Authorization: Bearer secret\r\n"));
  conversation.feed("\x16\x03\x01 no HTTP\r\n\r\n");
  EXPECT_THAT(conversation.stream().output(), HasSubstr("HTTP/1.1 400 "));
  EXPECT_EQ(seen, "");
}

TEST(RequestRunTest, fields_that_frame_a_message_are_not_a_handlers) {
  auto handler = [](Request&) {
    Response response = text("body");
    for (std::string_view name : {"Date", "content-length", "Transfer-Encoding", "CONNECTION"}) {
      response.fields.add(name, "1");
      response.fields.set(name, "2");
    }
    response.fields.add("X-Own", "kept");
    return response;
  };
  const std::string heard = Conversation(handler).all_at_once(get("/"));
  EXPECT_THAT(heard, HasSubstr("Content-Length: 4\r\n"));
  EXPECT_THAT(heard, HasSubstr("X-Own: kept\r\n"));
  for (std::string_view name : {"content-length: ", "Transfer-Encoding", "CONNECTION", "Date: 1", "Date: 2"}) {
    EXPECT_THAT(heard, Not(HasSubstr(name)));
  }
}

TEST(RequestRunTest, a_producer_says_its_length_in_a_member) {
  auto handler = [](Request&) {
    Response response;
    response.body =
        Producer{.produce = [](BodySink& sink) -> Task<Result<>> { return sink.write("four"); }, .length = 4};
    return response;
  };
  const std::string heard = Conversation(handler).all_at_once(get("/") + get("/"));
  EXPECT_THAT(heard, HasSubstr("Content-Length: 4\r\n\r\nfourHTTP/1.1 200 OK"));
  EXPECT_THAT(heard, Not(HasSubstr("Transfer-Encoding")));
}

// Speaks in lines until one says "bye".
Task<Result<>> chat(Upgraded& upgraded) {
  std::string said(upgraded.read_ahead);
  std::array<char, 64> some;
  for (;;) {
    for (size_t end; (end = said.find('\n')) != std::string::npos; said.erase(0, end + 1)) {
      const std::string line = "you said " + said.substr(0, end) + "\n";
      Result<> sent = co_await upgraded.sink.write(line);
      if (!sent || said.starts_with("bye\n")) co_return sent;
    }
    Result<size_t> got = co_await upgraded.stream.read_some(some);
    if (!got || *got == 0) co_return Result<>();
    said.append(some.data(), *got);
  }
}

struct Counting final : RequestObserver {
  void finished(const FinishedRequest& what) override {
    statuses.push_back(code(what.response.status));
    bytes.push_back(what.response_bytes);
  }
  std::vector<unsigned> statuses;
  std::vector<uint64_t> bytes;
};

TEST(RequestRunTest, an_upgrade_gets_the_stream_and_what_was_read_ahead) {
  auto handler = [](Request& request) {
    if (request.path() != "/chat") return text("first");
    Response response;
    response.status = Status::switching_protocols;
    response.fields.add("Upgrade", "chat");
    response.body = Upgrade{.take_over = chat};
    return response;
  };
  Conversation conversation(handler);
  Counting counting;
  conversation.worker().observers.push_back(&counting);
  conversation.start();
  conversation.feed(get("/") + get("/chat", "Connection: Upgrade\r\nUpgrade: chat\r\n") + "hello\nGET / ");
  std::string heard = conversation.stream().take_output();
  EXPECT_THAT(heard, HasSubstr("firstHTTP/1.1 101 Switching Protocols\r\nDate: "));
  EXPECT_THAT(heard, HasSubstr("Upgrade: chat\r\nConnection: Upgrade\r\n\r\nyou said hello\n"));
  EXPECT_THAT(heard, Not(HasSubstr("Content-Length: 0")));
  conversation.feed("HTTP/1.1\nbye\nmore");
  EXPECT_EQ(conversation.stream().take_output(), "you said GET / HTTP/1.1\nyou said bye\n");
  EXPECT_TRUE(conversation.stream().output_ended());
  EXPECT_EQ(counting.statuses, (std::vector<unsigned>{200, 101}));
  EXPECT_EQ(counting.bytes, (std::vector<uint64_t>{5, 52}));
}

TEST(RequestRunTest, an_upgrade_may_have_a_head_of_its_own) {
  auto handler = [](Request&) {
    Response response;
    response.status = Status::created;  // for the log
    response.body =
        Upgrade{.take_over = [](Upgraded& upgraded) { return upgraded.sink.write("HTTP/1.1 299 Own\r\n\r\nx"); },
                .has_own_head = true};
    return response;
  };
  EXPECT_EQ(Conversation(handler).all_at_once(get("/")), "HTTP/1.1 299 Own\r\n\r\nx");
}

TEST(RequestRunTest, observers_hear_of_every_request_that_is_over) {
  auto handler = [](Request& request) -> Answer {
    if (request.path() == "/later") return later(text("later", Status::created));
    if (request.path() == "/broken") throw std::runtime_error("broken");
    return text("now");
  };
  Conversation conversation(handler);
  Counting counting;
  conversation.worker().observers.push_back(&counting);
  conversation.all_at_once(get("/") + get("/later") + get("/broken") + "BREW / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(counting.statuses, (std::vector<unsigned>{200, 201, 500, 501}));
}

}  // namespace
}  // namespace webserv::detail
