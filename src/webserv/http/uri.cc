#include "webserv/http/uri.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "webserv/base/text.h"
#include "webserv/http/scan.h"

namespace webserv {

using namespace detail;

namespace {

constexpr HttpError bad_form{Status::bad_request, "the request target does not fit the method"};
constexpr HttpError bad_bytes{Status::bad_request, "the request target has bytes that it may not have"};
constexpr HttpError bad_scheme{Status::bad_request, "the request target's scheme is not http or https"};
constexpr HttpError bad_authority{Status::bad_request, "the request target's authority is malformed"};
constexpr HttpError bad_encoding{Status::bad_request, "the path has a malformed percent-encoding"};
constexpr HttpError bad_path{Status::bad_request, "the path does not begin with a slash"};
constexpr HttpError nul{Status::bad_request, "the path has a NUL"};
constexpr HttpError above_root{Status::bad_request, "the path leads above the root"};
constexpr HttpError encoded_slash{Status::not_found, "the path has an encoded slash"};
constexpr HttpError bad_host{Status::bad_request, "the host is malformed"};

constexpr size_t encoding_size = 3;  // of %XX

// The byte that an encoding at `at` stands for; nothing where there is none.
std::optional<char> decode_at(std::string_view text, size_t at) {
  if (text[at] != '%' || text.size() - at < encoding_size) return std::nullopt;
  int high = hex_value(text[at + 1]);
  int low = hex_value(text[at + 2]);
  if (high < 0 || low < 0) return std::nullopt;
  return static_cast<char>(high * 16 + low);
}

bool has_good_encodings(std::string_view text) {
  for (size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + encoding_size)) {
    if (!decode_at(text, at)) return false;
  }
  return true;
}

// [ path ] [ "?" query ]
bool take_path(std::string_view text, Target& target) {
  size_t mark = text.find('?');
  target.has_query = mark != std::string_view::npos;
  target.path = text.substr(0, mark);
  if (target.has_query) target.query = text.substr(mark + 1);
  if (target.path.empty()) target.path = "/";
  return has_good_encodings(target.path);
}

// RFC 9112 3.2.3: unlike an absolute-form's, its port is needed.
std::expected<Target, HttpError> parse_authority_form(Target target) {
  target.form = TargetForm::authority;
  target.authority = target.text;
  target.path = "/";
  size_t colon = target.text.rfind(':');
  bool has_port = colon != std::string_view::npos && parse_decimal(target.text.substr(colon + 1));
  if (!has_port || !is_host(target.text)) return std::unexpected(bad_authority);
  return target;
}

std::expected<Target, HttpError> parse_absolute_form(Target target) {
  constexpr std::string_view separator = "://";
  target.form = TargetForm::absolute;
  size_t colon = target.text.find(separator);
  if (colon == std::string_view::npos) return std::unexpected(bad_form);
  std::string_view scheme = target.text.substr(0, colon);
  bool served = equals_ignoring_case(scheme, "http") || equals_ignoring_case(scheme, "https");
  if (!served) return std::unexpected(bad_scheme);
  std::string_view rest = target.text.substr(colon + separator.size());
  size_t end = std::min(rest.find_first_of("/?"), rest.size());
  target.authority = rest.substr(0, end);
  if (!is_host(target.authority)) return std::unexpected(bad_authority);
  if (!take_path(rest.substr(end), target)) return std::unexpected(bad_encoding);
  return target;
}

}  // namespace

std::expected<Target, HttpError> parse_target(Method method, std::string_view text) {
  Target target;
  target.text = text;
  if (text.empty() || !scan::all<scan::TargetText>(text)) return std::unexpected(bad_bytes);
  if (method == Method::connect) return parse_authority_form(target);
  if (text == "*") {
    if (method != Method::options) return std::unexpected(bad_form);
    target.form = TargetForm::asterisk;
    target.path = text;
    return target;
  }
  if (text.front() != '/') return parse_absolute_form(target);
  if (!take_path(text, target)) return std::unexpected(bad_encoding);
  return target;
}

namespace {

// Appends the name that a segment encodes.
const HttpError* append_decoded(std::string_view segment, std::string& to) {
  for (size_t at = 0; at < segment.size(); ++at) {
    char c = segment[at];
    if (c == '%') {
      std::optional<char> decoded = decode_at(segment, at);
      if (!decoded) return &bad_encoding;
      if (*decoded == '/') return &encoded_slash;
      c = *decoded;
      at += encoding_size - 1;
    }
    if (c == '\0') return &nul;
    to += c;
  }
  return nullptr;
}

}  // namespace

