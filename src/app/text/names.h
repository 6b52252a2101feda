// Names of the configuration: hosts, listeners, routes, fields, errors. What a handler alone takes is where the handler
// is. All are pure. A Fault is read behind the text that it is about: "`a b` is no host name: ...".
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "app/text/fault.h"

namespace webserv::app {

// A virtual host's name or alias as hosts are compared: in lower case, without a dot at the end. It is "*", "*." and a
// name, a name of letters, digits, "-" and "_" in labels of up to 63 bytes (RFC 1035 2.3.4), or an IP address, that of
// IPv6 in brackets.
std::expected<std::string, Fault> parse_host_name(std::string_view text);

// What systemd takes for FileDescriptorName= (systemd.socket(5)): 1 to 255 printable ASCII characters but ":".
std::optional<Fault> fault_of_listener_name(std::string_view name);

// The path of a route is decoded and has no dot segments: nothing else would ever match a request.
std::optional<Fault> fault_of_route_path(std::string_view path);

// A path from a root on, such as "/a/b": no control characters, dot segments or empty names.
std::optional<Fault> fault_of_path(std::string_view path);

// What the configuration may add to responses: not the fields that frame a message or that only the server knows.
std::optional<Fault> fault_of_field_name(std::string_view name);
std::optional<Fault> fault_of_field_value(std::string_view value);

// 404 of "404", 4 of "4xx": codes from 400 to 599.
std::expected<unsigned, Fault> parse_error_code(std::string_view text);

}  // namespace webserv::app
