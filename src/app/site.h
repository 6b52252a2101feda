// From the configuration to handlers: the only place that knows both.
#pragma once

#include "app/config.h"
#include "webserv/base/clock.h"
#include "webserv/base/log.h"
#include "webserv/server/worker_context.h"

namespace webserv {

// What a server of this configuration serves. `workers` is the number of its workers. Borrows the clock and the log.
// What files hold is looked at when they are asked for: nothing fails here.
Application build_site(const Config& config, unsigned workers, const Clock& clock, const Log& log);

// The site that is compiled into the program, served where there is no configuration.
Application build_welcome_site(const Clock& clock, const Log& log);

}  // namespace webserv
