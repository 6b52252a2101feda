// Takes a text that no parser takes apart into statements, and finds what is wrong with each: more patient than TOML,
// and in the words of those who write it. What is right is not always seen to be wrong here: the parser has the last
// word.
#pragma once

#include <string_view>
#include <vector>

#include "app/toml/toml_statement.h"

namespace webserv::app {

// The statements of a text, which is UTF-8, in their order. In linear time; does not recurse.
std::vector<Statement> scan_toml(std::string_view text);

}  // namespace webserv::app
