// The environment of a CGI program: the meta-variables of RFC 3875 4.1 and what scripts have come to rely on beside
// them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "webserv/base/c_strings.h"
#include "webserv/http/request_head.h"

namespace webserv::detail {

// What the variables tell, besides what the request's head says. Paths are decoded; none of the texts has a NUL.
struct CgiCall {
  std::string_view script_name;      // the part of the path that is the script, without a slash behind it
  std::string_view path_info;        // the rest of the path, from its slash on; empty: there is none
  std::string_view script_filename;  // the script, or the program where no script is a file
  std::string_view document_root;    // the folder of the scripts; empty: there is none
  std::string_view server_address;   // of this end of the connection
  uint16_t server_port = 0;          // the same; used where the request names none
  std::string_view remote_address;
  uint16_t remote_port = 0;
  bool secure = false;
  std::optional<uint64_t> content_length;  // of the body as the program gets it; nothing where that is not known
  std::string_view request_id;
  std::string_view temporary_folder;  // TMPDIR; empty: there is none of its own
};

using Variables = std::span<const std::pair<std::string, std::string>>;

// Appends the variables. `own` comes first and wins: a name that it has is not set again, and one with an empty value
// is set to it. `inherited` is what the program may know of the server's own environment; it comes last.
//
// A field "A-B" is HTTP_A_B, its values joined by ", " (Cookie by "; "). Left out are:
// - fields whose names have anything but letters, digits and "-", which could pose as others: X_A as X-A;
// - Proxy, for HTTP_PROXY is a setting of many programs;
// - those that other variables tell (Content-Length, Content-Type), those of the connection, which the program does not
//   have (RFC 9110 7.6.1), and Expect and Proxy-Authorization, which are for the server.
//
// Authorization is passed on, as HTTP_AUTHORIZATION: the server authenticates nobody, so that it can be for the program
// alone. For the same reason AUTH_TYPE and REMOTE_USER are not set.
void append_cgi_environment(CStrings& to, const RequestHead& head, const CgiCall& call, Variables own,
                            Variables inherited);

}  // namespace webserv::detail
