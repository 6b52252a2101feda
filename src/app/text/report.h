// How mistakes are shown to people, with the line they are in, and to editors.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "app/text/diagnostic.h"

namespace webserv::app {

enum class Colours : uint8_t { off, on };

// Colours for a terminal, unless NO_COLOR is set (to anything but nothing: no-color.org) or the terminal is a dumb one.
// `no_color` and `terminal` are the values of NO_COLOR and TERM, null where they are not set.
Colours choose_colours(bool is_terminal, const char* no_color, const char* terminal);

// Whole lines: place, reason, the lines of the file, and below the exact token a run of carets with what to do.
//
//   site.toml:3:1: error: unknown key `rot` in [vhost."a.b"]
//     3 | rot = "www"
//       | ^^^ did you mean `root`?
//
// Long lines are cut around the token. Tabs become blanks, and control bytes, bytes that are no UTF-8 and characters
// that would change the direction or place of others are spelled out: nothing of the file reaches a terminal but what
// it shows.
std::string report(const Diagnostic& diagnostic, Colours colours);

// All of them, and how many they are.
std::string report(std::span<const Diagnostic> diagnostics, Colours colours);

// A list of objects with file, line, column, endLine, endColumn, severity, message and suggestion (RFC 8259). Lines and
// columns count from 1, columns in code points; line 0 is the file as a whole. The end is behind the last character.
std::string to_json(std::span<const Diagnostic> diagnostics);

}  // namespace webserv::app
