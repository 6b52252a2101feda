#include "webserv/handlers/redirect.h"

#include <algorithm>
#include <cstdint>
#include <string>

namespace webserv {

using namespace detail;

namespace {

// What has no place in a URI reference (RFC 3986 2) is encoded; "%" is left, for it may begin an encoding.
std::string safe_reference(std::string_view reference) {
  constexpr std::string_view unsafe = "\"<>\\^`{|}";
  std::string safe;
  for (char c : reference) {
    if (c > ' ' && c < '\x7f' && unsafe.find(c) == std::string_view::npos) {
      safe.push_back(c);
    } else {
      constexpr std::string_view digits = "0123456789ABCDEF";
      auto byte = static_cast<uint8_t>(c);
      safe.append({'%', digits[byte >> 4], digits[byte & 15]});
    }
  }
  return safe;
}

// Where a redirect leads, taken apart so that something can be put in between.
struct Destination {
  std::string path;      // with scheme and authority, where it has them
  std::string query;     // with its "?"
  std::string fragment;  // with its "#"
};

Destination take_apart(std::string_view to) {
  Destination parts;
  std::string rest = safe_reference(to);
  size_t fragment = std::min(rest.find('#'), rest.size());
  parts.fragment = rest.substr(fragment);
  rest.resize(fragment);
  size_t query = std::min(rest.find('?'), rest.size());
  parts.query = rest.substr(query);
  parts.path = rest.substr(0, query);
  return parts;
}

void append_query(std::string& location, const Target& target) {
  if (target.has_query) location.append("?").append(target.query);
}

}  // namespace

Response redirect_to(std::string_view location, Status status) {
  Response response;
  response.status = status;
  response.fields.add("Location", location);
  return response;
}

std::string location_with_slash(std::string_view path, const Target& target) {
  std::string location = percent_encode_path(path);
  location.push_back('/');
  append_query(location, target);
  return location;
}

Handler redirect(std::string_view to, Status status, std::string_view route) {
  size_t matched = route.ends_with('/') ? route.size() : std::string_view::npos;
  return Handler([parts = take_apart(to), status, matched](Request& request) {
    std::string location = parts.path;
    std::string_view path = request.path();
    if (matched < path.size()) {
      if (!location.ends_with('/')) location.push_back('/');
      location.append(percent_encode_path(path.substr(matched)));
    }
    location.append(parts.query);
    if (parts.query.empty()) append_query(location, request.head().target);
    location.append(parts.fragment);
    return redirect_to(location, status);
  });
}

}  // namespace webserv
