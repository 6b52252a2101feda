// Virtual hosts with their routes.
#pragma once

#include <span>

#include "app/config/config.h"
#include "app/schema/section_reader.h"

namespace webserv::app {

// What the hosts of a file have in common.
struct HostContext {
  std::span<const ListenerConfig> listeners;
  RouteLimits limits;  // of the server
  bool damaged;        // whether the file may have more tables, which could not be read
};

// A host with its routes. Names of one host are unlike; those of several hosts are not compared.
VhostConfig build_vhost(const SectionReader& host, const HostContext& context);

}  // namespace webserv::app
