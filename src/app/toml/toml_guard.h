// Looks a TOML text over before a parser sees it: hostile files must not exhaust the parser, and some faults are found
// more clearly here.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "app/text/diagnostic.h"

namespace webserv::app {

// Far above what a configuration needs, far below what hurts: toml++ 3.3 overflows its stack on a key of 20,000 parts.
struct TomlLimits {
  size_t size = 4 << 20;   // bytes of the file: 30,000 routes fit in
  size_t line = 64 << 10;  // bytes of a line
  size_t key_parts = 16;   // of a dotted key, and of a table's header
  size_t nesting = 16;     // of arrays and inline tables in each other
};

// Adds to `findings` what of these holds: the text is larger than the limits, begins with a byte order mark, has a NUL
// or bytes that are no UTF-8 (the first of each line). Returns whether a parser may read what clean_toml() makes of it.
// Nesting is counted as far as the text is TOML: behind its first syntax error no parser goes on.
bool guard_toml(std::string_view text, Findings& findings, const TomlLimits& limits = {});

// Whether keys, lists and tables are nested no deeper than a parser can bear. Where they are is added to `findings`.
bool guard_depth(std::string_view text, Findings& findings, const TomlLimits& limits = {});

// The text with a character in the place of what is no UTF-8, no NUL, and no byte order mark: all the rest stays where
// it is, by characters.
std::string clean_toml(std::string_view text);

}  // namespace webserv::app
