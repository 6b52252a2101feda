// "webserv serve": from the options to a server that runs until a signal stops it.
#pragma once

#include "app/command/options.h"

namespace webserv::app {

// Serves. What is wrong is printed on standard error, with what to do.
ExitStatus serve(const ServeOptions& options);

}  // namespace webserv::app
