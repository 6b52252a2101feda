// Routes as they come out of a configuration that is right.
#pragma once

#include <gtest/gtest.h>

#include <string_view>

#include "app/config/config_reader.h"

namespace webserv::app {

// The first route of the first host.
inline RouteConfig route_of(std::string_view text) {
  auto config = read_config(text, "a.toml", "/etc/webserv");
  if (config) return config->vhosts[0].routes[0];
  for (const Diagnostic& diagnostic : config.error()) ADD_FAILURE() << to_string(diagnostic);
  return {};
}

// The route's handler, which is of that kind.
template <class Handler>
const Handler& handler_of(const RouteConfig& route) {
  return dynamic_cast<const Handler&>(*route.handler);
}

}  // namespace webserv::app
