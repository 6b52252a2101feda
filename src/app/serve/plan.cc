#include "app/serve/plan.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "app/config/config_source.h"
#include "app/serve/config_trust.h"
#include "app/serve/programs.h"
#include "app/text/diagnostic.h"

namespace webserv::app {
namespace {

std::expected<Config, std::vector<Diagnostic>> load(const ServeOptions& options) {
  if (options.directory) return directory_config(*options.directory);
  if (const std::optional<std::string> file = config_file(options)) return load_config(*file);
  return default_config();
}

}  // namespace

std::optional<std::string> config_file(const ServeOptions& options) {
  return options.directory ? std::nullopt : choose_config(options.config);
}

Config with_options(Config config, const ServeOptions& options) {
  if (options.workers) config.server.workers = *options.workers;
  if (options.listen.empty()) return config;
  const auto is_named = [&](const ListenerConfig& listener) {
    return std::ranges::find(options.listen, listener.name, &ListenOption::name) != options.listen.end();
  };
  for (ListenerConfig& listener : config.listeners) {
    if (is_named(listener)) listener.addresses.clear();
  }
  const auto is_default = [&](const ListenerConfig& listener) {
    return listener.place.line == 0 && !is_named(listener);
  };
  std::erase_if(config.listeners, is_default);
  for (const ListenOption& option : options.listen) {
    auto listener = std::ranges::find(config.listeners, option.name, &ListenerConfig::name);
    if (listener == config.listeners.end()) listener = config.listeners.insert(listener, {option.name, {}, {}});
    listener->addresses.push_back(option.address);
  }
  return config;
}

std::expected<Plan, Refusal> make_plan(const ServeOptions& options, const FileRules& rules,
                                       std::span<const Listener> passed, const Listening& former) {
  std::expected<Config, std::vector<Diagnostic>> config = load(options);
  if (!config) {
    Refusal refusal;
    for (const Diagnostic& diagnostic : config.error()) refusal.errors.push_back(to_string(diagnostic));
    refusal.mistakes = std::move(config.error());
    return std::unexpected(std::move(refusal));
  }
  const bool is_file = !config->file.empty() && options.config != "-";
  if (is_file && rules.out_of_reach && (rules.programs_run || runs_programs(*config))) {
    std::vector<std::string> ways = ways_to_write(config->file);
    if (!ways.empty()) return std::unexpected(Refusal{ExitStatus::wrong_config, std::move(ways)});
  }
  Config all = with_options(*std::move(config), options);
  std::expected<Listening, Refusal> listening = listen_for(all.listeners, passed, former);
  if (!listening) return std::unexpected(std::move(listening.error()));
  return Plan{std::move(all), *std::move(listening)};
}

}  // namespace webserv::app
