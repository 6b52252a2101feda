// Looks a TOML text over before a parser sees it: hostile files must not exhaust it, and some faults are told better
// here.
#pragma once

#include <cstddef>
#include <string_view>

#include "app/diagnostic.h"

namespace webserv {

// Far above what a configuration needs, far below what hurts: toml++ 3.3 overflows its stack on a key of 20,000 parts.
struct TomlLimits {
  size_t size = 4 << 20;   // bytes of the file: 30,000 routes fit in
  size_t line = 64 << 10;  // bytes of a line
  size_t key_parts = 16;   // of a dotted key, and of a table's header
  size_t nesting = 16;     // of arrays and inline tables in each other
};

// Adds to `findings` what of these holds: the text is larger than the limits, begins with a byte order mark, has a NUL
// or bytes that are no UTF-8 (the first of each line is told). Then the text is not for a parser. It is read as far as
// it is TOML: a parser stops at the same place, and tells what is wrong there.
void guard_toml(std::string_view text, Findings& findings, const TomlLimits& limits = {});

}  // namespace webserv
