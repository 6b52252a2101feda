// From the sections of a file to the configuration's values.
#pragma once

#include <string_view>

#include "app/config/config.h"
#include "app/schema/section.h"
#include "app/text/diagnostic.h"

namespace webserv::app {

// The whole file, where hosts have no keys of their routes "/" any more (own_routes.h). Where something is added to
// `findings` the outcome is not to be used.
Config build_config(const Section& file, std::string_view folder, Findings& findings);

}  // namespace webserv::app
