// Values as they are written in TOML and in JSON alike.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/text/values.h"
#include "webserv/base/clock.h"

namespace webserv::app {

std::string literal_of(std::string_view text);
// A pointer would be taken for a truth value.
inline std::string literal_of(const char* text) { return literal_of(std::string_view(text)); }
std::string literal_of(bool truth);
std::string literal_of(const std::vector<std::string>& texts);
// A number alone, or a text with its unit: 3, "16K".
std::string literal_of(uint64_t number, Unit unit);
std::string literal_of(Clock::duration time);

}  // namespace webserv::app
