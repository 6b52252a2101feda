// The texts that stand for values in the configuration: sizes, times, paths. All are pure.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "app/text/fault.h"

namespace webserv::app {

// What a number stands for.
enum class Unit : uint8_t { none, bytes, milliseconds };

// "16K", "10M" or "2G", one number of 1*DIGIT and one letter, or bytes without a letter: in powers of 1024, below 2^63.
std::expected<uint64_t, Fault> parse_size(std::string_view text);

// "500ms", "15s", "5m", "24h" or "7d", one number of 1*DIGIT and one unit: in milliseconds, below 2^63.
std::expected<uint64_t, Fault> parse_duration(std::string_view text);

// As the two above read it: "1M", "1500ms", with the largest unit that divides it; "unlimited" of the greatest number.
std::string format_number(uint64_t number, Unit unit);

// An absolute path without "." and ".." and a slash at its end, found by the text alone. A relative `path` starts at
// `folder`, which is absolute.
std::string absolute_path(std::string_view folder, std::string_view path);

}  // namespace webserv::app
