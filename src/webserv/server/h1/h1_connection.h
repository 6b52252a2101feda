// One HTTP/1 connection (RFC 9112), from the first byte to the last: a coroutine that reads top to bottom.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "webserv/io/stream.h"
#include "webserv/io/task.h"
#include "webserv/server/h1/exchange.h"
#include "webserv/server/h1/h1_response.h"
#include "webserv/server/worker_context.h"

namespace webserv {

// By which door a connection came in. Outlives its connections.
struct Entrance {
  std::string name;     // of the listener
  bool secure = false;  // TLS
};

class H1Connection final : private RequestConnection {
 public:
  // `client` and the rest are borrowed and outlive the connection; `owner` is deferred when serve() has ended.
  H1Connection(Stream& client, const Peer& peer, const Entrance& entrance, WorkerContext& worker, Deferred& owner)
      : client_(client), worker_(worker), entrance_(entrance), owner_(owner), peer_(peer) {}

  // Serves requests until the client or the server ends the connection, and closes it. Never throws.
  Task<> serve();

  // Answers 503 to the first request, whatever it is: the client has too many connections. Before serve().
  void refuse_all() { overloaded_ = true; }

  // The worker drains: a connection without a request ends soon, any other with its next answer.
  void drain();

 private:
  enum class Next : uint8_t {
    go_on,
    idle,    // nothing is left to do: wait without a buffer
    close,   // all is said, and the client has said all
    linger,  // all is said, but the client may still be sending
    reset,   // the client is not to take what it got for whole
  };

  const Limits& limits() const { return worker_.application->limits; }
  Task<Next> converse();
  Task<> linger();

  bool read_head(Exchange& x, Next& next);
  Task<Next> more(Exchange& x);
  std::optional<HttpError> begin_request(Exchange& x);
  Answer ask(Exchange& x);
  bool conclude(Exchange& x, Response& response);
  static Next after_answer(const Exchange& x);
  Task<Next> conclude_later(Exchange& x, Answer& answer, bool gathered);
  Task<Response> settle(Exchange& x, Task<Response>& handler);
  static Task<Response> outcome(Task<Response>& handler);
  static Answer ask_handler(Exchange& x);
  static std::optional<HttpError> redirect(Exchange& x, const LocalRedirect& to);
  void set_shape(Exchange& x, const Response& response);
  void log(Exchange& x, const Response& response, uint64_t response_bytes);

  void make_room_for_body(Exchange& x);
  void introduce(Exchange& x);
  Next refuse(Exchange& x, const HttpError& error);
  Next refuse_head(Exchange& x, const HttpError& error);
  Response refusal(Exchange& x, const HttpError& error) const;

  Peer local() const override;
  Task<> client_gone() override;
  void probe();

  Stream& client_;
  WorkerContext& worker_;
  const Entrance& entrance_;
  Deferred& owner_;
  const Peer& peer_;
  Exchange* exchange_ = nullptr;  // of the request whose handler runs, or whose body is made
  uint32_t served_ = 0;
  bool waiting_ = false;  // for a request
  bool overloaded_ = false;
};

}  // namespace webserv
