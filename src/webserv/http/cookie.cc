#include "webserv/http/cookie.h"

#include <algorithm>

#include "webserv/base/text.h"
#include "webserv/http/cookie_pairs.h"

namespace webserv {

using namespace detail;

namespace {

// RFC 6265 4.1.1
bool is_cookie_octet(char c) { return c > 0x20 && c < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\'; }

bool is_cookie_value(std::string_view value) {
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
  return std::all_of(value.begin(), value.end(), is_cookie_octet);
}

// RFC 6265 4.1.1: any character but controls and ";". A space at the end would be cut off by the browser.
bool is_path(std::string_view path) {
  return path.starts_with('/') && path.back() != ' ' &&
         std::all_of(path.begin(), path.end(), [](char c) { return c >= 0x20 && c < 0x7f && c != ';'; });
}

// Labels of letters, digits and hyphens, as RFC 1034 3.5 and RFC 1123 2.1 have them, with dots between.
bool is_domain(std::string_view domain) {
  bool begun = false;
  for (char c : domain) {
    bool plain = is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z');
    if (!plain && !(begun && (c == '-' || c == '.'))) return false;
    begun = c != '.';
  }
  return begun && domain.back() != '-' && domain.find("-.") == std::string_view::npos;
}

// Browsers compare the prefixes of names without case (RFC 6265bis 5.4).
bool has_prefix(std::string_view name, std::string_view prefix) {
  return equals_ignoring_case(name.substr(0, prefix.size()), prefix);
}

// What is wrong, or "".
std::string_view fault_of(const SetCookie& cookie) {
  if (!is_token(cookie.name)) return "a cookie's name is a token: letters, digits and !#$%&'*+-.^_`|~";
  if (!is_cookie_value(cookie.value)) {
    return "a cookie's value has no spaces, quotes, commas, semicolons, backslashes, control or non-ASCII bytes";
  }
  if (!cookie.path.empty() && !is_path(cookie.path)) {
    return "a cookie's path begins with a slash, does not end with a space, and has no semicolons and control bytes";
  }
  if (!cookie.domain.empty() && !is_domain(cookie.domain)) return "a cookie's domain is a host name";
  if (cookie.name.size() + cookie.value.size() > max_cookie_size) {
    return "a cookie's name and value are at most 4096 bytes together";
  }
  if (cookie.same_site == SameSite::none && !cookie.secure) return "a cookie with SameSite=None is Secure";
  if (has_prefix(cookie.name, "__Secure-") && !cookie.secure) {
    return "a cookie whose name begins with __Secure- is Secure";
  }
  bool host = has_prefix(cookie.name, "__Host-");
  if (host && !(cookie.secure && cookie.path == "/" && cookie.domain.empty())) {
    return "a cookie whose name begins with __Host- is Secure, has the path / and no domain";
  }
  return {};
}

std::string_view text_of(SameSite same_site) {
  switch (same_site) {
    case SameSite::strict: return "; SameSite=Strict";
    case SameSite::lax: return "; SameSite=Lax";
    case SameSite::none: return "; SameSite=None";
    case SameSite::unset: break;
  }
  return {};
}

}  // namespace

std::string_view cookie_value(std::string_view field, std::string_view name) {
  std::string_view found;
  for_each_cookie(field, [&](std::string_view candidate, std::string_view value) {
    if (candidate != name) return true;
    found = value;
    return false;
  });
  return found;
}

std::string_view cookie_value(const Fields& fields, std::string_view name) {
  if (!fields.repeated(FieldName::cookie)) return cookie_value(fields.value(FieldName::cookie), name);
  for (const Field& field : fields) {
    if (field.known != FieldName::cookie) continue;
    std::string_view value = cookie_value(field.value, name);
    if (!value.empty()) return value;
  }
  return {};
}

std::expected<std::string, std::string_view> write_set_cookie(const SetCookie& cookie) {
  if (std::string_view fault = fault_of(cookie); !fault.empty()) return std::unexpected(fault);
  std::string text;
  text.append(cookie.name).append("=").append(cookie.value);
  if (!cookie.path.empty()) text.append("; Path=").append(cookie.path);
  if (!cookie.domain.empty()) text.append("; Domain=").append(cookie.domain);
  if (cookie.max_age) {
    text.append("; Max-Age=");
    append_decimal(text, static_cast<uint64_t>(std::max<int64_t>(cookie.max_age->count(), 0)));
  }
  if (cookie.secure) text.append("; Secure");
  if (cookie.http_only) text.append("; HttpOnly");
  return text.append(text_of(cookie.same_site));
}

}  // namespace webserv
