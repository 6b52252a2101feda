// How names and texts are written in TOML. All are pure.
#pragma once

#include <string>
#include <string_view>

namespace webserv::app {

// What may stand in a name without quotes.
bool is_bare_name(char c);
bool is_bare_name(std::string_view name);

// Without blanks at its ends, carriage returns among them.
std::string_view without_blanks(std::string_view text);

// The control characters that TOML has nowhere but in escapes.
bool is_forbidden(char c);

// A text in quotes as TOML has it: in double ones, or in single ones where it has backslashes.
std::string quoted_text(std::string_view text);

// A name as it stands in a header or in front of "=": bare where that is possible, else as a text in quotes.
std::string written_key(std::string_view name);

}  // namespace webserv::app
