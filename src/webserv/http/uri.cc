#include "webserv/http/uri.h"

#include "webserv/base/text.h"
#include "webserv/http/characters.h"

namespace webserv {

namespace {

constexpr HttpError bad_form{Status::bad_request, "the request target does not fit the method"};
constexpr HttpError bad_bytes{Status::bad_request, "the request target has bytes that it may not have"};
constexpr HttpError bad_scheme{Status::bad_request, "the request target's scheme is not http or https"};
constexpr HttpError bad_authority{Status::bad_request, "the request target's authority is malformed"};
constexpr HttpError bad_encoding{Status::bad_request, "the path has a malformed percent-encoding"};
constexpr HttpError encoded_nul{Status::bad_request, "the path has an encoded NUL"};
constexpr HttpError above_root{Status::bad_request, "the path leads above the root"};
constexpr HttpError encoded_slash{Status::not_found, "the path has an encoded slash"};
constexpr HttpError bad_host{Status::bad_request, "the host is malformed"};

bool has_good_encodings(std::string_view text) {
  for (size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 3)) {
    if (text.size() - at < 3 || hex_value(text[at + 1]) < 0 || hex_value(text[at + 2]) < 0) return false;
  }
  return true;
}

void take_path(std::string_view text, Target& target) {
  size_t mark = text.find('?');
  target.has_query = mark != std::string_view::npos;
  target.path = text.substr(0, mark);
  if (target.has_query) target.query = text.substr(mark + 1);
  if (target.path.empty()) target.path = "/";
}

bool is_unreserved(char c) {
  return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z') || c == '-' || c == '.' || c == '_' || c == '~';
}

}  // namespace

std::expected<Target, HttpError> parse_target(Method method, std::string_view text) {
  Target target;
  target.text = text;
  const char* end = text.data() + text.size();
  if (text.empty() || find_end_of_target(text.data(), end) != end) return std::unexpected(bad_bytes);
  if (method == Method::connect) {
    target.form = TargetForm::authority;
    target.authority = text;
    std::string scratch;
    if (!normalize_host(text, scratch) || text.find(':') == std::string_view::npos) {
      return std::unexpected(bad_authority);
    }
    return target;
  }
  if (text == "*") {
    if (method != Method::options) return std::unexpected(bad_form);
    target.form = TargetForm::asterisk;
    target.path = text;
    return target;
  }
  if (text.front() == '/') {
    take_path(text, target);
  } else {
    size_t colon = text.find("://");
    if (colon == std::string_view::npos) return std::unexpected(bad_form);
    std::string_view scheme = text.substr(0, colon);
    if (!equals_ignoring_case(scheme, "http") && !equals_ignoring_case(scheme, "https")) {
      return std::unexpected(bad_scheme);
    }
    target.form = TargetForm::absolute;
    std::string_view rest = text.substr(colon + 3);
    size_t authority = std::min(rest.find_first_of("/?"), rest.size());
    target.authority = rest.substr(0, authority);
    std::string scratch;
    if (!normalize_host(target.authority, scratch)) return std::unexpected(bad_authority);
    take_path(rest.substr(authority), target);
  }
  if (!has_good_encodings(target.path)) return std::unexpected(bad_encoding);
  return target;
}

namespace {

// Whether nothing in the path asks to be changed: no "%", no empty segment, none that begins with a dot.
bool is_plain(std::string_view path) {
  char last = 0;
  for (char c : path) {
    if (c == '%' || (last == '/' && (c == '/' || c == '.'))) return false;
    last = c;
  }
  return path.starts_with('/');
}

}  // namespace

std::expected<std::string_view, HttpError> normalize_path(std::string_view path, std::string& scratch) {
  if (is_plain(path)) return path;
  if (!has_good_encodings(path)) return std::unexpected(bad_encoding);
  std::string decoded;
  for (size_t i = 0; i < path.size(); ++i) {
    char c = path[i];
    if (c == '%') {
      c = static_cast<char>(hex_value(path[i + 1]) * 16 + hex_value(path[i + 2]));
      i += 2;
      if (c == '\0') return std::unexpected(encoded_nul);
      if (c == '/') return std::unexpected(encoded_slash);
    }
    decoded += c;
  }
  scratch = "/";
  std::string_view rest = decoded;
  while (!rest.empty()) {
    size_t slash = std::min(rest.find('/'), rest.size());
    std::string_view segment = rest.substr(0, slash);
    bool more = slash < rest.size();
    rest.remove_prefix(more ? slash + 1 : slash);
    if (segment == "..") {
      if (scratch.size() == 1) return std::unexpected(above_root);
      scratch.erase(scratch.rfind('/', scratch.size() - 2) + 1);
    } else if (!segment.empty() && segment != ".") {
      scratch += segment;
      if (more) scratch += '/';
    }
  }
  return scratch;
}

namespace {

bool has_upper_case(std::string_view text) {
  for (char c : text) {
    if (c != to_lower(c)) return true;
  }
  return false;
}

bool is_ip_literal(std::string_view text) {
  if (text.size() < 4 || text.front() != '[' || text.back() != ']') return false;
  for (char c : text.substr(1, text.size() - 2)) {
    if (hex_value(c) < 0 && c != ':' && c != '.') return false;
  }
  return true;
}

// [ ":" port ] (RFC 9110 7.2): a number of 16 bits, or nothing behind the colon.
bool is_port(std::string_view text) {
  if (text.empty()) return true;
  if (text.front() != ':') return false;
  text.remove_prefix(1);
  unsigned port = 0;
  for (char c : text) {
    if (!is_digit(c)) return false;
    port = port * 10 + static_cast<unsigned>(c - '0');
    if (port > 65535) return false;
  }
  return true;
}

}  // namespace

std::expected<std::string_view, HttpError> normalize_host(std::string_view authority, std::string& scratch) {
  const char* end = authority.data() + authority.size();
  const char* at = authority.data();
  if (authority.starts_with('[')) {
    size_t bracket = authority.find(']');
    if (bracket == std::string_view::npos) return std::unexpected(bad_host);
    at += bracket + 1;
    if (!is_ip_literal(authority.substr(0, bracket + 1))) return std::unexpected(bad_host);
  } else {
    at = find_end_of_host(at, end);
  }
  std::string_view host(authority.data(), at);
  if (!is_port({at, end})) return std::unexpected(bad_host);
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.empty()) return std::unexpected(bad_host);
  if (!has_upper_case(host)) return host;
  scratch = to_lower(host);
  return scratch;
}

std::string percent_decode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    bool encoded = text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0;
    if (encoded) {
      decoded += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      decoded += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  return decoded;
}

std::string percent_encode_path(std::string_view path) {
  std::string encoded;
  encoded.reserve(path.size());
  for (char c : path) {
    if (is_unreserved(c) || c == '/') {
      encoded += c;
    } else {
      encoded += '%';
      auto byte = static_cast<unsigned char>(c);
      encoded += "0123456789ABCDEF"[byte >> 4];
      encoded += "0123456789ABCDEF"[byte & 15];
    }
  }
  return encoded;
}

std::string query_value(std::string_view query, std::string_view key) {
  while (!query.empty()) {
    size_t end = std::min(query.find('&'), query.size());
    std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    size_t equals = std::min(pair.find('='), pair.size());
    if (percent_decode(pair.substr(0, equals), true) != key) continue;
    return percent_decode(pair.substr(std::min(equals + 1, pair.size())), true);
  }
  return {};
}

}  // namespace webserv
