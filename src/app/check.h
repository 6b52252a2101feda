// "webserv check": all mistakes of a configuration, without serving it.
#pragma once

#include "app/options.h"

namespace webserv {

// Tells what is wrong on standard error.
ExitStatus check(const CheckOptions& options);

}  // namespace webserv
