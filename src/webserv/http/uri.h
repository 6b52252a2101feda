// The request target (RFC 9112 3.2) and its path: forms, percent-decoding, dot segments, query pairs.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "webserv/http/method.h"
#include "webserv/http/status.h"

namespace webserv {

enum class TargetForm : uint8_t { origin, absolute, authority, asterisk };

// Views into the text of the target.
struct Target {
  TargetForm form = TargetForm::origin;
  std::string_view text;       // as sent
  std::string_view authority;  // of absolute-form and authority-form: host and port
  std::string_view path;       // as sent, begins with "/" ("/" where there is none; "*" in asterisk-form)
  std::string_view query;      // without the "?"
  bool has_query = false;
};

// Takes the target apart. Refused with 400: anything but visible ASCII, "#", a bad percent-encoding in the path,
// userinfo, a malformed authority, a scheme other than http and https, a form the method does not have (authority:
// CONNECT alone; asterisk: OPTIONS alone). A query is taken as it is: browsers send a lone "%" in it.
std::expected<Target, HttpError> parse_target(Method method, std::string_view text);

// The path as names of files: percent-encodings decoded once, "//" merged, "." and ".." removed, also where they came
// encoded. A view of `path` where nothing had to change, else of `scratch`, which is overwritten. A trailing slash
// stays
// ("/a/." is "/a/"). Refused: 400 for a NUL and for ".." above the root, 404 for an encoded slash, which
// cannot be part of a name.
std::expected<std::string_view, HttpError> normalize_path(std::string_view path, std::string& scratch);

// Whether this is the port of an authority: a number up to 65535, or nothing (RFC 3986 3.2.3).
inline bool is_port(std::string_view text) {
  constexpr unsigned greatest = 65535;
  unsigned number = 0;
  for (char c : text) {
    unsigned digit = static_cast<unsigned char>(c) - unsigned{'0'};
    number = number * 10 + digit;
    if (digit > 9 || number > greatest) return false;
  }
  return true;
}

// Whether this is uri-host [":" port] (RFC 9110 7.2), as normalize_host wants it.
bool is_host(std::string_view authority);

// An IPv6 literal in its brackets, as it is written most shortly (RFC 5952); one that is malformed as it is.
std::string normalize_ip_literal(std::string_view host);

// The host of "host:port" in lower case, without port and one trailing dot; an IPv6 literal normalized as above.
// A view of `authority` where nothing had to change, else of `scratch`. 400 where it is no uri-host [":" port]
// (RFC 9110 7.2): userinfo, a path, a comma, spaces, an empty host, a port that is no number up to 65535 (it may be
// empty).
std::expected<std::string_view, HttpError> normalize_host(std::string_view authority, std::string& scratch);

// Decodes each %XX; one that is no encoding stays as it is. With `plus_is_space`, as in form data, "+" is a space.
std::string percent_decode(std::string_view text, bool plus_is_space = false);

// Encodes all but unreserved characters (RFC 3986 2.3) and "/", for a path in a link or a Location field.
std::string percent_encode_path(std::string_view path);

// The decoded value of `key` in "a=1&b=2"; "" where it is missing.
std::string query_value(std::string_view query, std::string_view key);

}  // namespace webserv
