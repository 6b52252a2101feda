#include "webserv/handlers/cgi/cgi.h"

#include <cstdlib>
#include <utility>

#include "webserv/handlers/cgi/cgi_run.h"
#include "webserv/process/sandbox_paths.h"
#include "webserv/server/trace.h"

namespace webserv {

using namespace detail;

namespace {

// What programs need to find others, and to speak the reader's language and time.
std::vector<std::pair<std::string, std::string>> inherited_variables(const CgiOptions& options) {
  std::vector<std::pair<std::string, std::string>> variables;
  for (const char* name : {"PATH", "LANG", "TZ"}) {
    if (const char* value = ::getenv(name)) variables.emplace_back(name, value);
  }
  const bool has_path = !variables.empty() && variables.front().first == "PATH";
  std::string path = has_path ? variables.front().second : "";
  if (options.sandbox.on) path = reachable_search_path(path, options.sandbox.read);
  if (path.empty()) path = "/usr/local/bin:/usr/bin:/bin";
  if (!has_path) variables.emplace(variables.begin(), "PATH", "");
  variables.front().second = std::move(path);
  return variables;
}

std::vector<SendfileRoots> one_for_each(unsigned workers, const std::vector<std::string>& folders) {
  std::vector<SendfileRoots> all;
  for (unsigned i = 0; i < workers; ++i) all.emplace_back(folders);
  return all;
}

std::shared_ptr<Gate> gate_of(const CgiOptions& options, const CgiHost& host) {
  const Gate::Limits limits{.most = options.limits.concurrency};
  if (host.gates == nullptr || options.name.empty()) return std::make_shared<Gate>(limits);
  return host.gates->get(options.name, limits);
}

std::shared_ptr<Sandboxes> sandboxes_of(const CgiOptions& options, const CgiHost& host, const CgiScripts& scripts) {
  // Without what starts them no program runs.
  if (!options.sandbox.on || host.spawner == nullptr) return nullptr;
  SandboxRules rules;
  rules.own = options.symlinks;
  rules.read = options.sandbox.read;
  rules.write = options.sandbox.write;
  rules.network = options.sandbox.network;
  rules.hidden = host.hidden;
  if (scripts.root().empty()) {
    rules.programs.push_back(scripts.program());
  } else {
    rules.own.push_back(scripts.root());
  }
  for (const auto& [extension, interpreter] : options.interpreters) {
    if (!interpreter.empty()) rules.programs.push_back(interpreter);
  }
  return std::make_shared<Sandboxes>(std::move(rules), host.spawner->folders());
}

// For those who want to know which program would run: none does.
Response trace_script(Trace& trace, const CgiScript& script) {
  trace = {.file = script.file, .how = "what the program says", .open = true};
  if (!script.interpreter.empty()) trace.details.emplace_back("interpreter", script.interpreter);
  trace.details.emplace_back("SCRIPT_NAME", script.name);
  if (!script.path_info.empty()) trace.details.emplace_back("PATH_INFO", script.path_info);
  return {};
}

// A free function: its arguments live in the task.
Task<Response> run_script(std::shared_ptr<const CgiRoute> route, Request& request, CgiScript script) {
  auto run = std::make_shared<CgiRun>(std::move(route), request, std::move(script));
  Response response = co_await run->respond();
  co_return response;
}

Answer answer(const std::shared_ptr<const CgiRoute>& route, Request& request, CgiScript script) {
  if (Trace* trace = request.notes().find<Trace>()) return trace_script(*trace, script);
  return run_script(route, request, std::move(script));
}

class CgiFiles final : public ScriptFiles {
 public:
  explicit CgiFiles(std::shared_ptr<const CgiRoute> route) : route_(std::move(route)) {}

  bool includes(std::string_view file) const override { return route_->scripts.has_interpreter(file); }
  Answer run(Request& request, std::string_view file, std::string_view path_info) const override {
    return answer(route_, request, route_->scripts.script(file, path_info));
  }

 private:
  const std::shared_ptr<const CgiRoute> route_;
};

}  // namespace

CgiRoute::CgiRoute(CgiOptions options_, const CgiHost& host_)
    : options(std::move(options_)),
      host(host_),
      gate(gate_of(options, host)),
      scripts(options, host.workers),
      sendfile_roots(one_for_each(host.workers, options.sendfile_roots)),
      inherited(inherited_variables(options)),
      sandboxes(sandboxes_of(options, host, scripts)) {}

Handler cgi(CgiOptions options, const CgiHost& host) {
  auto route = std::make_shared<const CgiRoute>(std::move(options), host);
  return [route](Request& request) -> Answer {
    std::expected<CgiScript, HttpError> script =
        route->scripts.find(request.path(), request.worker(), request.loop().now());
    if (!script) return error(script.error());
    return answer(route, request, std::move(*script));
  };
}

std::shared_ptr<const ScriptFiles> script_files(CgiOptions options, const CgiHost& host) {
  return std::make_shared<const CgiFiles>(std::make_shared<const CgiRoute>(std::move(options), host));
}

}  // namespace webserv
