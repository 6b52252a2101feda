// Divides a text that a parser has refused into statements, and finds what is wrong with each. It forgives more than a
// parser does, so that one fault hides no other; what it takes for right may still be wrong, which the parser says.
#pragma once

#include <string_view>
#include <vector>

#include "app/toml/toml_statement.h"

namespace webserv::app {

// The statements of a text, which is UTF-8, in their order. In linear time; does not recurse.
std::vector<Statement> scan_toml(std::string_view text);

}  // namespace webserv::app
