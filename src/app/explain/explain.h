// "webserv explain": what would answer a request, and why.
#pragma once

#include "app/command/options.h"

namespace webserv::app {

// Prints the explanation on standard output, or what is wrong with the configuration on standard error.
ExitStatus explain(const ExplainOptions& options);

}  // namespace webserv::app
