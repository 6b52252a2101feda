// "webserv serve": from the options to a server that runs until it is told to stop.
#pragma once

#include "app/command/options.h"

namespace webserv::app {

// Serves. What is wrong is told on standard error, with what to do.
ExitStatus serve(const ServeOptions& options);

}  // namespace webserv::app
