#include "app/serve/plan.h"

#include <cstdlib>
#include <utility>
#include <vector>

#include "app/config/config_source.h"
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
  if (options.directory) return std::nullopt;
  return options.config ? options.config : find_config(std::getenv("CONFIGURATION_DIRECTORY"));
}

std::expected<Plan, Refusal> make_plan(const ServeOptions& options, std::span<const Listener> passed,
                                       const Listening& former) {
  std::expected<Config, std::vector<Diagnostic>> config = load(options);
  if (!config) {
    Refusal refusal;
    for (const Diagnostic& diagnostic : config.error()) refusal.errors.push_back(to_string(diagnostic));
    refusal.mistakes = std::move(config.error());
    return std::unexpected(std::move(refusal));
  }
  apply_options(options, *config);
  std::expected<Listening, Refusal> listening = listen_for(config->listeners, passed, former);
  if (!listening) return std::unexpected(std::move(listening.error()));
  return Plan{*std::move(config), *std::move(listening)};
}

}  // namespace webserv::app
