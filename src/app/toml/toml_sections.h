// From TOML to sections, by the schema. The only place that knows the TOML library.
#pragma once

#include <optional>
#include <string_view>

#include "app/schema/section.h"
#include "app/text/diagnostic.h"

namespace webserv::app {

// The whole file. What does not agree with the schema is added to `findings`: keys that are not known, stand in the
// wrong table, are missing or not served by this version; values of another type, out of range or none of the choices.
// Nothing where the text is no TOML, or not fit for a parser.
std::optional<Section> read_sections(std::string_view text, Findings& findings);

}  // namespace webserv::app
