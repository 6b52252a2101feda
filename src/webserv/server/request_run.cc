#include "webserv/server/request_run.h"

#include <ctime>
#include <utility>

#include "webserv/base/text.h"
#include "webserv/http/forwarding.h"
#include "webserv/server/error_text.h"
#include "webserv/server/exceptions.h"
#include "webserv/server/finisher.h"

namespace webserv::detail {

namespace {

constexpr HttpError many_redirects{Status::bad_gateway, "programs redirect to each other without an end"};
constexpr HttpError too_many_requests{Status::service_unavailable, "too many requests at a time of this client"};
constexpr HttpError bad_redirect{Status::bad_gateway, "a program redirects to what is no path"};

// RFC 3875 6.2.2: what programs may do before it is taken for a circle.
constexpr unsigned most_redirects = 5;

bool is_of_body(const Field& field) {
  constexpr std::string_view prefix = "Content-";
  constexpr FieldSet others = field_set(FieldName::transfer_encoding, FieldName::expect, FieldName::trailer);
  return (field_set(field.known) & others) != 0 || equals_ignoring_case(field.name.substr(0, prefix.size()), prefix);
}

}  // namespace

int64_t RequestRun::now() {
  timespec time{};
  clock_gettime(CLOCK_REALTIME, &time);
  return int64_t{time.tv_sec} * 1'000'000 + time.tv_nsec / 1000;
}

std::optional<HttpError> RequestRun::find_client(const Connection& connection) {
  Fields& fields = request_.head_.fields;
  const Peer& peer = connection.peer();
  const ListenerInfo& listener = connection.listener();
  const ListenerRules* rules = application_->rules_of(listener.name);
  if (rules == nullptr || !rules->trusted_proxies.contains(peer)) {
    if (peer.is_local()) listener.has_untrusted_proxy.store(true, std::memory_order_relaxed);
    fields = keep_forwarding(fields, Forwarding::Source::none);
    return std::nullopt;
  }
  release();
  const Forwarding told = read_forwarding(fields, peer, rules->trusted_proxies);
  fields = keep_forwarding(fields, told.source);
  client_ = told.client;
  request_.peer_ = &client_;
  if (told.scheme != Forwarding::Scheme::unknown) request_.secure_ = told.scheme == Forwarding::Scheme::https;
  // A proxy that asks for itself has no limit: it is not one client.
  if (worker_.owner == nullptr || rules->trusted_proxies.contains(client_)) return std::nullopt;
  counted_ = worker_.owner->enter(client_);
  return counted_ ? std::nullopt : std::optional(too_many_requests);
}

void RequestRun::leave() {
  counted_ = false;
  worker_.owner->leave(client_);
}

void RequestRun::follow_redirects(Answer& answer) {
  while (is_redirect(answer)) {
    std::optional<HttpError> wrong = follow(std::get<LocalRedirect>(std::get<Response>(answer).body));
    answer = wrong ? Answer(refuse(*wrong)) : ask_handler();
  }
}

Answer RequestRun::ask_handler() {
  try {
    return application_->handler(request_);
  } catch (...) {
    return handler_failed();
  }
}

Task<Response> RequestRun::settle(Task<Response>& handler) {
  Response response = co_await outcome(handler);
  for (;;) {
    const LocalRedirect* to = std::get_if<LocalRedirect>(&response.body);
    if (to == nullptr) co_return response;
    std::optional<HttpError> wrong = follow(*to);
    if (wrong) co_return refuse(*wrong);
    Answer answer = ask();
    if (auto* task = std::get_if<Task<Response>>(&answer)) {
      response = co_await outcome(*task);
    } else {
      response = std::move(std::get<Response>(answer));
    }
  }
}

Task<Response> RequestRun::outcome(Task<Response>& handler) {
  try {
    Response response = co_await handler;
    co_return response;
  } catch (...) {
    co_return handler_failed();
  }
}

Response RequestRun::handler_failed() noexcept {
  log_exception(worker_.events, "a handler has failed: 500", request_);
  return error(Status::internal_server_error, "the handler failed");
}

// Makes the request one of GET (or still of HEAD) for the target, without a body. What the client sent stays in the
// text of the target and the name of the method.
std::optional<HttpError> RequestRun::follow(const LocalRedirect& to) {
  if (++redirects_ > most_redirects) return many_redirects;
  redirect_target_ = to.target;
  std::expected<Target, HttpError> target = parse_target(Method::get, redirect_target_);
  if (!target || target->form != TargetForm::origin) return bad_redirect;
  std::expected<std::string_view, HttpError> path = normalize_path(target->path, path_scratch_);
  if (!path) return bad_redirect;
  request_.path_ = *path;
  request_.body_ = &no_body_;
  RequestHead& head = request_.head_;
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

Response RequestRun::refuse(const HttpError& wrong) {
  if (!application_->refusal) return error(wrong);
  try {
    return application_->refusal(request_, wrong);
  } catch (...) {
    log_exception(worker_.events, "the handler of refusals has failed", request_);
    return error(wrong);
  }
}

bool RequestRun::finish_now(Response& response) {
  if (wants_selection(request_.head_)) {
    // Whoever makes the body may have something to do where it is not wanted.
    if (const auto* producer = std::get_if<Producer>(&response.body); producer && producer->skip) return false;
    select_representation(request_, response);
  }
  return dress(response);
}

Task<> RequestRun::finish_later(Response& response) {
  if (wants_selection(request_.head_)) {
    std::function<Task<Response>(Response)> skip;
    if (auto* producer = std::get_if<Producer>(&response.body)) skip = producer->skip;
    select_representation(request_, response);
    if (skip && !std::holds_alternative<Producer>(response.body)) {
      Task<Response> skipping = skip(std::move(response));
      response = co_await outcome(skipping);
    }
  }
  while (!dress(response)) co_await request_.finisher->get_ready(response);
}

// Puts on what the configuration and errors have. False: something has to be read first.
bool RequestRun::dress(Response& response) {
  if (!response.finished && request_.finisher != nullptr) {
    if (!request_.finisher->finish(response)) return false;
    response.finished = true;
  }
  if (response.page == ErrorPage::due) put_built_in_page(response, request_.head_.fields.joined(FieldName::accept));
  return true;
}

void RequestRun::notify_observers(const Response& response, uint64_t received, uint64_t sent) {
  const int64_t ended = now();
  const FinishedRequest what{.request = request_,
                             .response = response,
                             .request_bytes = received,
                             .response_bytes = sent,
                             .began = began_ == 0 ? ended : began_,
                             .ended = ended};
  for (RequestObserver* observer : worker_.observers) observer->finished(what);
}

}  // namespace webserv::detail
