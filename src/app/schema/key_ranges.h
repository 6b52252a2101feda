// What keys of several tables have in common: the ranges of their numbers, what their texts look like.
#pragma once

#include <cstdint>
#include <string_view>

#include "app/schema/key.h"

namespace webserv::app::keys {

inline constexpr uint64_t kilo = 1024;
inline constexpr uint64_t mega = 1024 * kilo;
inline constexpr uint64_t second = 1000;
inline constexpr uint64_t hour = 60 * 60 * second;
inline constexpr uint64_t day = 24 * hour;

// Where no limit is wanted "unlimited" says so; a number beyond these is a slip.
inline constexpr Range any_size{.least = 0, .most = 1024 * 1024 * mega, .unlimited = true};
inline constexpr Range any_count{.least = 1, .most = 1'000'000'000, .unlimited = true};
inline constexpr Range any_pause{.least = 1, .most = day};
inline constexpr Range any_time{.least = 1, .most = day, .unlimited = true};

inline constexpr std::string_view listener_names = "^[ -9;-~]{1,255}$";
inline constexpr std::string_view host_names =
    "^(\\*|(\\*\\.)?[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*\\.?|\\[[0-9A-Fa-f:.]+\\])$";
inline constexpr std::string_view field_names = "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$";
inline constexpr std::string_view field_values = "^[^\\u0000-\\u0008\\u000A-\\u001F\\u007F]*$";
inline constexpr std::string_view extensions = "^\\.[^./]+$";
inline constexpr std::string_view interpreters = "^(/.*[^/])?$";

}  // namespace webserv::app::keys
