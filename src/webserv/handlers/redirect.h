// Redirects to another path or site.
#pragma once

#include <string>
#include <string_view>

#include "webserv/http/status.h"
#include "webserv/http/uri.h"
#include "webserv/server/handler.h"

namespace webserv {

// A redirect to `location`, which is a URI reference that was made safe.
Response redirect_to(std::string_view location, Status status);

// The path with a slash behind it and the query as it was sent, for a redirect (308).
std::string location_with_slash(std::string_view path, const Target& target);

// A handler that redirects to `to`: a path or an absolute URI. The query of the request is appended unless `to` has one
// of its own. A `route` that ends in "/" appends what follows it in the path, percent-encoded, after a slash: the host
// of `to` cannot be changed by it.
Handler redirect(std::string_view to, Status status, std::string_view route);

}  // namespace webserv
