// Redirects of a host that lead back to themselves.
#pragma once

#include <span>

#include "app/config/config.h"
#include "app/text/diagnostic.h"

namespace webserv::app {

// Adds them to `findings`. `routes` are those of one host.
void check_redirects(std::span<const RouteConfig> routes, Findings& findings);

}  // namespace webserv::app
