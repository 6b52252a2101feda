// What precedes the protocol on connections of a listener with `proxy_protocol`.
#pragma once

#include "webserv/io/task.h"
#include "webserv/server/connection.h"

namespace webserv::detail {

// Reads the head of the PROXY protocol, and no byte behind it, within proxy_head_time; the connection is that of the
// client it names from then on. False, which an event tells once in a while: who has connected is not trusted, or no
// right head came. One that has said nothing at all is somebody's look whether the port is open, and is not told of.
Task<bool> read_proxy_prologue(Connection& connection);

}  // namespace webserv::detail
