#include "app/serve/warnings.h"

#include <algorithm>
#include <set>
#include <string>

namespace webserv::app {

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
  const auto runs_programs = [](const RouteConfig& route) { return route.handler->runs_programs(); };
  const bool any = std::ranges::any_of(
      config.vhosts, [&](const VhostConfig& vhost) { return std::ranges::any_of(vhost.routes, runs_programs); });
  if (any && !programs.not_guaranteed.empty()) {
    log.event(Level::warning, "programs_not_confined", programs.not_guaranteed);
  }
}

}  // namespace webserv::app
