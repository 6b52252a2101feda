// Cookies (RFC 6265): those that a request brings, and the field that sets one.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "webserv/base/text.h"
#include "webserv/http/fields.h"

namespace webserv {

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

// The value of the first cookie of that name, compared with case, or "" where there is none. The first is the one with
// the longest path (RFC 6265 5.4). A view into `field`.
std::string_view cookie_value(std::string_view field, std::string_view name);

// The same over all Cookie fields of a request: HTTP/2 may split them (RFC 9113 8.2.3).
std::string_view cookie_value(const Fields& fields, std::string_view name);

enum class SameSite : uint8_t { unset, strict, lax, none };

// What a Set-Cookie field says. Borrows its texts. The defaults are those of a cookie that scripts in the page and
// other sites have no business with.
struct SetCookie {
  std::string_view name{};
  std::string_view value{};
  std::string_view path = "/";                    // empty: the folder of the request's path
  std::string_view domain{};                      // empty: this host alone
  std::optional<std::chrono::seconds> max_age{};  // nothing: as long as the browser runs; 0 or less: delete it
  bool http_only = true;
  bool secure = false;
  SameSite same_site = SameSite::lax;
};

// Name and value together; browsers drop a cookie that is longer (RFC 6265bis 5.6).
constexpr size_t max_cookie_size = 4096;

// The value of the Set-Cookie field, or what is wrong with it, a literal: a name that is no token; bytes in the value
// that are no cookie-octets (controls, space, quote, comma, semicolon, backslash, non-ASCII; a pair of quotes around
// them is allowed); a path that does not begin with "/", ends with a space, or has controls or ";"; a domain that is no
// host name; a name with __Secure- that is not Secure, one with __Host- that is not Secure with Path=/ and no Domain
// (RFC 6265bis 4.1.3); SameSite=None without Secure, which browsers refuse; more than the size above.
std::expected<std::string, std::string_view> write_set_cookie(const SetCookie& cookie);

}  // namespace webserv
