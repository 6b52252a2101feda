// Cookies (RFC 6265): those that a request brings, and the field that sets one.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "webserv/http/fields.h"

namespace webserv {

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
