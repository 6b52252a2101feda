// "webserv check": all mistakes of a configuration, without serving it.
#pragma once

#include "app/command/options.h"

namespace webserv::app {

// Prints what is wrong on standard error, or on standard output that nothing is; with `json` a list of the mistakes on
// standard output in any case. Reads the file alone, and with `live` looks at what it names. Exits with 0 or 78.
ExitStatus check(const CheckOptions& options);

}  // namespace webserv::app
