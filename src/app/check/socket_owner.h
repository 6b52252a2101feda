// Which program listens at a port of this machine: by proc(5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace webserv::app {

// The name of a program that listens at the TCP port; nothing where none does, or where this user may not see it.
std::optional<std::string> owner_of_port(uint16_t port);

}  // namespace webserv::app
