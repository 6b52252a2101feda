// The listeners of the configuration.
#pragma once

#include <cstddef>
#include <vector>

#include "app/config/config.h"
#include "app/schema/section_reader.h"

namespace webserv::app {

// Each costs a socket, and hosts are compared for each.
inline constexpr size_t most_listeners = 256;

// Those of the file, at most so many, or the one that is there where it has none.
std::vector<ListenerConfig> build_listeners(const SectionReader& file);

}  // namespace webserv::app
