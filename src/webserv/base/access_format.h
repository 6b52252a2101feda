// How requests are logged.
#pragma once

#include <cstdint>

namespace webserv {

enum class AccessFormat : uint8_t {
  off,
  json,      // one object a line (RFC 8259); what is empty is left out
  combined,  // Apache's "combined"; what is empty is "-", and so are the user names
};

}  // namespace webserv
