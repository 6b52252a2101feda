// One run of a CGI program for one request: from its turn at the gate to the end of all that it started.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "webserv/base/c_strings.h"
#include "webserv/handlers/cgi/cgi_body.h"
#include "webserv/handlers/cgi/cgi_errors.h"
#include "webserv/handlers/cgi/cgi_options.h"
#include "webserv/handlers/cgi/cgi_scripts.h"
#include "webserv/handlers/cgi/cgi_sendfile.h"
#include "webserv/http/cgi_head.h"
#include "webserv/io/gate.h"
#include "webserv/process/process.h"
#include "webserv/process/sandbox.h"
#include "webserv/process/spawner.h"
#include "webserv/server/request.h"
#include "webserv/server/response.h"

namespace webserv::detail {

// What the runs of a route share.
struct CgiRoute {
  CgiRoute(CgiOptions options_, const CgiHost& host_);
  CgiRoute(const CgiRoute&) = delete;

  const CgiOptions options;
  const CgiHost host;
  const std::shared_ptr<Gate> gate;
  const CgiScripts scripts;
  const std::vector<SendfileRoots> sendfile_roots;                   // of each worker
  const std::vector<std::pair<std::string, std::string>> inherited;  // of the server's own environment
  const std::shared_ptr<Sandboxes> sandboxes;                        // null: programs run without one
};

// What ends a run early only notes why and kills; the coroutine that reads the output sees its read fail and says what
// comes of it. So there is one course of things, from top to bottom.
//
// A run is over when its program has ended, not before: only then is it known whether the output is whole. What the
// program has started is ended with it. Owned by the handler's task, then by the Producer of the response.
class CgiRun final : public std::enable_shared_from_this<CgiRun>, private Deadline, private Deferred {
 public:
  // `request` outlives it.
  CgiRun(std::shared_ptr<const CgiRoute> route, Request& request, CgiScript script);

  // The whole course up to the head of the answer. Once.
  Task<Response> respond();

 private:
  enum class Stop : uint8_t { none, client_gone, time, output, body, excess, system };

  // Its beginning.
  std::optional<SpawnError> start(GatheredBody& body);
  std::optional<SpawnError> take_sandbox();
  void begin_environment(CStrings& to, const GatheredBody& body);
  Response not_started(const SpawnError& wrong);
  Response no_turn(Gate::Entry entry);

  // Its output.
  Task<Response> read_head();
  Task<Response> answer(CgiHead head);
  Task<Response> pass_messages();
  Task<Response> send_file(std::string path, Response response);
  Task<Result<>> produce(BodySink& sink);
  Task<Response> skip(Response response);
  Task<size_t> read_output();
  std::string_view take_output();
  Task<> drop_output();

  // What goes on beside.
  bool may_go_on(const Result<>& fed);
  Task<> feed();
  Task<> feed_gathered(std::string bytes);
  Task<> read_errors();
  void log_last_errors();
  Task<> watch_end();
  Task<> watch_client();

  // Its end.
  void expired() override { stop(Stop::time); }
  void stop(Stop why);
  void run() override;
  Task<> finish();
  Response failure(std::string_view mistake);
  Response failed(Status status, std::string_view reason, std::string_view detail = {});
  bool output_is_whole();
  void log_failure(std::string_view reason, std::string_view detail);

  const std::shared_ptr<const CgiRoute> held_route_;
  const CgiRoute& route_;
  Request& request_;
  const CgiScript script_;
  std::string request_id_;
  CgiErrors errors_;
  Gate::Turn turn_;
  std::shared_ptr<const Sandbox> sandbox_;
  std::optional<Process> process_;

  std::unique_ptr<char[]> buffer_;
  size_t begin_ = 0;  // of what is read and not yet passed on
  size_t filled_ = 0;
  CgiHeadParser parser_;
  std::optional<uint64_t> promised_;  // bytes of the body that are still to come, by its Content-Length
  uint64_t written_ = 0;              // of the body

  Stop stop_ = Stop::none;
  HttpError body_error_;
  bool fed_ = true;  // the whole body of the request was read
  // When the end of the output is no longer waited for: the program has ended before that.
  Clock::time_point output_until_ = Clock::time_point::max();
  std::optional<Exit> exit_;
  bool out_of_memory_ = false;

  // They end before what they use.
  std::optional<Task<>> feeding_;
  std::optional<Task<>> error_reading_;
  std::optional<Task<>> end_watch_;
  std::optional<Task<>> client_watch_;
};

}  // namespace webserv::detail
