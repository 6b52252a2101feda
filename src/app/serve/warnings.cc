#include "app/serve/warnings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "app/config/own_paths.h"
#include "app/serve/config_trust.h"
#include "webserv/process/landlock.h"

namespace webserv::app {
namespace {

// Those whose programs run without a sandbox: host and path.
std::vector<std::string> open_routes(const Config& config) {
  std::vector<std::string> routes;
  for (const VhostConfig& vhost : config.vhosts) {
    for (const RouteConfig& route : vhost.routes) {
      const CgiOptions* programs = route.handler->programs();
      if (programs != nullptr && !programs->sandbox.on) routes.push_back(fmt::format("{} {}", vhost.name, route.path));
    }
  }
  return routes;
}

// The first ones, and how many more there are.
std::string listed(const std::vector<std::string>& routes) {
  constexpr size_t most_listed = 10;
  const std::span first(routes.data(), std::min(routes.size(), most_listed));
  std::string text = fmt::format("{}", fmt::join(first, ", "));
  if (routes.size() > most_listed) text += fmt::format(" and {} more", routes.size() - most_listed);
  return text;
}

}  // namespace

void warn_of_missing(const Config& config, const Log& log) {
  std::set<std::string> roots;
  for (const VhostConfig& vhost : config.vhosts) {
    for (const RouteConfig& route : vhost.routes) {
      for (const Missing& missing : route.handler->missing()) {
        // Many routes may have one root.
        if (missing.field == "root" && !roots.insert(missing.path).second) continue;
        log.event(Level::warning, missing.event, missing.message,
                  {{missing.field, missing.path}, {"vhost", vhost.name}, {"route", route.path}});
      }
    }
  }
}

void warn_of_programs(const Config& config, const Programs& programs, const Log& log) {
  if (!runs_programs(config)) return;
  if (!programs.not_guaranteed.empty()) {
    log.event(Level::warning, "programs_not_confined", programs.not_guaranteed);
  }
  if (const std::string missing = missing_of_sandboxes(config); !missing.empty()) {
    log.event(Level::warning, "sandbox_incomplete", missing);
  }
  const std::vector<std::string> routes = open_routes(config);
  if (!routes.empty()) {
    log.event(Level::notice, "sandbox_off",
              "programs of these routes run without a sandbox: they reach all that the server may reach",
              {{"routes", listed(routes)}});
  }
  // What root may write is no question.
  const bool is_confined = routes.empty() && detail::landlock::version() > 0;
  if (is_confined || config.file.empty() || ::geteuid() == 0) return;
  for (const std::string& way : ways_to_write(config.file)) log.event(Level::warning, "config_in_reach", way);
}

}  // namespace webserv::app
