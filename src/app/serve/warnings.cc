#include "app/serve/warnings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "webserv/process/sandbox.h"

namespace webserv::app {
namespace {

struct RoutesWithPrograms {
  size_t in_sandbox = 0;
  std::vector<std::string> open;  // those without one: host and path
};

RoutesWithPrograms routes_with_programs(const Config& config) {
  RoutesWithPrograms routes;
  for (const VhostConfig& vhost : config.vhosts) {
    for (const RouteConfig& route : vhost.routes) {
      const CgiOptions* programs = route.handler->programs();
      if (programs == nullptr) continue;
      if (programs->sandbox.on) {
        ++routes.in_sandbox;
      } else {
        routes.open.push_back(fmt::format("{} {}", vhost.name, route.path));
      }
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
  const RoutesWithPrograms routes = routes_with_programs(config);
  if (routes.in_sandbox + routes.open.size() == 0) return;
  if (!programs.not_guaranteed.empty()) {
    log.event(Level::warning, "programs_not_confined", programs.not_guaranteed);
  }
  if (const std::string gaps = detail::sandbox_gaps(); routes.in_sandbox != 0 && !gaps.empty()) {
    log.event(Level::warning, "sandbox_incomplete", gaps);
  }
  if (!routes.open.empty()) {
    log.event(Level::notice, "sandbox_off",
              "programs of these routes run without a sandbox: they reach all that the server may reach",
              {{"routes", listed(routes.open)}});
  }
}

}  // namespace webserv::app
