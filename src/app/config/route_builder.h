// The routes of a virtual host.
#pragma once

#include "app/config/config.h"
#include "app/schema/section_reader.h"

namespace webserv::app {

// A route of the host. The section of the route "/" has the host's own keys of a route as well.
RouteConfig build_route(const SectionReader& route, const VhostConfig& host);

// Whether a key of the section is not known, or could not be read, but may mean the handler of a route, or routes.
bool means_handler(const Section& section);

}  // namespace webserv::app
