#include "webserv/handlers/cgi/cgi_run.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "webserv/base/text.h"
#include "webserv/handlers/cgi/cgi_failures.h"
#include "webserv/http/cgi_environment.h"
#include "webserv/server/request_log.h"

namespace webserv::detail {

using namespace cgi_failures;

namespace {

// Holds any head, and is what goes to the client in one piece.
constexpr size_t buffer_size = CgiHeadParser::max_size;

// What its children may still have written is waited for this long, where they hold the pipe open and cannot be found.
constexpr Clock::duration last_output = std::chrono::milliseconds(50);

// Of errors, for the same reason: as many as a pipe holds.
constexpr int most_last_reads = 16;

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

RunLimits run_limits(const CgiLimits& limits) {
  RunLimits run;
  if (limits.memory != unlimited) run.memory = limits.memory;
  if (limits.tasks != unlimited) run.tasks = limits.tasks;
  run.cpu_weight = limits.cpu_weight;
  return run;
}

}  // namespace

CgiRun::CgiRun(std::shared_ptr<const CgiRoute> route, Request& request, CgiScript script)
    : Deadline(request.loop().wheel()),
      held_route_(std::move(route)),
      route_(*held_route_),
      request_(request),
      script_(std::move(script)),
      request_id_(to_string(request.id())),
      errors_(route_.host.log, request_id_, script_.file),
      turn_(route_.gate, request.loop()) {}

Task<Response> CgiRun::respond() {
  GatheredBody body;
  if (route_.options.body == CgiOptions::Body::gather) {
    std::expected<GatheredBody, HttpError> gathered = co_await gather(request_.body());
    if (!gathered) co_return closing(error(gathered.error()));
    body = std::move(*gathered);
  } else {
    fed_ = request_.body().length() == 0;
  }
  client_watch_.emplace(watch_client());
  client_watch_->start();
  Gate::Entry entry = co_await turn_;
  if (entry != Gate::Entry::admitted) co_return no_turn(entry);
  if (!fed_) {
    bool invited = co_await request_.body().invite();
    if (!invited || stop_ != Stop::none) co_return closing(error(gone));
  }
  std::optional<SpawnError> wrong = start(body);
  if (wrong) co_return not_started(*wrong);
  Response response;
  if (script_.writes_messages()) {
    response = co_await pass_messages();
  } else {
    response = co_await read_head();
  }
  // Nobody else reads a body that is still being handed on.
  response.close |= !fed_;
  co_return response;
}

Response CgiRun::no_turn(Gate::Entry entry) {
  if (entry == Gate::Entry::given_up) return closing(error(gone));
  const std::string_view reason = entry == Gate::Entry::queue_is_full ? queue_is_full : cgi_failures::no_turn;
  Response response = error(Status::service_unavailable, reason);
  response.fields.add("Retry-After", "5");
  return response;
}

std::optional<SpawnError> CgiRun::take_sandbox() {
  if (!route_.sandboxes) return std::nullopt;
  Result<std::shared_ptr<const Sandbox>> taken = route_.sandboxes->take();
  if (!taken) return SpawnError{SpawnStep::sandbox, taken.error()};
  sandbox_ = *std::move(taken);
  return std::nullopt;
}

std::optional<SpawnError> CgiRun::start(GatheredBody& body) {
  if (std::optional<SpawnError> wrong = take_sandbox()) return wrong;
  CStrings arguments;
  arguments.add(script_.program());
  if (!script_.interpreter.empty()) arguments.add(script_.file);
  CStrings environment;
  begin_environment(environment, body);
  std::string folder = script_.folder();
  Launch launch;
  launch.program = script_.program().c_str();
  launch.arguments = arguments.data();
  launch.environment = environment.data();
  launch.folder = folder.c_str();
  launch.sandbox = sandbox_;
  launch.limits = run_limits(route_.options.limits);
  launch.grace = route_.options.limits.grace;
  if (body.file) {
    launch.input = Input::file;
    launch.input_file = body.file->rewound().value_or(-1);
  } else if (!fed_ || !body.bytes.empty()) {
    launch.input = Input::pipe;
  }
  std::expected<Process, SpawnError> process = route_.host.spawner->spawn(request_.loop(), launch);
  if (!process) return process.error();
  process_.emplace(std::move(*process));
  if (route_.options.limits.time != CgiLimits::forever) {
    expires_at(request_.loop().now() + route_.options.limits.time);
  }
  error_reading_.emplace(read_errors());
  end_watch_.emplace(watch_end());
  if (launch.input == Input::pipe) feeding_.emplace(fed_ ? feed_gathered(std::move(body.bytes)) : feed());
  for (auto* task : {&error_reading_, &end_watch_, &feeding_}) {
    if (*task) (*task)->start();
  }
  return std::nullopt;
}

void CgiRun::begin_environment(CStrings& to, const GatheredBody& body) {
  std::array<char, 46> local_text;
  std::array<char, 46> peer_text;
  Peer local = request_.connection().local();
  CgiCall call;
  call.script_name = script_.name;
  call.path_info = script_.path_info;
  call.script_filename = script_.file;
  call.document_root = route_.scripts.root();
  call.server_address = local.text(local_text);
  call.server_port = local.port;
  call.remote_address = request_.peer().text(peer_text);
  call.remote_port = request_.peer().port;
  call.secure = request_.secure();
  call.request_id = request_id_;
  if (sandbox_) call.temporary_folder = sandbox_->folder();
  std::optional<uint64_t> length = request_.body().length();
  if (route_.options.body == CgiOptions::Body::gather) {
    bool has_body = length != 0 || request_.head().fields.has(FieldName::content_length);
    if (has_body) call.content_length = body.size;
  } else if (length != 0) {
    call.content_length = length;
  }
  append_cgi_environment(to, request_.head(), call, route_.options.environment, route_.inherited);
}

Response CgiRun::not_started(const SpawnError& wrong) {
  bool forbidden = wrong.step == SpawnStep::execute && wrong.error == Error::permission_denied;
  if (forbidden) errors_.note_denied();
  return failed(forbidden ? Status::forbidden : Status::bad_gateway, cannot_start, describe(wrong));
}

// Whether the program may go on. That it does not read its body is its own affair; but what the system did not let us
// write it must not take for all.
bool CgiRun::may_go_on(const Result<>& fed) {
  if (fed || fed.error() == Error::broken_pipe) return true;
  stop(Stop::system);
  return false;
}

Task<> CgiRun::feed_gathered(std::string bytes) {
  Result<> written = co_await process_->input().write_all(bytes);
  if (may_go_on(written)) process_->input().end_output();
}

Task<> CgiRun::feed() {
  constexpr size_t step = 16 * 1024;
  auto bytes = std::make_unique_for_overwrite<char[]>(step);
  std::span<char> into(bytes.get(), step);
  for (;;) {
    std::expected<size_t, HttpError> got = co_await request_.body().read_some(into);
    if (!got) {
      body_error_ = got.error();
      stop(Stop::body);
      co_return;
    }
    if (*got == 0) break;
    std::string_view piece(bytes.get(), *got);
    Result<> written = co_await process_->input().write_all(piece);
    if (!may_go_on(written)) co_return;
    if (!written) break;
  }
  fed_ = true;
  process_->input().end_output();
}

Task<> CgiRun::read_errors() {
  std::unique_ptr<char[]> bytes;
  constexpr size_t step = 4096;
  PipeStream& errors = process_->errors();
  for (;;) {
    Result<> woken = co_await errors.readable();
    if (!woken) co_return;
    if (!bytes) bytes = std::make_unique_for_overwrite<char[]>(step);
    std::span<char> into(bytes.get(), step);
    Result<size_t> got = co_await errors.read_some(into);
    if (!got || *got == 0) co_return;
    std::string_view text(bytes.get(), *got);
    errors_.add(text, request_.loop().now());
    co_await request_.loop().next_turn();
  }
}

// What is there when the program has ended. It may not reach its end: what was left behind may hold the pipe open.
void CgiRun::log_last_errors() {
  bool all_read = error_reading_->done();
  error_reading_.reset();
  std::array<char, 4096> last;
  for (int reads = 0; !all_read && reads < most_last_reads; ++reads) {
    size_t got = process_->errors().read_left(last);
    errors_.add({last.data(), got}, request_.loop().now());
    all_read = got == 0;
  }
  errors_.end(request_.loop().now());
}

// What the program leaves behind may hold its output open: it is ended with it.
Task<> CgiRun::watch_end() {
  co_await process_->ended();
  process_->kill();
  output_until_ = request_.loop().now() + last_output;
  process_->output().reading().expires_at(output_until_);
}

Task<> CgiRun::watch_client() {
  co_await request_.connection().client_gone();
  stop(Stop::client_gone);
}

// Called by coroutines that die with the run: what follows is done from the loop.
void CgiRun::stop(Stop why) {
  if (stop_ != Stop::none) return;
  stop_ = why;
  request_.loop().defer(*this);
}

void CgiRun::run() {
  std::shared_ptr<CgiRun> alive = shared_from_this();
  turn_.give_up();
  if (!process_) return;
  process_->end();
  process_->output().fail(Error::operation_canceled);
}

// Reads on behind what is there. 0: the output has ended, or the run was stopped.
Task<size_t> CgiRun::read_output() {
  if (!buffer_) buffer_ = std::make_unique_for_overwrite<char[]>(buffer_size);
  if (begin_ == filled_) begin_ = filled_ = 0;
  std::span<char> room(buffer_.get() + filled_, buffer_size - filled_);
  PipeStream& output = process_->output();
  Result<size_t> got = std::unexpected(Error::timed_out);
  // That time may also have passed while the client took what came before.
  if (request_.loop().now() < output_until_) got = co_await output.read_some(room);
  if (!got && got.error() == Error::timed_out) got = output.read_left(room);
  if (!got) stop(Stop::system);
  if (!got || stop_ != Stop::none) co_return 0;
  filled_ += *got;
  co_return *got;
}

// What is read and belongs to the body, as far as the limits go.
std::string_view CgiRun::take_output() {
  std::string_view bytes(buffer_.get() + begin_, filled_ - begin_);
  begin_ = filled_;
  if (bytes.size() > route_.options.limits.output - written_) {
    stop(Stop::output);
    return {};
  }
  if (promised_ && bytes.size() > *promised_) {
    bytes = bytes.substr(0, *promised_);
    stop(Stop::excess);
  }
  if (promised_) *promised_ -= bytes.size();
  written_ += bytes.size();
  return bytes;
}

Task<> CgiRun::drop_output() {
  while (stop_ == Stop::none) {
    take_output();
    size_t got = co_await read_output();
    if (got == 0) break;
  }
}

Task<Result<>> CgiRun::produce(BodySink& sink) {
  // The first write takes the head with it, also where nothing of the body is there yet.
  std::string_view bytes = take_output();
  Result<> sent = co_await sink.write(bytes);
  while (sent && stop_ == Stop::none) {
    size_t got = co_await read_output();
    if (got == 0) break;
    bytes = take_output();
    if (bytes.empty()) continue;
    sent = co_await sink.write(bytes);
  }
  if (!sent) stop(Stop::client_gone);
  co_await finish();
  if (sent && output_is_whole()) co_return Result<>();
  co_return std::unexpected(Error::io_error);
}

// Waits until the program has ended and has been told of; what it left behind is ended then.
Task<> CgiRun::finish() {
  end_watch_.reset();
  // Whose output has ended may still read its body.
  Exit exit = co_await process_->ended();
  feeding_.reset();
  exit_ = exit;
  never();
  log_last_errors();
  RunUsage usage = process_->usage();
  out_of_memory_ = usage.out_of_memory;
  constexpr int shell_signal = 128;
  const int status = exit.signal != 0 ? shell_signal + exit.signal : exit.code;
  LogNote& note = request_.notes().get<LogNote>();
  note.numbers.emplace_back("cgi_exit", static_cast<unsigned>(status));
  note.numbers.emplace_back("cgi_cpu_usec", static_cast<uint64_t>(usage.cpu.count()));
  if (usage.memory_peak != 0) note.numbers.emplace_back("cgi_memory_peak", usage.memory_peak);
  process_.reset();
  sandbox_.reset();
}

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
  Loop& loop = request_.loop();
  Result<Response> sent =
      route_.sendfile_roots[request_.worker()].answer(path, response, loop.now(), loop.unix_seconds());
  if (!sent) co_return failed(Status::not_found, no_such_file, path);
  co_return std::move(*sent);
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
  if (route_.sandboxes && errors_.denied()) fields.emplace_back("hint", sandbox_may_be_why);
  route_.host.log.event(Level::warning, "cgi_failed", reason, fields);
}

}  // namespace webserv::detail
