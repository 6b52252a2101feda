// From the configuration to what a server serves: hosts with their routes, and what all handlers share.
#pragma once

#include <memory>

#include "app/config/config.h"
#include "webserv/base/clock.h"
#include "webserv/base/log.h"
#include "webserv/handlers/files/file_cache.h"
#include "webserv/handlers/files/listing.h"
#include "webserv/handlers/hosts.h"
#include "webserv/io/blocking_pool.h"
#include "webserv/io/gate.h"
#include "webserv/process/spawner.h"
#include "webserv/server/application.h"

namespace webserv::app {

// What the sites of a server need of it, and share from one configuration to the next.
struct SiteHost {
  // Without threads for what blocks: all is done by who asks.
  SiteHost(unsigned workers_, const Clock& clock_, const Log& log_, unsigned blocking_threads = 0);

  const unsigned workers;  // of the server
  const Clock& clock;      // borrowed, as is the log
  const Log& log;
  std::shared_ptr<detail::Spawner> spawner = {};  // null where no program will be asked for an answer
  std::shared_ptr<detail::Gates> gates;           // of programs
  std::shared_ptr<BlockingPool> error_pages;      // by which they are read
  std::shared_ptr<const detail::Listings> listings;
  size_t cached_files = detail::FileCacheLimits{}.descriptors;  // that each worker keeps open
};

// What a server of this configuration serves; without any virtual host that is the site compiled into the program.
// Keeps nothing of the configuration. Files are looked at when they are asked for, so that nothing fails here.
std::shared_ptr<const Hosts> build_hosts(const Config& config, const SiteHost& host);

// The hosts as a server asks them, with the limits and the rules of listeners of the configuration.
Application application_of(std::shared_ptr<const Hosts> hosts, const Config& config);

// Both.
Application build_site(const Config& config, const SiteHost& host);

}  // namespace webserv::app
