// What on this machine is the server's own: its configuration, the folders that systemd gives to it (systemd.exec(5)),
// and the roots of its routes. Sandboxes of programs are made without it.
#pragma once

#include <string>

#include "app/config/config.h"
#include "app/text/diagnostic.h"
#include "webserv/process/sandbox.h"

namespace webserv::app {

// The secrets are the file of the configuration and the folders of $CREDENTIALS_DIRECTORY, $RUNTIME_DIRECTORY,
// $STATE_DIRECTORY, $CACHE_DIRECTORY and $LOGS_DIRECTORY; the roots those of all routes, sorted, each once. What is in
// a store of packages is left out, for all of a store is public.
detail::HiddenPaths own_paths(const Config& config);

// Adds to `findings` what sandboxes open and may not on this host, by their paths or by links: the configuration, and
// the folders of $CREDENTIALS_DIRECTORY and $RUNTIME_DIRECTORY. What is in these folders may be named.
void check_sandboxes(const Config& config, Findings& findings);

// What the kernel lacks of the sandboxes that programs of the configuration run in, and what that costs; empty where it
// lacks nothing, or where none runs in one.
std::string missing_of_sandboxes(const Config& config);

}  // namespace webserv::app
