// From the configuration to what a server serves: hosts with their routes, and what all handlers share.
#pragma once

#include <memory>

#include "app/config/config.h"
#include "webserv/base/clock.h"
#include "webserv/base/log.h"
#include "webserv/handlers/hosts.h"
#include "webserv/process/process.h"
#include "webserv/server/worker_context.h"

namespace webserv::app {

// What a server of this configuration serves; without any virtual host that is the site compiled into the program.
// `workers` is the number of its workers, and `spawner` starts programs: null where none will be asked for an answer.
// Borrows the clock and the log, not the configuration. Files are looked at when they are asked for, so that nothing
// fails here.
std::shared_ptr<const Hosts> build_hosts(const Config& config, unsigned workers, const Clock& clock, const Log& log,
                                         std::shared_ptr<Spawner> spawner);

// The hosts as a server asks them.
Application application_of(std::shared_ptr<const Hosts> hosts, const Limits& limits);

// Both in one.
Application build_site(const Config& config, unsigned workers, const Clock& clock, const Log& log,
                       std::shared_ptr<Spawner> spawner);

}  // namespace webserv::app
