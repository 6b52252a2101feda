// Places in a text: what messages point at.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <string_view>

namespace webserv::app {

// Where something stands in the configuration: both count from 1, columns in characters (code points). Line 0: it does
// not stand there, a default holds.
struct SourcePlace {
  uint32_t line = 0;
  uint32_t column = 0;
  auto operator<=>(const SourcePlace&) const = default;
};

// From the first character to behind the last one.
struct Region {
  SourcePlace begin;
  SourcePlace end;
  bool operator==(const Region&) const = default;
};

// Whether a byte of UTF-8 is the first one of its character: all others are 10xxxxxx.
constexpr bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

// The characters of a text, which is UTF-8.
constexpr uint32_t count_characters(std::string_view text) {
  return static_cast<uint32_t>(std::ranges::count_if(text, begins_character));
}

}  // namespace webserv::app
