// What is known of a listener by whose socket connections come in.
#pragma once

#include <functional>
#include <string>

#include "webserv/io/task.h"

namespace webserv::detail {

class Connection;

// Outlives its connections.
struct ListenerInfo {
  std::string name;
  bool secure = false;  // TLS
  // What comes between accept and the first byte of the protocol, such as the handshake of TLS; it may replace the
  // connection's stream. False: the connection ends. Without this function the protocol begins at once.
  std::function<Task<bool>(Connection&)> prologue = nullptr;
};

}  // namespace webserv::detail
