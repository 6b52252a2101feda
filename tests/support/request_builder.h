// Requests without a connection, for tests of handlers: they share a loop, whose clock stands still until it is moved.
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "webserv/http/uri.h"
#include "webserv/server/handler.h"
#include "webserv/server/request.h"

namespace webserv {

class RequestBuilder {
 public:
  explicit RequestBuilder(unsigned worker = 0) : request_(loop_, worker, ids_) {}

  // The request of a head: "GET /x?y", and lines of fields, each with its CRLF. Valid until the next one. Throws where
  // a connection would have refused it.
  Request& request(std::string_view method_and_target, std::string_view fields = {}) {
    head_.assign(method_and_target).append(" HTTP/1.1\r\nHost: a.test\r\n").append(fields).append("\r\n");
    RequestParser parser;
    std::expected<bool, HttpError> whole = parser.parse(head_, request_.head_);
    if (!whole || !*whole) throw std::invalid_argument("no well-formed request head");
    const Target& target = request_.head_.target;
    request_.path_ = target.path;
    if (target.form == TargetForm::origin) {
      std::expected<std::string_view, HttpError> path = normalize_path(target.path, path_);
      if (!path) throw std::invalid_argument("no well-formed path");
      request_.path_ = *path;
    }
    request_.host_ = "a.test";
    request_.peer_ = &peer_;
    return request_;
  }

  // What the handler answers, in the end.
  Response answer(const Handler& handler, Request& request) {
    Answer answer = handler(request);
    if (auto* response = std::get_if<Response>(&answer)) return std::move(*response);
    auto& task = std::get<Task<Response>>(answer);
    for (task.start(), turns_ = 0; !task.done(); ++turns_) turn();
    return task.take();
  }
  Response answer(const Handler& handler, std::string_view method_and_target, std::string_view fields = {}) {
    return answer(handler, request(method_and_target, fields));
  }
  // How many turns of the loop the last task took.
  int turns() const { return turns_; }

  void pass(Clock::duration time) {
    clock_.advance(time);
    turn();
  }
  void turn() { loop_.turn(Clock::duration(0)); }
  Loop& loop() { return loop_; }

 private:
  FakeClock clock_;
  Loop loop_{clock_};
  Peer peer_;
  RequestIds ids_;
  std::string head_;
  std::string path_;
  Request request_;
  int turns_ = 0;
};

}  // namespace webserv
