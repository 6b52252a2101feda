// Explanations as people read them.
#pragma once

#include <string>

#include "app/explain/explanation.h"
#include "app/text/report.h"

namespace webserv::app {

// A line for each fact, with the line of the configuration behind it, as "site.toml:12". No control byte of the
// question, of the configuration or of a file's name gets into it raw.
std::string explained_text(const Explained& explained, Colours colours);

}  // namespace webserv::app
