// What is right by itself in each table, and does not go together.
#pragma once

#include "app/config/config.h"
#include "app/schema/section.h"
#include "app/text/diagnostic.h"

namespace webserv::app {

// Tells of listeners at which no host answers, of addresses that one socket takes from another, of limits that
// contradict each other, of names that two hosts have at the same listener, and of aliases that a wildcard of their
// host covers. `file` is what `config` was built from.
void check_together(const Config& config, const Section& file, Findings& findings);

}  // namespace webserv::app
