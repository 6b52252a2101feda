// What is known of a listener by whose socket connections come in.
#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "webserv/io/task.h"

namespace webserv::detail {

class Connection;

// Outlives its connections. What a reload may change of a listener is in the Application (ListenerRules).
struct ListenerInfo {
  std::string name;
  bool secure = false;  // TLS
  // What comes between accept and the first byte of the protocol, such as the handshake of TLS; it may replace the
  // connection's stream. False: the connection ends. Without this function the protocol begins at once.
  std::function<Task<bool>(Connection&)> prologue = nullptr;

  // Whether somebody on this machine who is not trusted has sent fields of forwarding, and whether that was told.
  mutable std::atomic<bool> has_untrusted_proxy = false;
  mutable std::atomic<bool> told_of_proxy = false;
};

}  // namespace webserv::detail
