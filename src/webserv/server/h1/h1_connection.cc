#include "webserv/server/h1/h1_connection.h"

#include <algorithm>
#include <array>
#include <ctime>

#include "webserv/base/text.h"
#include "webserv/server/error_text.h"
#include "webserv/server/h1/h1_response.h"
#include "webserv/server/representation.h"

namespace webserv {

namespace {

constexpr HttpError slow_head{Status::request_timeout, "the request came too slowly"};
constexpr HttpError bad_expectation{Status::expectation_failed, "only 100-continue can be expected"};
constexpr HttpError many_redirects{Status::bad_gateway, "programs redirect to each other without an end"};
constexpr HttpError bad_redirect{Status::bad_gateway, "a program redirects to what is no path"};
constexpr HttpError too_many_connections{Status::service_unavailable, "too many connections from this address"};

int64_t unix_microseconds() {
  timespec time{};
  clock_gettime(CLOCK_REALTIME, &time);
  return int64_t{time.tv_sec} * 1'000'000 + time.tv_nsec / 1000;
}

// RFC 3875 6.2.2: what programs may do before it is taken for a circle.
constexpr unsigned most_redirects = 5;

bool is_of_body(const Field& field) {
  constexpr std::string_view prefix = "Content-";
  constexpr FieldSet others = field_set(FieldName::transfer_encoding, FieldName::expect, FieldName::trailer);
  return (field_set(field.known) & others) != 0 || equals_ignoring_case(field.name.substr(0, prefix.size()), prefix);
}

uint64_t body_sent_at_once(const Response& response, const MessageShape& shape) {
  uint64_t length = 0;
  body_length(response.body, length);
  return shape.head_only ? 0 : length;
}

}  // namespace

Task<> H1Connection::serve() {
  Next next = Next::idle;
  try {
    client_.reading().expires_in(limits().head_time);
    while (next == Next::idle) {
      waiting_ = true;
      if (worker_.draining) client_.reading().expires_in(drain_moment);
      Result<> woken = co_await client_.readable();
      waiting_ = false;
      // Silently: a late 408 would be taken for the answer to the next request.
      if (!woken) break;
      next = co_await converse();
      client_.reading().expires_in(served_ == 0 ? limits().head_time : limits().idle);
    }
    if (next == Next::linger) co_await linger();
  } catch (...) {
    next = Next::reset;  // out of memory, most likely: this connection ends, the others go on
  }
  client_.close(next == Next::reset);
  client_.loop().defer(owner_);
}

void H1Connection::drain() {
  if (waiting_) client_.reading().expires_in(drain_moment);
}

// Reads and answers all that is there. Answers to requests that came together leave together.
Task<H1Connection::Next> H1Connection::converse() {
  ExchangeLease lease(worker_.exchanges);
  Exchange& x = *lease;
  unsigned answered = 0;
  Next next = Next::go_on;
  if (overloaded_) {
    x.request.head_.forget();
    next = refuse_head(x, too_many_connections);
  }
  for (;;) {
    bool whole = next == Next::go_on && !x.in.empty() && read_head(x, next);
    bool full = x.out.size() > gather_size || answered == requests_per_turn;
    if ((!whole || full) && !x.out.empty()) {
      client_.writing().expires_after_pause(x.request.limits.write);
      Result<> sent = co_await client_.write_all(x.out);
      x.out.clear();
      if (!sent) co_return Next::reset;
    }
    if (next != Next::go_on) co_return next;
    if (whole && answered == requests_per_turn) {
      co_await client_.loop().next_turn();
      answered = 0;
    }
    if (whole) {
      ++answered;
      Answer answer = ask(x);
      Response* response = std::get_if<Response>(&answer);
      bool at_once = response != nullptr && x.body.ended();
      bool concluded = at_once && conclude(x, *response);
      next = after_answer(x);
      if (!concluded) next = co_await conclude_later(x, answer, at_once);
      continue;
    }
    if (x.in.make_room()) {
      x.parser.reset();
      x.request.head_.forget();
    }
    Progress got = client_.read_now(x.in.room());
    if (got.bytes > 0) {
      x.in.added(got.bytes);
      if (worker_.access.on()) x.began = unix_microseconds();
    } else if (got.wait == Wait::none) {
      co_return Next::close;  // the client has ended, or is gone
    } else if (x.in.empty()) {
      co_return Next::idle;
    } else {
      next = co_await more(x);
    }
  }
}

// Waits for the rest of a head, which has one deadline however it comes.
Task<H1Connection::Next> H1Connection::more(Exchange& x) {
  if (!std::exchange(x.head_timed, true)) client_.reading().expires_in(limits().head_time);
  Result<size_t> got = co_await client_.read_some(x.in.room());
  if (!got) co_return got.error() == Error::timed_out ? refuse_head(x, slow_head) : Next::reset;
  if (*got == 0) co_return Next::close;
  x.in.added(*got);
  co_return Next::go_on;
}

// True: a head is whole. False: more has to come, or it was refused and `next` says how to go on.
bool H1Connection::read_head(Exchange& x, Next& next) {
  if (x.application != worker_.application) [[unlikely]]
    x.begin_with(worker_.application);
  std::expected<bool, HttpError> whole = x.parser.parse(x.in.unread(), x.request.head_);
  if (!whole) {
    next = refuse_head(x, whole.error());
    return false;
  }
  if (!*whole) return false;
  x.parser.reset();
  x.head_timed = false;
  return true;
}

// A body that is not there yet needs room behind its head, which is read again where it has moved for it.
void H1Connection::make_room_for_body(Exchange& x) {
  if (!x.in.crowded(x.request.head_.size, body_room) || !x.in.make_room()) return;
  [[maybe_unused]] std::expected<bool, HttpError> again = x.parser.parse(x.in.unread(), x.request.head_);
  x.parser.reset();
}

// Tells the request of the connection that it came by.
void H1Connection::introduce(Exchange& x) {
  x.request.peer_ = &peer_;
  x.request.connection_ = this;
  x.request.body_ = &x.body;
  x.request.listener_ = entrance_.name;
  x.request.secure_ = entrance_.secure;
}

// Makes the request of its head: framing, path and host.
std::optional<HttpError> H1Connection::begin_request(Exchange& x) {
  Request& request = x.request;
  const RequestHead& head = request.head_;
  const bool has_framing = head.fields.any(framing_fields);
  if (has_framing) make_room_for_body(x);
  request.limits = x.application->limits.route;
  request.forget_notes();
  request.path_ = head.target.path;
  request.host_ = head.host;
  introduce(x);

  std::expected<Framing, HttpError> framing;
  if (has_framing) framing = request_framing(head);
  bool continues = false;
  std::string_view expectation = head.fields.value(FieldName::expect);
  if (!expectation.empty()) continues = equals_ignoring_case(expectation, "100-continue");
  x.in.hold(head.size);
  x.body.begin(client_, x.in, x.out, request.limits, framing.value_or(Framing{}), continues && head.minor_version > 0);
  if (!framing) return framing.error();
  if (!expectation.empty() && !continues) return bad_expectation;

  if (head.target.form == TargetForm::origin || head.target.form == TargetForm::absolute) {
    std::expected<std::string_view, HttpError> path = normalize_path(head.target.path, x.path_scratch);
    if (!path) return path.error();
    request.path_ = *path;
  }
  return std::nullopt;
}

// The handler's answer, or the refusal of a request that never reaches it.
Answer H1Connection::ask(Exchange& x) {
  if (std::optional<HttpError> wrong = begin_request(x)) {
    Response response = refusal(x, *wrong);
    if (wrong->status == Status::not_found) return response;
    x.body.give_up();
    return closing(std::move(response));
  }
  return ask_handler(x);
}

Answer H1Connection::ask_handler(Exchange& x) {
  try {
    return x.application->handler(x.request);
  } catch (...) {
    return error(Status::internal_server_error, "the handler failed");
  }
}

// Decides how the message looks and whether the connection goes on after it.
void H1Connection::set_shape(Exchange& x, const Response& response) {
  const RequestHead& head = x.request.head_;
  MessageShape& shape = x.shape;
  shape.ok_and_date = worker_.ok_and_date();
  shape.minor_version = head.minor_version;
  shape.head_only = head.method == Method::head;
  ++served_;
  shape.keep_alive = head.keep_alive && !response.close && !worker_.draining && x.body.ended() &&
                     served_ < x.application->limits.requests_per_connection && !ends_with_connection(response, shape);
}

// How to go on after the answer that x.shape tells of.
H1Connection::Next H1Connection::after_answer(const Exchange& x) {
  if (x.shape.keep_alive) return Next::go_on;
  bool all_said = !x.request.head().keep_alive && x.body.ended() && x.body.received() == 0 && x.in.empty();
  return all_said ? Next::close : Next::linger;
}

// Gathers the response. True: all of it is there. False: its body has to be sent yet.
bool H1Connection::conclude(Exchange& x, Response& response) {
  if (wants_selection(x.request.head_)) select_representation(x.request, response);
  if (response.server_error_page && std::holds_alternative<std::monostate>(response.body)) {
    response = error_page(response, x.request.head_.fields.joined(FieldName::accept));
  }
  set_shape(x, response);
  bool whole = gather_response(x, response, x.shape);
  if (whole && worker_.access.on()) log(x, response, body_sent_at_once(response, x.shape));
  // Where the body is read on while the answer goes out, the head stays where it is.
  if (x.shape.keep_alive) x.in.release();
  return whole;
}

// The same for what takes time: a handler that is a task, a large body, a request's body that nobody read. `gathered`:
// conclude() was here.
Task<H1Connection::Next> H1Connection::conclude_later(Exchange& x, Answer& answer, bool gathered) {
  exchange_ = &x;
  if (auto* task = std::get_if<Task<Response>>(&answer)) {
    Response late = co_await settle(x, *task);
    x.probe = Probe::none;
    answer.emplace<Response>(std::move(late));
  }
  Response& response = std::get<Response>(answer);
  // What nobody read is read before the answer: a malformed body is told even where no handler cares for it.
  if (!x.body.ended() && !response.close && x.body.skippable()) {
    std::expected<bool, HttpError> skipped = co_await x.body.skip();
    // A request that is refused already is not refused for its length instead.
    bool only_long = !skipped && skipped.error().status == Status::content_too_large && is_error(response.status);
    if (!skipped && !only_long) co_return refuse(x, skipped.error());
  }
  if (!gathered && conclude(x, response)) co_return after_answer(x);
  uint64_t sent = 0;
  Result<> whole = co_await send_body(client_, x, response, is_chunked(response, x.shape), sent);
  if (!whole && response.reason.empty()) response.reason = "the answer was cut off";
  log(x, response, sent);
  co_return whole ? after_answer(x) : Next::reset;
}

// Lets a handler that is a task come to its end, and those that it redirects to. Answers to earlier requests are sent
// before: it may take long.
Task<Response> H1Connection::settle(Exchange& x, Task<Response>& handler) {
  if (!x.out.empty()) {
    client_.writing().expires_after_pause(x.request.limits.write);
    Result<> sent = co_await client_.write_all(x.out);
    x.out.clear();
    if (!sent) co_return closing(error(Status::request_timeout, "the client takes no answers"));
  }
  x.probe = x.request.head_.minor_version > 0 ? Probe::interim : Probe::none;
  Response response = co_await outcome(handler);
  for (unsigned redirects = 0;; ++redirects) {
    const LocalRedirect* to = std::get_if<LocalRedirect>(&response.body);
    if (to == nullptr) co_return response;
    if (redirects == most_redirects) co_return refusal(x, many_redirects);
    std::optional<HttpError> wrong = redirect(x, *to);
    if (wrong) co_return refusal(x, *wrong);
    Answer answer = ask_handler(x);
    if (auto* task = std::get_if<Task<Response>>(&answer)) {
      response = co_await outcome(*task);
    } else {
      response = std::move(std::get<Response>(answer));
    }
  }
}

Task<Response> H1Connection::outcome(Task<Response>& handler) {
  try {
    Response response = co_await handler;
    co_return response;
  } catch (...) {
    co_return error(Status::internal_server_error, "the handler failed");
  }
}

// Makes the request one of GET (or still of HEAD) for the target, without a body. What the client sent stays in the
// text of the target and the name of the method.
std::optional<HttpError> H1Connection::redirect(Exchange& x, const LocalRedirect& to) {
  x.redirect_target = to.target;
  std::expected<Target, HttpError> target = parse_target(Method::get, x.redirect_target);
  if (!target || target->form != TargetForm::origin) return bad_redirect;
  std::expected<std::string_view, HttpError> path = normalize_path(target->path, x.path_scratch);
  if (!path) return bad_redirect;
  x.request.path_ = *path;
  x.body.forget();
  RequestHead& head = x.request.head_;
  if (head.method != Method::head) head.method = Method::get;
  head.target.path = target->path;
  head.target.query = target->query;
  head.target.has_query = target->has_query;
  Fields fields;
  for (const Field& field : head.fields) {
    if (!is_of_body(field)) fields.add(field);
  }
  head.fields = std::move(fields);
  return std::nullopt;
}

Response H1Connection::refusal(Exchange& x, const HttpError& wrong) const {
  if (x.application->refusal) return x.application->refusal(x.request, wrong);
  return error(wrong);
}

// Gathers the answer to what is no proper request: the last one of the connection.
H1Connection::Next H1Connection::refuse(Exchange& x, const HttpError& wrong) {
  Response response = refusal(x, wrong);
  if (std::holds_alternative<std::monostate>(response.body)) response = error_page(response, {});
  MessageShape shape;
  shape.ok_and_date = worker_.ok_and_date();
  shape.keep_alive = false;
  shape.head_only = x.request.method() == Method::head;
  bool whole = gather_response(x, response, shape);
  if (!whole) x.out.append(bytes_of(response.body));
  log(x, response, body_sent_at_once(response, shape));
  return Next::linger;
}

// The same where no head is whole: there is no request yet, and nothing of the one before is told of it.
H1Connection::Next H1Connection::refuse_head(Exchange& x, const HttpError& wrong) {
  Request& request = x.request;
  request.limits = limits().route;
  request.forget_notes();
  request.path_ = request.host_ = {};
  if (request.head_.method_name.empty()) request.head_.method = Method::unknown;
  introduce(x);
  x.body.begin(client_, x.in, x.out, request.limits, Framing(), false);
  return refuse(x, wrong);
}

// Closing with unread input would send a reset, which can destroy the answer before the client has read it. So what the
// client still sends is read and dropped for a while.
Task<> H1Connection::linger() {
  client_.end_output();
  Clock::time_point latest = client_.loop().now() + linger_time;
  while (client_.loop().now() < latest) {
    client_.reading().expires_at(std::min(client_.loop().now() + linger_pause, latest));
    Result<> woken = co_await client_.readable();
    if (!woken) co_return;
    Progress got = client_.read_now(worker_.dropped);
    if (got.bytes == 0 && got.wait == Wait::none) co_return;
    co_await client_.loop().next_turn();
  }
}

Peer H1Connection::local() const {
  sockaddr_storage address{};
  return client_.local_address(address) ? peer_of(address) : Peer();
}

// What is gone answers to the probe with a reset; what has only ended its side takes it for what it is.
Task<> H1Connection::client_gone() {
  PeerEnd end = co_await client_.peer_ended(PeerEnd::half);
  if (end == PeerEnd::whole) co_return;
  // A unix socket tells a half from a whole end by itself.
  if (peer_.family != Peer::Family::unix_socket) probe();
  co_await client_.peer_ended(PeerEnd::whole);
}

void H1Connection::probe() {
  Exchange& x = *exchange_;
  std::string_view bytes;
  if (x.probe == Probe::interim) bytes = "HTTP/1.1 100 Continue\r\n\r\n";
  if (x.probe == Probe::leading_zero) bytes = "0";
  // What is gathered comes first, and asks as well when it is sent.
  if (bytes.empty() || !x.out.empty()) return;
  size_t sent = client_.write_now(bytes);
  if (sent > 0) x.out.append(bytes.substr(sent));
}

void H1Connection::log(Exchange& x, const Response& response, uint64_t response_bytes) {
  if (!worker_.access.on()) return;
  Request& request = x.request;
  const RequestHead& head = request.head();
  std::array<char, 46> address;
  AccessRecord record;
  int64_t now = unix_microseconds();
  // A request may have begun while none were logged.
  record.unix_microseconds = x.began == 0 ? now : x.began;
  record.request_id = request.id();
  record.vhost = request.vhost;
  record.route = request.route;
  record.listener = entrance_.name;
  record.remote_addr = peer_.text(address);
  record.method = head.method_name;
  record.target = head.target.text;
  if (!head.method_name.empty()) record.http_version = head.minor_version == 0 ? "1.0" : "1.1";
  record.status = code(response.status);
  record.user_agent = head.fields.value(FieldName::user_agent);
  record.referer = head.fields.value(FieldName::referer);
  record.request_bytes = x.body.received();
  record.response_bytes = response_bytes;
  record.duration_microseconds = static_cast<uint64_t>(std::max<int64_t>(now - record.unix_microseconds, 0));
  if (request.cgi) record.cgi = &*request.cgi;
  record.error = response.reason;
  worker_.access.add(record, client_.loop().now());
  worker_.log_timer.expires_at(worker_.access.due());
}

}  // namespace webserv
