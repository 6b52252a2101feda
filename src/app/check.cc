#include "app/check.h"

#include <fmt/core.h>

#include <cstdio>
#include <cstdlib>

#include "app/config_source.h"
#include "app/diagnostic.h"

namespace webserv {

ExitStatus check(const CheckOptions& options) {
  std::optional<std::string> file = options.config;
  if (!file) file = find_config(std::getenv("CONFIGURATION_DIRECTORY"));
  if (!file) {
    fmt::print(stderr, "webserv: there is no configuration; name one with --config FILE\n");
    return ExitStatus::usage;
  }
  const auto config = load_config(*file);
  if (config) return ExitStatus::ok;
  for (const Diagnostic& diagnostic : config.error()) fmt::print(stderr, "{}\n", to_string(diagnostic));
  return ExitStatus::wrong_config;
}

}  // namespace webserv
