// The protocols that requests come by.
#pragma once

#include <cstdint>
#include <string_view>

namespace webserv {

enum class Protocol : uint8_t { http_1_0, http_1_1 };

// As SERVER_PROTOCOL has it (RFC 3875 4.1.16): "HTTP/1.1".
constexpr std::string_view name_of(Protocol protocol) {
  return protocol == Protocol::http_1_0 ? "HTTP/1.0" : "HTTP/1.1";
}

// The same without the name of the protocol: "1.1".
constexpr std::string_view version_of(Protocol protocol) { return name_of(protocol).substr(sizeof "HTTP/" - 1); }

}  // namespace webserv
