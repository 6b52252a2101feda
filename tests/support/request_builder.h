// Requests without a client, for tests of handlers: they share a loop, whose clock stands still until it is moved.
#pragma once

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "support/memory_stream.h"
#include "support/test_connection.h"
#include "webserv/http/h1_parser.h"
#include "webserv/server/request_run.h"

namespace webserv::detail {

class RequestBuilder final : private RequestConnection {
 public:
  explicit RequestBuilder(unsigned worker = 0) : worker_(loop_, worker, std::make_shared<const Application>(), {}) {}

  // The request of a head: "GET /x?y", and lines of fields, each with its CRLF. Valid until the next one. Throws where
  // a connection would have refused it.
  Request& request(std::string_view method_and_target, std::string_view fields = {}) {
    head_.assign(method_and_target).append(" HTTP/1.1\r\nHost: a.test\r\n").append(fields).append("\r\n");
    parser_.reset();
    std::expected<bool, HttpError> whole = parser_.parse(head_, run_.head());
    if (!whole || !*whole) throw std::invalid_argument("no well-formed request head");
    run_.begin(connection_, *this, body_);
    if (run_.find_path()) throw std::invalid_argument("no well-formed path");
    return run_.request();
  }

  // What the handler answers, in the end.
  Response answer(const Handler& handler, Request& request) {
    Answer answer = handler(request);
    turns_ = 0;
    if (auto* response = std::get_if<Response>(&answer)) return std::move(*response);
    auto& task = std::get<Task<Response>>(answer);
    complete(task);
    return task.take();
  }
  Response answer(const Handler& handler, std::string_view method_and_target, std::string_view fields = {}) {
    return answer(handler, request(method_and_target, fields));
  }
  // Makes of it what a connection would send for the last request: preconditions, ranges, pages and fields.
  void finish(Response& response) {
    if (run_.finish(response)) return;
    Task<> task = run_.finish_later(response);
    complete(task);
    task.take();
  }
  // What a Producer makes.
  std::string produce(const Producer& producer) {
    StringSink sink;
    Task<Result<>> task = producer.produce(sink);
    complete(task);
    if (!task.take()) throw std::runtime_error("the body was cut off");
    return std::move(sink.bytes);
  }
  // How many turns of the loop the tasks of the last answer took.
  int turns() const { return turns_; }

  void pass(Clock::duration time) {
    clock_.advance(time);
    turn();
  }
  void turn() { loop_.turn(Clock::duration(0)); }
  Loop& loop() { return loop_; }

 private:
  struct StringSink final : BodySink {
    Task<Result<>> write(std::string_view more) override {
      bytes.append(more);
      co_return Result<>();
    }
    std::string bytes;
  };

  template <class T>
  void complete(Task<T>& task) {
    turn();  // the loop is that of this thread from here on
    for (task.start(); !task.done(); ++turns_) turn();
  }
  Peer local() const override { return {}; }
  Task<> client_gone() override { co_return; }
  void cut() override {}

  FakeClock clock_;
  Loop loop_{clock_};
  WorkerContext worker_;
  test::MemoryStream stream_{loop_};
  test::TestConnection connection_{worker_, stream_};
  RequestParser parser_;
  RequestRun run_{worker_};
  NoBody body_;
  std::string head_;
  int turns_ = 0;
};

}  // namespace webserv::detail
