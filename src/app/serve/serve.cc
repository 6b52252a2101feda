#include "app/serve/serve.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <malloc.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "app/command/command_advice.h"
#include "app/command/terminal.h"
#include "app/serve/changes.h"
#include "app/serve/config_trust.h"
#include "app/serve/descriptors.h"
#include "app/serve/plan.h"
#include "app/serve/programs.h"
#include "app/serve/signals.h"
#include "app/serve/warnings.h"
#include "app/serve/watchdog.h"
#include "app/site/site.h"
#include "app/systemd/journal.h"
#include "app/systemd/notify.h"
#include "app/systemd/reload_request.h"
#include "app/systemd/sockets.h"
#include "app/text/report.h"
#include "webserv/server/server.h"

namespace webserv::app {

namespace {

// For each kind of what blocks: a slow disk keeps few of them waiting, and they need little where it is fast.
constexpr unsigned blocking_threads = 2;

StandardError standard_error() { return kind_of_standard_error(STDERR_FILENO, std::getenv("JOURNAL_STREAM")); }

LogFormats formats_of(const Config& config) { return choose_log_formats(config.log.access, standard_error()); }

void print_error(const std::string& message) { fmt::print(stderr, "webserv: {}\n", message); }

unsigned workers_of(const Config& config) {
  return config.server.workers == 0 ? default_workers() : config.server.workers;
}

std::string addresses_of(const Server& server) {
  std::string all;
  for (const std::string& address : server.addresses()) {
    if (!all.empty()) all += ", ";
    all += address.starts_with("unix:") ? address : "http://" + address + "/";
  }
  return all;
}

// The program from its start to its end. One thread, which sleeps but for signals, starts, reloads and stops; the
// threads of the server serve meanwhile.
class Service {
 public:
  explicit Service(const ServeOptions& options) : options_(options) {}

  ExitStatus run();

 private:
  ExitStatus refuse(const Refusal& refusal);
  void start(Plan plan);
  void handle_events();
  void handle(Signals::Event event);
  void give_up(Signals::Event event) noexcept;
  void stop();

  // A reload goes from one of these to the next, or ends early.
  void reload();
  std::expected<Plan, Refusal> plan_reload() const;
  FileRules file_rules() const;
  void begin_takeover(Plan plan);
  void finish_takeover();
  void fail_reload(const Refusal& refusal);
  void ignore_reload(std::string_view why);
  void end_reload(ReloadOutcome outcome, std::string_view status);

  void use_log(const Config& config);
  // Takes so many connections as descriptors allow. Says so, once for each number that is too large.
  void fit_connections(Plan& plan, unsigned workers);
  // What both a start and a reload come to: from now on this is served.
  void adopt(Listening listening, std::shared_ptr<const Application> application) noexcept;
  // What people are to know of it, and what the next reload compares with. A large configuration leaves much memory
  // behind, which malloc_trim(3) gives back.
  void take_note(const Config& config, Outline outline);
  std::string log_reload(const Config& config);
  std::string serving() const { return "serving at " + addresses_of(*server_); }
  // The manager shows it from now on.
  void show_ready(std::string_view status);

  const ServeOptions& options_;
  const Surroundings surroundings_ = find_surroundings();  // before the environment is emptied
  const Signals signals_;                                  // before any thread
  const Notifier notifier_;
  ReloadRequest request_{std::getenv("RUNTIME_DIRECTORY")};
  std::vector<Listener> passed_;  // by systemd
  SystemClock clock_;
  LineSink sink_{STDERR_FILENO};
  Log log_{sink_, LogFormat::text, Level::info};
  LogFormats formats_{};          // of what is served
  Programs programs_;             // from the start on
  std::optional<SiteHost> host_;  // likewise

  // What is served.
  std::string file_;  // of the configuration; empty: none
  Outline outline_;
  Listening listening_;
  std::shared_ptr<const Application> application_;

