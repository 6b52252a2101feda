#include "webserv/server/h1/h1_connection.h"

#include <algorithm>
#include <utility>

#include "webserv/base/text.h"
#include "webserv/http/framing.h"
#include "webserv/server/body_length.h"
#include "webserv/server/exceptions.h"
#include "webserv/server/h1/h1_shared.h"

namespace webserv::detail {

namespace {

constexpr HttpError slow_head{Status::request_timeout, "the request came too slowly"};
constexpr HttpError bad_expectation{Status::expectation_failed, "only 100-continue can be expected"};
constexpr HttpError too_many_connections{Status::service_unavailable, "too many connections from this address"};
constexpr HttpError takes_nothing{Status::request_timeout, "the client takes no answers"};

}  // namespace

Task<> H1Connection::serve() {
  Next next = Next::idle;
  try {
    client().reading().expires_in(patience());
    while (next == Next::idle) {
      if (!turned_away_) {
        waiting_ = true;
        if (worker().draining) client().reading().expires_in(drain_moment);
        Result<> woken = co_await client().readable();
        waiting_ = false;
        // Silently: a late 408 would be taken for the answer to the next request.
        if (!woken) break;
      }
      next = co_await converse();
      client().reading().expires_in(patience());
    }
    if (next == Next::linger) co_await linger();
  } catch (...) {
    next = Next::reset;  // out of memory, most likely: this connection ends, the others go on
    log_exception(worker().events, "a connection could not be served any more and is cut", connection_);
  }
  client().close(next == Next::reset);
  worker().loop.defer(connection_);
}

// How long it waits for a request. A proxy may connect before it has one.
Clock::duration H1Connection::patience() const {
  if (connection_.by_proxy()) return limits().proxy_idle;
  return served_ == 0 ? limits().head_time : limits().idle;
}

// As the deadline of what it waits for says, which was set when it began to. Where a limit has changed since, it is
// wrong by the change.
Clock::time_point H1Connection::idle_since() const {
  if (!waiting_) return Clock::time_point::max();
  return client().reading().when() - patience();
}

void H1Connection::drain() {
  if (waiting_) client().reading().expires_in(drain_moment);
}

// Reads and answers all that is there. Answers to requests that came together leave together.
Task<H1Connection::Next> H1Connection::converse() {
  ExchangeLease lease(worker().h1->exchanges, connection_);
  Exchange& x = *lease;
  unsigned answered = 0;
  Next next = Next::go_on;
  if (turned_away_) {
    x.run.arrived();
    x.forget_head();
    next = co_await refuse_head(x, too_many_connections);
  }
  for (;;) {
    bool whole = false;
    if (next == Next::go_on && !x.in.empty()) {
      std::expected<bool, HttpError> head = read_head(x);
      whole = head && *head;
      if (!head) next = co_await refuse_head(x, head.error());
    }
    const bool full = x.out.size() > gather_size || answered == requests_per_turn;
    if ((!whole || full) && !x.out.empty()) {
      client().writing().expires_after_pause(x.write_pause());
      Result<> sent = co_await client().write_all(x.out);
      x.out.clear();
      if (!sent) co_return Next::reset;
    }
    if (next != Next::go_on) co_return next;
    if (!whole) {
      Progress got = read_more(x);
      if (got.bytes > 0) continue;
      if (got.wait == Wait::none) co_return Next::close;  // the client has ended, or is gone
      if (x.in.empty()) co_return Next::idle;
      next = co_await wait_for_more(x);
      continue;
    }
    if (answered == requests_per_turn) {
      co_await client().loop().next_turn();
      answered = 0;
    }
    ++answered;
    Answer answer = ask(x);
    Response* response = std::get_if<Response>(&answer);
    if (response == nullptr || !x.body.ended() || !x.run.finish(*response)) {
      next = co_await conclude(x, answer);
    } else if (gather(x, *response) == Gathered::all) {
      next = after_answer(x);
    } else {
      next = co_await send(x, *response);
    }
  }
}

// One read that does not wait.
Progress H1Connection::read_more(Exchange& x) {
  if (x.in.make_room()) x.forget_head();
  Progress got = client().read_now(x.in.room());
  if (got.bytes > 0) {
    x.in.added(got.bytes);
    x.run.arrived();
  }
  return got;
}

// Waits for the rest of a head, which has one deadline however it comes.
Task<H1Connection::Next> H1Connection::wait_for_more(Exchange& x) {
  if (!std::exchange(x.head_timed, true)) client().reading().expires_in(limits().head_time);
  Result<size_t> got = co_await client().read_some(x.in.room());
  if (!got && got.error() == Error::timed_out) {
    Next next = co_await refuse_head(x, slow_head);
    co_return next;
  }
  if (!got) co_return Next::reset;
  if (*got == 0) co_return Next::close;
  x.in.added(*got);
  co_return Next::go_on;
}

// False: more has to come.
std::expected<bool, HttpError> H1Connection::read_head(Exchange& x) {
  if (x.run.is_outdated()) [[unlikely]]
    x.update();
  std::expected<bool, HttpError> whole = x.parser.parse(x.in.unread(), x.run.head());
  if (whole && *whole) {
    x.parser.reset();
    x.head_timed = false;
  }
  return whole;
}

// A body that is not there yet needs room behind its head, which is read again where it has moved for it.
void H1Connection::make_room_for_body(Exchange& x) {
  if (!x.in.crowded(x.parser.size(), body_room) || !x.in.make_room()) return;
  [[maybe_unused]] std::expected<bool, HttpError> again = x.parser.parse(x.in.unread(), x.run.head());
  x.parser.reset();
}

// Makes the request of its head: framing, and path.
std::optional<HttpError> H1Connection::begin_request(Exchange& x) {
  const RequestHead& head = x.run.head();
  constexpr FieldSet of_body = framing_fields | field_set(FieldName::expect);
  constexpr FieldSet forwarding = field_set(FieldName::forwarding);
  x.run.begin(connection_, x.link, x.body);
  std::optional<HttpError> wrong;
  if (head.fields.any(of_body | forwarding)) {
    wrong = begin_unusual(x);
  } else {
    x.body.begin();
  }
  x.in.hold(x.parser.size());
  std::optional<HttpError> no_path = x.run.find_path();
  return wrong ? wrong : no_path;
}

// What most heads do not have: a body, or who the client is.
std::optional<HttpError> H1Connection::begin_unusual(Exchange& x) {
  make_room_for_body(x);
  std::optional<HttpError> wrong = begin_body(x);
  if (!x.run.head().fields.has(FieldName::forwarding)) return wrong;
  const std::optional<HttpError> too_many = x.run.find_client(connection_);
  return wrong ? wrong : too_many;
}

// What the head says of the body (RFC 9112 6.3) and of the way to ask for it (RFC 9110 10.1.1).
std::optional<HttpError> H1Connection::begin_body(Exchange& x) {
  const RequestHead& head = x.run.head();
  const std::string_view expectation = head.fields.value(FieldName::expect);
  const bool continues = equals_ignoring_case(expectation, "100-continue");
  const std::expected<Framing, HttpError> framing = request_framing(head);
  const bool interim = continues && head.protocol != Protocol::http_1_0;
  x.body.begin(framing.value_or(Framing{}), interim ? H1Body::Expects::interim : H1Body::Expects::nothing);
  if (!framing) return framing.error();
  if (!expectation.empty() && !continues) return bad_expectation;
  return std::nullopt;
}

// The handler's answer, or the refusal of a request that never reaches it.
Answer H1Connection::ask(Exchange& x) {
  if (std::optional<HttpError> wrong = begin_request(x)) {
    Response response = x.run.refuse(*wrong);
    const bool goes_on = wrong->status == Status::not_found || wrong->status == Status::service_unavailable;
    if (goes_on) return response;
    x.body.give_up();
    return closing(std::move(response));
  }
  return x.run.ask();
}

// Decides how the message looks and whether the connection goes on after it.
void H1Connection::set_shape(Exchange& x, const Response& response) {
  const RequestHead& head = x.run.head();
  MessageShape& shape = x.shape;
  shape.ok_and_date = worker().h1->ok_and_date(worker().loop.unix_seconds());
  shape.protocol = head.protocol;
  shape.head_only = head.method == Method::head;
  ++served_;
  shape.keep_alive = x.parser.keep_alive() && !response.close && !worker().draining && x.body.ended() &&
                     served_ < x.run.application().limits.requests_per_connection &&
                     !ends_with_connection(response, shape.protocol);
}

// How to go on after the answer that x.shape tells of.
H1Connection::Next H1Connection::after_answer(const Exchange& x) {
  if (x.shape.keep_alive) return Next::go_on;
  const bool all_said = !x.parser.keep_alive() && x.body.ended() && x.body.received() == 0 && x.in.empty();
  return all_said ? Next::close : Next::linger;
}

// Gathers the response, which is finished. Where all of it is there, it is over.
Gathered H1Connection::gather(Exchange& x, const Response& response) {
  set_shape(x, response);
  const Gathered gathered = gather_response(x, response);
  if (gathered == Gathered::all && x.run.is_observed()) {
    const uint64_t length = x.shape.head_only ? 0 : body_length(response.body).value_or(0);
    over(x, response, length);
  }
  // Where the body is read on while the answer goes out, the head stays where it is.
  if (x.shape.keep_alive) x.in.release();
  return gathered;
}

void H1Connection::over(Exchange& x, const Response& response, uint64_t sent) {
  x.run.over(response, x.body.received(), sent);
}

// Brings an answer to its end that takes time: of a handler that is a task, to a request whose body nobody has read, or
// with a page that is not there yet.
Task<H1Connection::Next> H1Connection::conclude(Exchange& x, Answer& answer) {
  if (auto* task = std::get_if<Task<Response>>(&answer)) {
    Response late = co_await settle(x, *task);
    answer.emplace<Response>(std::move(late));
  }
  Response& response = std::get<Response>(answer);
  // What nobody read is read before the answer: a malformed body is told even where no handler cares for it. After a
  // redirect it is nobody's any more.
  const bool is_of_request = &x.run.request().body() == &x.body;
  if (!x.body.ended() && !response.close && is_of_request && x.body.skippable()) {
    std::expected<bool, HttpError> skipped = co_await x.body.skip(worker().h1->dropped);
    // A request that is refused already is not refused for its length instead.
    const bool only_long = !skipped && skipped.error().status == Status::content_too_large && is_error(response.status);
    if (!skipped && !only_long) {
      Next refused = co_await refuse(x, skipped.error());
      co_return refused;
    }
  }
  co_await x.run.finish_later(response);
  if (gather(x, response) == Gathered::all) co_return after_answer(x);
  Next next = co_await send(x, response);
  co_return next;
}

// Lets a handler that is a task come to its end. Answers to earlier requests are sent before: it may take long.
Task<Response> H1Connection::settle(Exchange& x, Task<Response>& handler) {
  if (!x.out.empty()) {
    client().writing().expires_after_pause(x.write_pause());
    Result<> sent = co_await client().write_all(x.out);
    x.out.clear();
    if (!sent) co_return closing(error(takes_nothing));
  }
  x.probe = x.run.head().protocol == Protocol::http_1_0 ? Probe::none : Probe::interim;
  Response response = co_await x.run.settle(handler);
  x.probe = Probe::none;
  co_return response;
}

// Sends a body behind the head that is gathered.
Task<H1Connection::Next> H1Connection::send(Exchange& x, Response& response) {
  SentBody sent;
  try {
    sent = co_await send_body(client(), x, response);
  } catch (...) {
    log_exception(worker().events, "the body of an answer could not be made, and is cut off", x.run.request());
    sent.outcome = std::unexpected(Error::io_error);
  }
  if (!sent.outcome && response.reason.empty()) response.reason = "the answer was cut off";
  over(x, response, sent.bytes);
  co_return sent.outcome ? after_answer(x) : Next::reset;
}

// Gathers the answer to what is no proper request: the last one of the connection.
Task<H1Connection::Next> H1Connection::refuse(Exchange& x, HttpError wrong) {
  Response response = x.run.refuse(wrong);
  response.close = true;
  co_await x.run.finish_later(response);
  if (gather(x, response) == Gathered::head) {
    const std::string_view page = bytes_of(response.body);
    x.out.append(page);
    over(x, response, page.size());
  }
  co_return Next::linger;
}

// The same where no head is whole: there is no request yet, and nothing of the one before is told of it.
Task<H1Connection::Next> H1Connection::refuse_head(Exchange& x, HttpError wrong) {
  x.body.begin();
  x.run.begin(connection_, x.link, x.body);
  Next next = co_await refuse(x, wrong);
  co_return next;
}

// Closing with unread input would send a reset, which can destroy the answer before the client has read it. So what the
// client still sends is read and dropped for a while.
Task<> H1Connection::linger() {
  client().end_output();
  Clock::time_point latest = client().loop().now() + (turned_away_ ? turn_away_time : linger_time);
  while (client().loop().now() < latest) {
    client().reading().expires_at(std::min(client().loop().now() + linger_pause, latest));
    Result<> woken = co_await client().readable();
    if (!woken) co_return;
    Progress got = client().read_now(worker().h1->dropped);
    if (got.bytes == 0 && got.wait == Wait::none) co_return;
    co_await client().loop().next_turn();
  }
}

}  // namespace webserv::detail
