// RequestRun: what a request goes through, whatever protocol it came by. A protocol reads a head into it, has the
// answer made, sends it as its wire demands, and says that it is over.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "webserv/server/application.h"
#include "webserv/server/connection.h"
#include "webserv/server/request.h"
#include "webserv/server/worker_context.h"

namespace webserv {

// One request at a time, and then the next. All is done in this order:
//
//   arrived()                    bytes have come
//   head()                       is filled by the protocol
//   begin(), find_path()         an error refuses the request
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
  void arrived() {
    if (!worker_.observers.empty()) began_ = now();
  }

  // For the protocol to fill. What it holds views of lives until over().
  RequestHead& head() { return request_.head_; }

  // The head is as it is; nothing else of the request before is left. `body` lives until over().
  void begin(const Connection& connection, RequestConnection& link, Body& body);
  // Finds the path that the target means; nothing where it has none. Not for a head that is not whole.
  std::optional<HttpError> find_path();

  // The answer of the handler; what it throws is an error of ours. Local redirects are followed, as far as that can be
  // done at once.
  Answer ask();
  // The same for a handler that is a task, to its end.
  Task<Response> settle(Task<Response>& handler);
  // The answer to what is refused without asking the handler, or after it.
  Response refuse(const HttpError& wrong);

  // Makes of it what is sent: the part or the state of the representation that is asked for, the page of an error, the
  // fields of the configuration. False: finish_later() has to wait for something.
  bool finish(Response& response);
  Task<> finish_later(Response& response);

  // The answer has been sent, or was cut off. Bytes are those of the bodies, on the wire.
  void over(const Response& response, uint64_t received, uint64_t sent) {
    if (!worker_.observers.empty()) tell_observers(response, received, sent);
  }

 private:
  static int64_t now();
  Answer ask_handler();
  Task<Response> outcome(Task<Response>& handler);
  Response handler_failed() noexcept;
  std::optional<HttpError> follow(const LocalRedirect& to);
  bool dress(Response& response);
  void tell_observers(const Response& response, uint64_t received, uint64_t sent);

  WorkerContext& worker_;
  std::shared_ptr<const Application> application_;
  Request request_;
  NoBody no_body_;               // of a request that was redirected
  std::string path_scratch_;     // where a path had to be decoded
  std::string redirect_target_;  // of a local redirect
  unsigned redirects_ = 0;
  int64_t began_ = 0;  // microseconds since 1970; 0 where nobody looked when it began
};

}  // namespace webserv
