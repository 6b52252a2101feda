// Places in a text: what messages point at.
#pragma once

#include <compare>
#include <cstdint>

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

}  // namespace webserv::app
