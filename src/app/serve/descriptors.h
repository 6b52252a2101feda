// How the descriptors that this process may have are shared out, so that no request fails for want of one because
// connections, or files that nobody asks for, hold them all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "app/config/config.h"

namespace webserv::app {

// Lets this process have as many as its hard limit says: connections need them, and the soft limit is for programs that
// use select(2). Returns how many that is.
uint64_t raise_descriptor_limit();

// Who needs descriptors beside connections.
struct DescriptorUse {
  unsigned workers = 1;
  size_t listeners = 1;
  size_t routes = 1;  // each worker keeps the root of one open
  bool programs = false;
};

DescriptorUse use_of(const Config& config, size_t listeners, unsigned workers);

// What there may be at a time.
struct DescriptorShares {
  uint64_t connections = 0;  // each with a file of its own; 0: there are too few for a server
  size_t cached_files = 0;   // that each worker keeps open
};

DescriptorShares share_descriptors(uint64_t limit, const DescriptorUse& use);

// What to tell people who want so many connections and get fewer.
std::string told_of_fewer(uint64_t wanted, uint64_t connections, uint64_t limit);

// What to tell people where there are too few for a server, if there are.
std::optional<std::string> too_few(uint64_t limit, const DescriptorUse& use);

}  // namespace webserv::app
