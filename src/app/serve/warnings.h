// What people should know of a configuration that is served from now on, though it stops nothing.
#pragma once

#include "app/config/config.h"
#include "app/serve/programs.h"
#include "webserv/base/log.h"

namespace webserv::app {

// Logs what routes name and what is not there, which may come yet: a root once, however many have it.
void warn_of_missing(const Config& config, const Log& log);

// Logs what is not guaranteed of programs, where a route starts some; which routes start them without a sandbox; and,
// if some run without one that the kernel knows, how they could write the configuration. Where a service manager starts
// the server, that is refused before (config_trust.h).
void warn_of_programs(const Config& config, const Programs& programs, const Log& log);

}  // namespace webserv::app
