// One HTTP/1 connection (RFC 9112), from the first byte to the last: a coroutine that reads top to bottom. Here are
// framing, gathering and the wire; what a request goes through besides is RequestRun's.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>

#include "webserv/io/stream.h"
#include "webserv/io/task.h"
#include "webserv/server/connection.h"
#include "webserv/server/h1/exchange.h"
#include "webserv/server/h1/h1_response.h"
#include "webserv/server/session.h"
#include "webserv/server/worker_context.h"

namespace webserv::detail {

class H1Connection final : public Session {
 public:
  // Borrows the connection, which outlives it.
  explicit H1Connection(Connection& connection) : connection_(connection) {}

  Task<> serve() override;
  void turn_away() override { turned_away_ = true; }
  Clock::time_point idle_since() const override;
  void drain() override;

 private:
  enum class Next : uint8_t {
    go_on,
    idle,    // nothing is left to do: wait without a buffer
    close,   // all is said, and the client has said all
    linger,  // all is said, but the client may still be sending
    reset,   // the client is not to take what it got for whole
  };

  Stream& client() const { return connection_.stream(); }
  WorkerContext& worker() const { return connection_.worker(); }
  const Limits& limits() const { return worker().application->limits; }

  Task<Next> converse();
  Task<> linger();
  Clock::duration patience() const;
  static Next after_answer(const Exchange& x);

  // A request's head.
  std::expected<bool, HttpError> read_head(Exchange& x);
  [[gnu::always_inline]] inline Progress read_more(Exchange& x);
  Task<Next> wait_for_more(Exchange& x);
  void make_room_for_body(Exchange& x);
  std::optional<HttpError> begin_request(Exchange& x);
  std::optional<HttpError> begin_unusual(Exchange& x);
  static std::optional<HttpError> begin_body(Exchange& x);

  // Its answer.
  Answer ask(Exchange& x);
  Task<Next> conclude(Exchange& x, Answer& answer);
  Task<Response> settle(Exchange& x, Task<Response>& handler);
  Gathered gather(Exchange& x, const Response& response);
  Task<Next> send(Exchange& x, Response& response);
  void set_shape(Exchange& x, const Response& response);
  void over(Exchange& x, const Response& response, uint64_t sent);
  Task<Next> refuse(Exchange& x, HttpError error);
  Task<Next> refuse_head(Exchange& x, HttpError error);

  Connection& connection_;
  uint32_t served_ = 0;
  bool turned_away_ = false;
  bool waiting_ = false;  // for a request
};

}  // namespace webserv::detail
