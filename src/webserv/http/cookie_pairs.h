// The cookies of a request, one after the other.
#pragma once

#include <string_view>

#include "webserv/base/text.h"

namespace webserv::detail {

// Calls `visit(name, value)` for each pair of a Cookie field (RFC 6265 4.2.1); `visit` returns whether to go on. Spaces
// around names and values are no part of them; quotes are part of a value (RFC 6265 4.1.1), and other odd bytes pass as
// they are. A pair without "=" or without a name is left out. Views into `field`.
template <class Visit>
void for_each_cookie(std::string_view field, Visit visit) {
  while (!field.empty()) {
    size_t end = field.find(';');
    std::string_view pair = field.substr(0, end);
    field.remove_prefix(end == std::string_view::npos ? field.size() : end + 1);
    size_t equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    std::string_view name = trim(pair.substr(0, equals));
    if (!name.empty() && !visit(name, trim(pair.substr(equals + 1)))) return;
  }
}

}  // namespace webserv::detail
