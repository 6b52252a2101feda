#include "app/check/check.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/check/live_check.h"
#include "app/command/terminal.h"
#include "app/config/config_reader.h"
#include "app/config/config_source.h"
#include "app/config/own_paths.h"
#include "app/text/diagnostic.h"
#include "app/text/report.h"

namespace webserv::app {
namespace {

using Mistakes = std::vector<Diagnostic>;

std::expected<ConfigText, Mistakes> find_text(const CheckOptions& options) {
  if (const std::optional<std::string> file = choose_config(options.config)) return read_text(*file);
  return std::unexpected(Mistakes{{"webserv.toml",
                                   {},
                                   "there is no configuration, neither in $CONFIGURATION_DIRECTORY nor in /etc/webserv",
                                   "name one with --config FILE"}});
}

// The configuration, or what is wrong with it; with `live` also on this host.
std::expected<Config, Mistakes> load(const CheckOptions& options) {
  const std::expected<ConfigText, Mistakes> source = find_text(options);
  if (!source) return std::unexpected(source.error());
  std::expected<Config, Mistakes> config = read_config(source->text, source->file, source->folder);
  if (!config || !options.live) return config;
  Findings findings(source->file);
  check_live(*config, findings);
  if (!findings.empty()) return std::unexpected(std::move(findings).take(source->text));
  return config;
}

// "2 hosts", "1 host"
std::string counted(size_t number, std::string_view what) {
  return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

std::string summary(const Config& config) {
  size_t routes = 0;
  for (const VhostConfig& host : config.vhosts) routes += host.routes.size();
  return fmt::format("{}: {}, {}, no mistakes\n", config.file, counted(config.vhosts.size(), "host"),
                     counted(routes, "route"));
}

// It is served all the same.
std::string note_on_sandboxes(const Config& config) {
  const std::string gaps = missing_of_sandboxes(config);
  return gaps.empty() ? gaps : fmt::format("{}: note: {}\n", config.file, gaps);
}

void print(std::FILE* to, std::string_view text) { std::fwrite(text.data(), 1, text.size(), to); }

}  // namespace

ExitStatus check(const CheckOptions& options) {
  const std::expected<Config, Mistakes> config = load(options);
  const Mistakes mistakes = config ? Mistakes() : config.error();
  if (config && options.live) print(stderr, note_on_sandboxes(*config));
  const ExitStatus status = mistakes.empty() ? ExitStatus::ok : ExitStatus::wrong_config;
  if (options.json) {
    print(stdout, to_json(mistakes));
    return status;
  }
  if (mistakes.empty()) {
    print(stdout, summary(*config));
    return status;
  }
  print(stderr, report(mistakes, colours_of(STDERR_FILENO)));
  return status;
}

}  // namespace webserv::app
