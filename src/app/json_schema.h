// "webserv schema": the configuration's schema as JSON Schema (draft 2020-12), for editors and other tools.
#pragma once

#include <string>

#include "app/options.h"

namespace webserv {

// Prints the schema on standard output.
ExitStatus print_schema(const SchemaOptions& options);

}  // namespace webserv
