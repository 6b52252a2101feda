#include "app/config/config.h"

#include <algorithm>

namespace webserv::app {

bool runs_programs(const Config& config) {
  return std::ranges::any_of(config.vhosts, [](const VhostConfig& vhost) {
    return std::ranges::any_of(vhost.routes, [](const RouteConfig& route) { return route.handler->runs_programs(); });
  });
}

}  // namespace webserv::app
