// The keys that stand in a host for all of its routes, and in a route for itself.
#pragma once

#include <vector>

#include "app/config/config.h"
#include "app/schema/section_reader.h"

namespace webserv::app {

FieldRules read_fields(const SectionReader& section);
std::vector<ErrorPageConfig> read_error_pages(const SectionReader& section);

// The limits of the section, and `wider` where it has none.
RouteLimits read_route_limits(const SectionReader& section, const RouteLimits& wider);

}  // namespace webserv::app
