// The part of a run that makes the response of what the program writes.
#include <algorithm>
#include <array>
#include <utility>

#include "webserv/base/text.h"
#include "webserv/handlers/cgi/cgi_run.h"
#include "webserv/handlers/files/stored_file.h"
#include "webserv/http/mime.h"

namespace webserv {

namespace {

constexpr std::string_view ended_by_signal = "the program was ended by a signal before its answer was whole";
constexpr std::string_view took_memory = "the program has used up the memory that it may take";
constexpr std::string_view too_long = "the program has not ended within its time";
constexpr std::string_view no_pipe =
    "the system does not let the server wait for the program's pipes: memory, or the user's share of epoll's "
    "(fs.epoll.max_user_watches), is used up";
constexpr std::string_view too_much = "the program has written more than it may";
constexpr std::string_view too_little = "the program has written less than its Content-Length says";
constexpr std::string_view excess = "the program has written more than its Content-Length says; the rest is left out";
constexpr std::string_view no_message =
    "the program's name begins with nph-, but its output does not begin with a status line such as HTTP/1.1 200 OK";
constexpr std::string_view no_such_file = "X-Sendfile names no file beneath the folders that the route allows for it";

constexpr HttpError gone{Status::request_timeout, "the client has gone before the answer"};

// The code of "HTTP/1.1 200", with which a message begins (RFC 9112 4).
constexpr std::string_view status_line = "HTTP/1.1 200";
std::optional<Status> status_of_message(std::string_view bytes) {
  constexpr std::string_view protocol = "HTTP/1.";
  constexpr size_t code_at = 9;
  if (!bytes.starts_with(protocol) || !is_digit(bytes[protocol.size()]) || bytes[code_at - 1] != ' ') {
    return std::nullopt;
  }
  std::optional<uint64_t> number = parse_decimal(bytes.substr(code_at, 3), 599);
  if (!number || *number < 100) return std::nullopt;
  return static_cast<Status>(*number);
}

Task<Result<>> produce_nothing(BodySink&) { co_return Result<>(); }

}  // namespace

Task<Response> CgiRun::read_head() {
  CgiHead head;
  for (;;) {
    size_t got = co_await read_output();
    if (got == 0) {
      size_t size = filled_;
      co_await finish();
      co_return failure(exit_->signal != 0 ? ended_by_signal : CgiHeadParser::cut_off(size));
    }
    std::expected<bool, CgiMistake> whole = parser_.parse({buffer_.get(), filled_}, head);
    if (!whole) {
      process_->end();
      co_await finish();
      co_return failure(whole.error());
    }
    if (*whole) break;
  }
  begin_ = head.size;
  Response response = co_await answer(std::move(head));
  co_return response;
}

// The views of `head` are good until more is read.
Task<Response> CgiRun::answer(CgiHead head) {
  Response response;
  response.status = head.status;
  for (const Field& field : head.fields) response.fields.add(field.name, field.value);
  bool has_body = !is_bodiless(head.status) && head.status != Status::reset_content;
  promised_ = head.content_length;
  if (!head.local_redirect.empty()) {
    response.body = LocalRedirect{std::string(head.local_redirect)};
  } else if (!head.sendfile.empty()) {
    std::string path(head.sendfile);
    Response sent = co_await send_file(std::move(path), std::move(response));
    co_return sent;
  } else if (has_body && request_.method() == Method::head) {
    response.body = Producer{.produce = produce_nothing, .length = promised_};
  } else if (has_body) {
    std::shared_ptr<CgiRun> self = shared_from_this();
    response.body = Producer{.produce = [self](BodySink& sink) { return self->produce(sink); },
                             .length = promised_,
                             .skip = [self](Response selected) { return self->skip(std::move(selected)); }};
    co_return response;
  }
  Response last = co_await skip(std::move(response));
  co_return last;
}

// Nothing more of the output is wanted, but the program may still have something to do.
Task<Response> CgiRun::skip(Response response) {
  co_await drop_output();
  co_await finish();
  if (stop_ != Stop::none && stop_ != Stop::excess) co_return failure({});
  co_return response;
}

Task<Response> CgiRun::pass_messages() {
  while (filled_ < status_line.size()) {
    size_t got = co_await read_output();
    if (got == 0) break;
  }
  std::string_view begin(buffer_.get(), std::min(filled_, status_line.size()));
  std::optional<Status> status;
  if (begin.size() == status_line.size()) status = status_of_message(begin);
  if (!status) {
    process_->end();
    co_await finish();
    co_return failure(no_message);
  }
  Response response;
  response.status = *status;
  response.close = true;
  response.body = Upgrade{.take_over = [self = shared_from_this()](Upgraded& to) { return self->produce(to.sink); },
                          .has_own_head = true};
  co_return response;
}

Task<Response> CgiRun::send_file(std::string path, Response response) {
  promised_.reset();
  co_await drop_output();
  co_await finish();
  if (stop_ != Stop::none) co_return failure({});
  Result<OpenedFile> file = open_to_send(path);
  if (!file) co_return failed(Status::not_found, no_such_file, path);
  const FieldRules no_rules;
  StoredFileFields fields{.type = mime_type(path),
                          .coding = Coding::identity,
                          .cache_control = {},
                          .varies = false,
                          .rules = no_rules,
                          .now = request_.loop().unix_seconds()};
  Result<std::shared_ptr<const StoredFile>> stored = store_file(std::move(*file), fields, StoreOptions{});
  if (!stored) co_return failed(Status::not_found, no_such_file, path);
  Response sent = (*stored)->response();
  sent.finished = false;  // the rules of the route are not in it, as they are in what a site serves
  sent.status = response.status;
  sent.fields.override_with(response.fields);
  co_return sent;
}

Result<OpenedFile> CgiRun::open_to_send(std::string_view path) {
  for (const auto& root : route_.sendfile_roots[request_.worker()]) {
    std::string_view folder = root->path();
    if (folder.ends_with('/')) folder.remove_suffix(1);
    if (!path.starts_with(folder) || path.substr(folder.size(), 1) != "/") continue;
    Result<OpenedFile> file = root->open(path.substr(folder.size() + 1), request_.loop().now());
    if (file && !file->is_directory()) return file;
  }
  return std::unexpected(Error::no_such_file_or_directory);
}

// Once it is known how the program ended. Tells the log why, where somebody has to mend something.
bool CgiRun::output_is_whole() {
  std::string_view reason;
  bool all_there = promised_ && *promised_ == 0;
  switch (stop_) {
    case Stop::none:
      if (out_of_memory_) {
        reason = took_memory;
      } else if (exit_->signal != 0 && !all_there) {
        reason = ended_by_signal;
      } else if (promised_ && !all_there) {
        reason = too_little;
      }
      break;
    case Stop::excess: log_failure(excess, {}); return true;
    case Stop::time: reason = too_long; break;
    case Stop::output: reason = too_much; break;
    case Stop::system: reason = no_pipe; break;
    case Stop::body:
    case Stop::client_gone: return false;
  }
  if (!reason.empty()) log_failure(reason, {});
  return reason.empty();
}

Response CgiRun::failure(std::string_view mistake) {
  switch (stop_) {
    case Stop::client_gone: return closing(error(gone));
    case Stop::body: return closing(error(body_error_));
    case Stop::time: return failed(Status::gateway_timeout, too_long);
    case Stop::output: return failed(Status::bad_gateway, too_much);
    case Stop::system: return failed(Status::bad_gateway, no_pipe);
    case Stop::none:
    case Stop::excess: break;
  }
  return failed(Status::bad_gateway, out_of_memory_ ? took_memory : mistake);
}

Response CgiRun::failed(Status status, std::string_view reason, std::string_view detail) {
  log_failure(reason, detail);
  return error(status, reason);
}

void CgiRun::log_failure(std::string_view reason, std::string_view detail) {
  std::vector<LogField> fields{
      {"request_id", request_id_}, {"vhost", request_.vhost}, {"route", request_.route}, {"script", script_.file}};
  if (!detail.empty()) fields.emplace_back("error", detail);
  route_.host.log.event(Level::warning, "cgi_failed", reason, fields);
}

}  // namespace webserv
