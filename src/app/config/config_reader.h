// Reads the configuration file: interfaces are in docs, keys in schema.h, the outcome in config.h.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "app/config/config.h"
#include "app/text/diagnostic.h"

namespace webserv::app {

// Reads a whole configuration. Pure: no file is opened, no name is looked up, and what the text names need not exist.
// `file` is for messages; relative paths start at `folder`, which is absolute. The error holds all that is wrong,
// ordered by position, and is never empty; syntax errors are among it.
std::expected<Config, std::vector<Diagnostic>> read_config(std::string_view text, std::string file,
                                                           std::string_view folder);

}  // namespace webserv::app
