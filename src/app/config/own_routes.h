// The keys of a host that are those of its route "/".
#pragma once

#include "app/schema/section.h"
#include "app/text/diagnostic.h"

namespace webserv::app {

// Moves them from the hosts of the file to the routes, which are made where they are missing. Adds to `findings` the
// keys that stand in both.
void move_own_routes(Section& file, Findings& findings);

}  // namespace webserv::app
