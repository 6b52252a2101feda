// Kinds of characters, and texts that have them.
#pragma once

#include <string_view>

#include "webserv/base/text.h"

namespace webserv::app {

// C0 and DEL.
constexpr bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }
constexpr bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }
// Of ASCII.
constexpr bool is_letter(char c) { return detail::to_lower(c) >= 'a' && detail::to_lower(c) <= 'z'; }

constexpr bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

}  // namespace webserv::app
