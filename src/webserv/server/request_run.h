// RequestRun: what a request goes through, whatever protocol it came by. A protocol reads a head into it, has the
// answer made, sends it as its wire demands, and says that it is over.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "webserv/server/application.h"
#include "webserv/server/connection.h"
#include "webserv/server/representation.h"
#include "webserv/server/request.h"
#include "webserv/server/worker_context.h"

namespace webserv::detail {

// One request at a time, and then the next. All is done in this order:
//
//   arrived()                    bytes have come
//   head()                       is filled by the protocol
//   begin(), find_client(),
//   find_path()                  an error refuses the request
//   ask(), and settle()          the answer of the handler, or refuse()
//   finish(), or finish_later()  its representation, page and fields
//   over()                       observers are told
class RequestRun {
 public:
  explicit RequestRun(WorkerContext& worker)
      : worker_(worker), application_(worker.application), request_(worker.loop, worker.index, worker.request_ids) {}
  RequestRun(const RequestRun&) = delete;

  Request& request() { return request_; }
  // What the request began with, also when it is replaced meanwhile.
  const Application& application() const { return *application_; }
  // Whether the next request would begin with another application than the one before.
  bool is_outdated() const { return application_ != worker_.application; }
  void update() { application_ = worker_.application; }

  // The first bytes of a request have come, perhaps those of several.
  void arrived() { began_ = is_observed() ? now() : 0; }

  // For the protocol to fill. What it holds views of lives until over().
  RequestHead& head() { return request_.head_; }

  // The head is as it is; nothing else of the request before is left. `body` lives until over().
  void begin(const Connection& connection, RequestConnection& link, Body& body) {
    request_.limits = application_->limits.route;
    request_.vhost = request_.route = request_.path_ = {};
    request_.finisher = nullptr;
    request_.id_[1] = 0;
    request_.notes_.clear();
    request_.peer_ = &connection.peer();
    request_.listener_ = connection.listener().name;
    request_.secure_ = connection.secure();
    request_.connection_ = &link;
    request_.body_ = &body;
    redirects_ = 0;
  }
  // For a head that has fields of forwarding: the client is whom a trusted proxy names; fields that do not count are
  // dropped. Counts the request of a client that is not the peer, until release().
  std::optional<HttpError> find_client(const Connection& connection);
  // The request is over, and what it holds views of has gone: it counts no more.
  void release() {
    if (counted_) [[unlikely]]
      leave();
  }
  // Finds the path that the target means, where it has one. Not for a head that is not whole.
  std::optional<HttpError> find_path() {
    const Target& target = request_.head_.target;
    request_.path_ = target.path;
    if (target.form == TargetForm::authority || target.form == TargetForm::asterisk) return std::nullopt;
    std::expected<std::string_view, HttpError> path = normalize_path(target.path, path_scratch_);
    if (!path) return path.error();
    request_.path_ = *path;
    return std::nullopt;
  }

  // The answer of the handler; what it throws is an error of ours. Local redirects are followed, as far as that can be
  // done at once.
  Answer ask() {
    Answer answer = ask_handler();
    if (is_redirect(answer)) follow_redirects(answer);
    return answer;
  }
  // The same for a handler that is a task, to its end.
  Task<Response> settle(Task<Response>& handler);
  // The answer to what is refused without asking the handler, or after it.
  Response refuse(const HttpError& wrong);

  // Makes of it what is sent: the part or the state of the representation that is asked for, the page of an error, the
  // fields of the configuration. False: finish_later() has to wait for something.
  bool finish(Response& response) {
    const bool all_done = response.finished && response.page == ErrorPage::none && !wants_selection(request_.head_);
    return all_done || finish_now(response);
  }
  Task<> finish_later(Response& response);

  // The answer has been sent, or was cut off. Bytes are those of the bodies, on the wire.
  void over(const Response& response, uint64_t received, uint64_t sent) {
    if (is_observed()) notify_observers(response, received, sent);
  }
  // Whether over() does anything.
  bool is_observed() const { return !worker_.observers.empty(); }

 private:
  static int64_t now();
  Answer ask_handler();
  static bool is_redirect(const Answer& answer) {
    const Response* response = std::get_if<Response>(&answer);
    return response != nullptr && std::holds_alternative<LocalRedirect>(response->body);
  }
  void follow_redirects(Answer& answer);
  bool finish_now(Response& response);
  Task<Response> outcome(Task<Response>& handler);
  Response handler_failed() noexcept;
  std::optional<HttpError> follow(const LocalRedirect& to);
  bool dress(Response& response);
  void leave();
  void notify_observers(const Response& response, uint64_t received, uint64_t sent);

  WorkerContext& worker_;
  std::shared_ptr<const Application> application_;
  Request request_;
  NoBody no_body_;               // of a request that was redirected
  std::string path_scratch_;     // where a path had to be decoded
  std::string redirect_target_;  // of a local redirect
  Peer client_;                  // whom a proxy names
  bool counted_ = false;
  unsigned redirects_ = 0;
  int64_t began_ = 0;  // microseconds since 1970; 0 where nobody looked when it began
};

}  // namespace webserv::detail
