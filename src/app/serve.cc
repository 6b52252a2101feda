#include "app/serve.h"

#include <fmt/core.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

#include "app/config_source.h"
#include "app/signals.h"
#include "app/site.h"
#include "app/systemd/journal.h"
#include "app/systemd/notify.h"
#include "app/systemd/sockets.h"
#include "webserv/server/server.h"

namespace webserv {

namespace {

// In the order of LogConfig::Access.
constexpr std::array<std::string_view, 4> access_names = {"journal", "json", "combined", "off"};

StandardError standard_error() { return kind_of_standard_error(STDERR_FILENO, std::getenv("JOURNAL_STREAM")); }

void tell(const std::string& message) { fmt::print(stderr, "webserv: {}\n", message); }

// Connections need descriptors: the soft limit is for programs that use select(2).
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

std::expected<Config, std::vector<Diagnostic>> find_and_load(const ServeOptions& options) {
  if (options.directory) return directory_config(*options.directory);
  std::optional<std::string> file = options.config;
  if (!file) file = find_config(std::getenv("CONFIGURATION_DIRECTORY"));
  if (!file) return default_config();
  return load_config(*file);
}

// Nothing, with the reason told, where an address cannot be had.
std::optional<std::vector<Listener>> open_listeners(std::vector<ListenerSockets> plans) {
  std::vector<Listener> listeners;
  for (ListenerSockets& plan : plans) {
    for (Fd& socket : plan.passed) listeners.push_back(Listener::adopt(std::move(socket), plan.name));
    for (const std::string& text : plan.addresses) {
      Result<Listener> listener = Listener::open(Address(text), plan.name);
      if (!listener) {
        tell(
            fmt::format("listener `{}` cannot listen at {}: {}; choose another address with --listen or in the "
                        "configuration, or stop the program that uses it",
                        plan.name, text, std::make_error_code(listener.error()).message()));
        return std::nullopt;
      }
      listeners.push_back(std::move(*listener));
    }
  }
  return listeners;
}

std::string addresses_of(const Server& server) {
  std::string all;
  for (const std::string& address : server.addresses()) {
    if (!all.empty()) all += ", ";
    all += address.starts_with("unix:") ? address : "http://" + address + "/";
  }
  return all;
}

// Roots may come and go, so that one that is not there stops nothing; but somebody should know.
void warn_of_missing_roots(const Config& config, const Log& log) {
  for (const VhostConfig& vhost : config.vhosts) {
    for (const RouteConfig& route : vhost.routes) {
      const auto* files = std::get_if<StaticFilesConfig>(&route.handler);
      std::error_code ignored;
      if (files == nullptr || std::filesystem::exists(files->root, ignored)) continue;
      log.event(Level::warning, "root_missing",
                "a root is not there, or its folder may not be entered: 404 until it is",
                {{"root", files->root}, {"vhost", vhost.name}, {"route", route.path}});
    }
  }
}

// Runs until a signal asks for the end; a second one does not wait for connections.
void run(Server& server, Signals& signals, const Notifier& notifier, const Log& log) {
  std::atomic<bool> ended = false;
  // The end of the server is waited for like a signal.
  std::thread waiter([&] {
    server.wait();
    ended = true;
    ::kill(::getpid(), SIGTERM);
  });
  bool draining = false;
  for (;;) {
    std::optional<Signals::Event> event = signals.wait();
    if (ended) break;
    if (event != Signals::Event::stop) continue;
    if (draining) {
      server.stop();
      continue;
    }
    draining = true;
    notifier.stopping("draining: requests in flight are answered");
    log.event(Level::notice, "stopping", "stopping: requests in flight are answered first");
    server.drain();
  }
  waiter.join();
}

class Startup {
 public:
  explicit Startup(const ServeOptions& options) : options_(options) {}

  ExitStatus serve();

 private:
  ExitStatus refuse(const std::vector<std::string>& errors);
  ExitStatus serve(Config config, std::vector<ListenerSockets> sockets);

  const ServeOptions& options_;
  Notifier notifier_;
  Signals signals_;
  std::vector<PassedSocket> passed_;
};

// A wrong configuration: all of it on standard error, the first in the unit's status; never ready.
ExitStatus Startup::refuse(const std::vector<std::string>& errors) {
  // In the journal with the priority of errors (sd-daemon(3)).
  bool in_journal = standard_error() == StandardError::journal;
  for (const std::string& error : errors) fmt::print(stderr, "{}{}\n", in_journal ? "<3>" : "", error);
  notifier_.status("wrong configuration: " + errors.front());
  turn_away_clients(passed_);
  return ExitStatus::wrong_config;
}

ExitStatus Startup::serve() {
  if (options_.directory && !std::filesystem::is_directory(*options_.directory)) {
    tell(fmt::format("{} is no directory that can be served; name one, or use --config FILE", *options_.directory));
    return ExitStatus::usage;
  }
  auto passed = passed_sockets();
  if (!passed) return refuse(passed.error());
  passed_ = std::move(*passed);
  auto config = find_and_load(options_);
  if (!config) {
    std::vector<std::string> errors;
    for (const Diagnostic& diagnostic : config.error()) errors.push_back(to_string(diagnostic));
    return refuse(errors);
  }
  apply_options(options_, *config);
  std::vector<ListenerPlan> plans;
  for (const ListenerConfig& listener : config->listeners) plans.push_back({listener.name, listener.addresses});
  auto sockets = match_sockets(passed_, plans);
  if (!sockets) return refuse(sockets.error());
  return serve(std::move(*config), std::move(*sockets));
}

ExitStatus Startup::serve(Config config, std::vector<ListenerSockets> sockets) {
  std::optional<std::vector<Listener>> listeners = open_listeners(std::move(sockets));
  if (!listeners) return ExitStatus::failure;
  raise_descriptor_limit();

  LineSink sink(STDERR_FILENO);
  LogFormats formats = choose_log_formats(access_names[static_cast<size_t>(config.log.access)], standard_error());
  Log log(sink, formats.events, config.log.level);
  SystemClock clock;
  unsigned workers = config.server.workers == 0 ? default_workers() : config.server.workers;

  auto application = std::make_shared<const Application>(build_site(config, workers, clock, log));
  ServerLog server_log{.events = &log, .access = &sink, .format = formats.access};
  Server server(workers, std::move(*listeners), std::move(application), server_log);
  server.start();

  warn_of_missing_roots(config, log);
  std::string addresses = addresses_of(server);
  if (config.file.empty()) {
    // Started by hand: somebody wants the address, and it is no log line.
    fmt::print("Serving {} at {}\n", options_.directory.value_or("the built-in welcome site"), addresses);
    std::fflush(stdout);
  }
  log.event(Level::notice, "ready", "serving at " + addresses, {{"workers", workers}});
  notifier_.ready("serving at " + addresses);
  run(server, signals_, notifier_, log);
  if (uint64_t lost = sink.lost_lines(); lost > 0) {
    log.event(Level::warning, "log_lines_lost", "log lines were dropped, for nobody read them fast enough",
              {{"lines", lost}});
  }
  log.event(Level::notice, "stopped", "stopped");
  return ExitStatus::ok;
}

}  // namespace

ExitStatus serve(const ServeOptions& options) {
  try {
    return Startup(options).serve();
  } catch (const std::system_error& error) {
    tell(fmt::format("cannot start: {}", error.what()));
    return ExitStatus::failure;
  }
}

}  // namespace webserv
