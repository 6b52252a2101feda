// What only the host knows of a configuration: whether what it names is there.
#pragma once

#include "app/config/config.h"
#include "app/text/diagnostic.h"

namespace webserv::app {

// Adds to `findings` folders, files and programs that are missing or cannot be read or run by the user who asks,
// sandboxes that open what is the server's own, and addresses that cannot be bound. An address that systemd or webserv
// holds is none of these. Leaves no trace on the host.
void check_live(const Config& config, Findings& findings);

}  // namespace webserv::app
