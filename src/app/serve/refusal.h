// Why a configuration is not served: it is wrong, or its sockets cannot be had.
#pragma once

#include <string>
#include <vector>

#include "app/command/options.h"
#include "app/text/diagnostic.h"

namespace webserv::app {

struct Refusal {
  ExitStatus status = ExitStatus::wrong_config;  // with which it ends, where it does not run yet
  std::vector<std::string> errors;               // all of them, each a text that says what to do
  std::vector<Diagnostic> mistakes = {};         // the same, where they are those of a file
};

}  // namespace webserv::app