  // What is being taken over by the workers, if anything is.
  struct Next {
    Plan plan;
    std::shared_ptr<const Application> application;
  };
  std::optional<Next> next_;
  bool reload_again_ = false;
  bool stopping_ = false;

  const uint64_t descriptors_ = raise_descriptor_limit();
  uint64_t told_of_connections_ = 0;  // that they are too many
  bool programs_run_ = false;         // some may, of what is served
  std::string status_;                // that the manager shows
  std::optional<Server> server_;
  std::optional<Watchdog> watchdog_;  // where the manager waits for one
};

ExitStatus Service::run() {
  if (options_.directory && !std::filesystem::is_directory(*options_.directory)) {
    const std::string meant = meant_by_word(*options_.directory);
    print_error(fmt::format("{} is no directory that can be served; {}", *options_.directory,
                            meant.empty() ? "name one, or use --config FILE" : meant));
    return ExitStatus::usage;
  }
  auto passed = passed_sockets();
  if (!passed) return refuse({ExitStatus::wrong_config, passed.error()});
  for (PassedSocket& socket : *passed) passed_.push_back(Listener::adopt(std::move(socket.fd), socket.name));
  auto plan = make_plan(options_, file_rules(), passed_, {});
  if (!plan) return refuse(plan.error());
  const DescriptorUse use = use_of(plan->config, plan->listening.listeners.size(), workers_of(plan->config));
  if (const std::optional<std::string> fault = too_few(descriptors_, use)) {
    return refuse({ExitStatus::wrong_config, {*fault}});
  }
  start(*std::move(plan));
  handle_events();
  if (uint64_t lost = sink_.lost_lines(); lost > 0) {
    log_.event(Level::warning, "log_lines_lost", "log lines were dropped, for nobody read them fast enough",
               {{"lines", lost}});
  }
  log_.event(Level::notice, "stopped", "stopped");
  return ExitStatus::ok;
}

// The server does not start: all errors are printed on standard error, the first one is the unit's status.
ExitStatus Service::refuse(const Refusal& refusal) {
  // In the journal with the priority of errors (sd-daemon(3)).
  bool in_journal = standard_error() == StandardError::journal;
  if (is_terminal(STDERR_FILENO) && !refusal.mistakes.empty()) {
    // People see the lines of the file too; in a log each error is one line.
    fmt::print(stderr, "{}", report(refusal.mistakes, colours_of(STDERR_FILENO)));
  } else {
    for (const std::string& error : refusal.errors) fmt::print(stderr, "{}{}\n", in_journal ? "<3>" : "", error);
  }
  bool wrong = refusal.status == ExitStatus::wrong_config;
  notifier_.status((wrong ? "wrong configuration: " : "cannot start: ") + refusal.errors.front());
  if (wrong) turn_away_clients(passed_);
  return refusal.status;
}

void Service::start(Plan plan) {
  use_log(plan.config);
  const unsigned workers = workers_of(plan.config);
  fit_connections(plan, workers);
  programs_ = make_programs(workers);
  host_.emplace(workers, clock_, log_, blocking_threads);
  host_->spawner = programs_.spawner;
  host_->cached_files =
      share_descriptors(descriptors_, use_of(plan.config, plan.listening.listeners.size(), workers)).cached_files;
  auto application = std::make_shared<const Application>(build_site(plan.config, *host_));
  ServerLog server_log{.events = &log_, .access = &sink_, .format = formats_of(plan.config).access};
  server_.emplace(workers, plan.listening.listeners, application, server_log);
  server_->start();
  if (plan.config.file.empty()) {
    // Started by hand: somebody wants the address, and it is no log line.
    fmt::print("Serving {} at {}\n", options_.directory.value_or("the built-in welcome site"), addresses_of(*server_));
    std::fflush(stdout);
  }
  log_.event(Level::notice, "ready", serving(), {{"workers", workers}});
  show_ready(serving());
  adopt(std::move(plan.listening), std::move(application));
  take_note(plan.config, Outline(plan.config, listening_));
  malloc_trim(0);
  if (notifier_.watchdog())
    watchdog_.emplace(*notifier_.watchdog(), notifier_, log_, *server_, [this] { return status_; });
}

void Service::show_ready(std::string_view status) {
  status_ = status;
  notifier_.ready(status);
}

void Service::use_log(const Config& config) {
  formats_ = formats_of(config);
  log_.use(formats_.events, config.log.level);
}

void Service::fit_connections(Plan& plan, unsigned workers) {
  uint64_t& connections = plan.config.limits.connections;
  const uint64_t wanted = connections;
  const DescriptorUse use = use_of(plan.config, plan.listening.listeners.size(), workers);
  // A reload may name so many routes that hardly any are left: those that run go on.
  connections = std::clamp<uint64_t>(share_descriptors(descriptors_, use).connections, 1, wanted);
  const uint64_t too_many = connections < wanted ? wanted : 0;
  if (too_many != 0 && too_many != told_of_connections_) {
    log_.event(Level::warning, "connections_fitted", told_of_fewer(wanted, connections, descriptors_),
               {{"connections", connections}, {"descriptors", descriptors_}});
  }
  told_of_connections_ = too_many;
}

void Service::adopt(Listening listening, std::shared_ptr<const Application> application) noexcept {
  listening_ = std::move(listening);
  application_ = std::move(application);
}

void Service::take_note(const Config& config, Outline outline) {
  outline_ = std::move(outline);
  file_ = config.file;
  programs_run_ = runs_programs(config);
  warn_of_missing(config, log_);
  warn_of_programs(config, programs_, log_);
}

// Until the server has ended, by itself or because a signal asked for it.
void Service::handle_events() {
  std::thread waiter([&] {
    server_->wait();
    signals_.post(Signals::Event::ended);
  });
  for (;;) {
    std::optional<std::chrono::milliseconds> pause;
    if (watchdog_) pause = watchdog_->look(std::chrono::steady_clock::now());
    const std::optional<Signals::Event> event = signals_.wait(pause);
    if (!event) continue;
    if (*event == Signals::Event::ended) break;
    try {
      handle(*event);
    } catch (const std::exception&) {
      give_up(*event);
    }
  }
  waiter.join();
}

void Service::handle(Signals::Event event) {
  if (event == Signals::Event::stop) stop();
  if (event == Signals::Event::reload) reload();
  if (event == Signals::Event::taken_over) finish_takeover();
}

// There is no memory to deal with it, nor to tell of it. What is served goes on, but not against a stop; systemd waits
// for the end of a reload.
void Service::give_up(Signals::Event event) noexcept {
  if (event == Signals::Event::stop) return server_->stop();
  if (next_) return;
  if (!stopping_) notifier_.ready();
  request_.end(event == Signals::Event::taken_over ? ReloadOutcome::succeeded : ReloadOutcome::failed);
}

// Whoever asks a second time does not want to wait for connections.
void Service::stop() {
  if (std::exchange(stopping_, true)) return server_->stop();
  status_ = "draining: requests in flight are answered";
  notifier_.stopping(status_);
  log_.event(Level::notice, "stopping", "stopping: requests in flight are answered first");
  server_->drain();
}

void Service::reload() {
  if (stopping_) {
    log_.event(Level::notice, "reload_ignored", "the configuration is not read again: the server is stopping");
    return;
  }
  // Signals that come meanwhile ask for one more reload, for the file may have changed since it was read.
  if (next_) {
    reload_again_ = true;
    return;
  }
  notifier_.reloading();
  request_.begin();
  if (options_.directory) return ignore_reload("a folder is served, without a configuration");
  if (file_.empty() && !config_file(options_)) return ignore_reload("there is no configuration yet");
  try {
    std::expected<Plan, Refusal> plan = plan_reload();
    if (!plan) return fail_reload(plan.error());
    begin_takeover(*std::move(plan));
  } catch (const std::exception& error) {  // no memory or no descriptor is left
    fail_reload({ExitStatus::failure, {fmt::format("the configuration cannot be taken over: {}", error.what())}});
  }
}

std::expected<Plan, Refusal> Service::plan_reload() const {
  if (!config_file(options_)) {
    return std::unexpected(
        Refusal{ExitStatus::wrong_config,
                {fmt::format("{}: error: the configuration is gone; put it back, or restart the server for the "
                             "built-in site",
                             file_)}});
  }
  return make_plan(options_, file_rules(), passed_, listening_);
}

FileRules Service::file_rules() const { return {.out_of_reach = surroundings_.service, .programs_run = programs_run_}; }

// First all workers answer by the new configuration, then connections come in by its listeners.
void Service::begin_takeover(Plan plan) {
  fit_connections(plan, server_->workers());
  Next next{std::move(plan), nullptr};
  next.application = std::make_shared<const Application>(build_site(next.plan.config, *host_));
  server_->log_requests(formats_of(next.plan.config).access);
  try {
    server_->replace(next.application, next.plan.listening.listeners,
                     [this] { signals_.post(Signals::Event::taken_over); });
  } catch (...) {
    server_->log_requests(formats_.access);
    throw;
  }
  // Only now, when nothing can fail any more: as long as there is a next one, reloads wait for its end.
  static_assert(std::is_nothrow_move_constructible_v<Next>);
  next_.emplace(std::move(next));
}

void Service::finish_takeover() {
  Next next = *std::exchange(next_, std::nullopt);
  adopt(std::move(next.plan.listening), std::move(next.application));
  std::string status;
  try {
    status = log_reload(next.plan.config);
  } catch (const std::exception&) {  // it is served all the same
    status = "serving";
  }
  malloc_trim(0);
  end_reload(ReloadOutcome::succeeded, status);
}

// What is to be shown as the status from now on.
std::string Service::log_reload(const Config& config) {
  use_log(config);
  Outline outline(config, listening_);
  log_.event(Level::notice, "reloaded", "reloaded: " + changes(outline_, outline), {{"config", config.file}});
  const std::vector<std::string> notes = needs_restart(outline_, outline, server_->workers());
  for (const std::string& note : notes) log_.event(Level::warning, "restart_needed", note);
  take_note(config, std::move(outline));
  std::string status = serving();
  if (!notes.empty()) status += fmt::format("; needs a restart: {}", fmt::join(notes, "; "));
  return status;
}

void Service::fail_reload(const Refusal& refusal) {
  for (const std::string& error : refusal.errors) log_.event(Level::error, "config_error", error);
  log_.event(Level::error, "reload_failed", "the reload failed, and everything is as before",
             {{"errors", refusal.errors.size()}});
  std::string status = "the reload failed, and everything is as before: " + refusal.errors.front();
  if (size_t more = refusal.errors.size() - 1; more > 0) status += fmt::format(" (and {} more, in the log)", more);
  end_reload(ReloadOutcome::failed, status);
}

void Service::ignore_reload(std::string_view why) {
  log_.event(Level::notice, "reload_ignored", fmt::format("there is nothing to reload: {}", why));
  end_reload(ReloadOutcome::succeeded, serving());
}

// Ready in any case (systemd.service(5), Type=notify-reload), but not once systemd knows that the server stops.
void Service::end_reload(ReloadOutcome outcome, std::string_view status) {
  if (!stopping_) show_ready(status);
  request_.end(outcome);
  if (std::exchange(reload_again_, false)) reload();
}

}  // namespace

ExitStatus serve(const ServeOptions& options) {
  // No other process of the same user is to read the server's memory, environment and descriptors, programs that it
  // runs least of all (PR_SET_DUMPABLE(2const), ptrace(2)). Before anything secret is read.
  prctl(PR_SET_DUMPABLE, 0);
  try {
    return Service(options).run();
  } catch (const std::system_error& error) {
    print_error(fmt::format("cannot start: {}", error.what()));
    return ExitStatus::failure;
  }
}

}  // namespace webserv::app
