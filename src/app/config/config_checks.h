// What is right by itself in each table, and does not go together.
#pragma once

#include "app/config/config.h"
#include "app/schema/section.h"
#include "app/text/diagnostic.h"

namespace webserv::app {

// Adds to `findings` listeners at which no host answers, addresses that one socket takes from another, limits that
// contradict each other, names that two hosts have at the same listener, and aliases that a wildcard of their host
// covers. `file` is what `config` was built from.
void check_together(const Config& config, const Section& file, Findings& findings);

}  // namespace webserv::app