namespace {

// What normalize_path() does where the path is not as it is in most requests.
[[gnu::noinline]] std::expected<std::string_view, HttpError> normalize_segments(std::string_view path,
                                                                                std::string& scratch) {
  if (!path.starts_with('/')) return std::unexpected(bad_path);
  scratch = "/";
  for (size_t begin = 1; begin <= path.size();) {
    size_t end = std::min(path.find('/', begin), path.size());
    // What is there ends with a slash, so that a segment is a name of its own, or is taken back.
    size_t before = scratch.size();
    const HttpError* wrong = append_decoded(path.substr(begin, end - begin), scratch);
    if (wrong) return std::unexpected(*wrong);
    std::string_view name = std::string_view(scratch).substr(before);
    if (name == "..") {
      if (before == 1) return std::unexpected(above_root);
      scratch.resize(scratch.rfind('/', before - 2) + 1);
    } else if (name == ".") {
      scratch.resize(before);
    } else if (!name.empty() && end < path.size()) {
      scratch += '/';
    }
    begin = end + 1;
  }
  return scratch == path ? path : scratch;
}

}  // namespace

std::expected<std::string_view, HttpError> normalize_path(std::string_view path, std::string& scratch) {
  if (path.starts_with('/') && scan::is_usual_path(path)) return path;
  return normalize_segments(path, scratch);
}

namespace {

// "[" IPv6address "]" (RFC 3986 3.2.2). No future version is known, and a zone (RFC 6874) says nothing to a server.
bool is_ip_literal(std::string_view text) {
  if (text.size() > INET6_ADDRSTRLEN + 1 || !text.ends_with(']')) return false;
  std::string address(text.substr(1, text.size() - 2));
  in6_addr number;
  return !address.contains('\0') && inet_pton(AF_INET6, address.c_str(), &number) == 1;
}

// A reg-name, not empty. An IPv4address is one too.
bool is_name(std::string_view text) {
  if (scan::all<scan::HostName>(text)) return !text.empty();
  for (size_t at = 0; at < text.size(); ++at) {
    if (scan::is(scan::host, text[at])) continue;
    if (!decode_at(text, at)) return false;
    at += encoding_size - 1;
  }
  return true;
}

// Without ":" port. What is no port stays, and makes the host malformed.
std::string_view without_port(std::string_view authority) {
  size_t colon = authority.rfind(':');
  bool has_port = colon != std::string_view::npos && is_port(authority.substr(colon + 1));
  return has_port ? authority.substr(0, colon) : authority;
}

// The host without its port and one dot; empty where it is malformed.
std::string_view host_of(std::string_view authority) {
  std::string_view host = without_port(authority);
  if (host.starts_with('[') ? !is_ip_literal(host) : !is_name(host)) return {};
  if (host.ends_with('.')) host.remove_suffix(1);
  return host;
}

}  // namespace

bool is_host(std::string_view authority) { return !host_of(authority).empty(); }

std::string normalize_ip_literal(std::string_view host) {
  in6_addr number;
  std::array<char, INET6_ADDRSTRLEN> text;
  const std::string address(host.substr(1, host.size() - 2));
  if (::inet_pton(AF_INET6, address.c_str(), &number) != 1) return std::string(host);
  return std::string("[") + ::inet_ntop(AF_INET6, &number, text.data(), text.size()) + "]";
}

std::expected<std::string_view, HttpError> normalize_host(std::string_view authority, std::string& scratch) {
  std::string_view host = host_of(authority);
  if (host.empty()) return std::unexpected(bad_host);
  if (host.starts_with('[')) {
    scratch = normalize_ip_literal(host);
    return scratch;
  }
  if (std::ranges::all_of(host, [](char c) { return c == to_lower(c); })) return host;
  scratch = to_lower(host);
  return scratch;
}

std::string percent_decode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t at = 0; at < text.size(); ++at) {
    if (std::optional<char> c = decode_at(text, at)) {
      decoded += *c;
      at += encoding_size - 1;
    } else {
      decoded += plus_is_space && text[at] == '+' ? ' ' : text[at];
    }
  }
  return decoded;
}

std::string percent_encode_path(std::string_view path) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(path.size());
  for (char c : path) {
    if (c == '/' || scan::is(scan::unreserved, c)) {
      encoded += c;
    } else {
      auto byte = static_cast<unsigned char>(c);
      encoded += {'%', digits[byte >> 4], digits[byte & 0xf]};
    }
  }
  return encoded;
}

std::string query_value(std::string_view query, std::string_view key) {
  while (!query.empty()) {
    std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    std::string_view name = pair.substr(0, pair.find('='));
    if (percent_decode(name, true) != key) continue;
    return percent_decode(pair.substr(std::min(name.size() + 1, pair.size())), true);
  }
  return {};
}

}  // namespace webserv
