#include "webserv/http/h1_parser.h"

#include <algorithm>
#include <cstring>

#include "webserv/base/text.h"
#include "webserv/http/h1_line.h"
#include "webserv/http/scan.h"

namespace webserv::detail {
namespace {

constexpr HttpError two_empty_lines{Status::bad_request, "there is more than one empty line before the request"};
constexpr HttpError bad_method{Status::bad_request, "the method is no token"};
constexpr HttpError no_target{Status::bad_request, "the request line has no target"};
constexpr HttpError bad_target{Status::bad_request, "the request target has bytes that it may not have"};
constexpr HttpError no_version{Status::bad_request, "the request line has no version"};
constexpr HttpError bad_version{Status::bad_request, "the request line does not end in an HTTP version"};
constexpr HttpError other_version{Status::version_not_supported, "this server speaks HTTP/1.1 and HTTP/1.0"};
constexpr HttpError unknown_method{Status::not_implemented, "the method is not known"};
constexpr HttpError long_target{Status::uri_too_long, "the request target is too long"};
constexpr HttpError long_head{Status::request_header_fields_too_large, "the request's head is too long"};
constexpr HttpError many_fields{Status::request_header_fields_too_large, "the request has too many fields"};
constexpr HttpError no_host{Status::bad_request, "an HTTP/1.1 request has no Host"};
constexpr HttpError two_hosts{Status::bad_request, "the request has more than one Host"};
constexpr HttpError bad_host{Status::bad_request, "the Host is malformed"};

bool begins_with(const char* at, const char* end, std::string_view text) {
  return static_cast<size_t>(end - at) >= text.size() && std::memcmp(at, text.data(), text.size()) == 0;
}

// Behind the method, which is a token.
const char* read_method(const char* at, const scan::Text& text, RequestHead& head) {
  constexpr std::string_view usual = "GET ";
  if (begins_with(at, text.end(), usual)) {
    head.method = Method::get;
    return at + usual.size() - 1;
  }
  const char* end = text.first_other<scan::Token>(at);
  head.method = parse_method({at, end});
  return end;
}

// HTTP-version CRLF (RFC 9112 2.3). A digit is any digit here.
LineEnd read_version(const char* at, const char* end, unsigned& major, unsigned& minor) {
  constexpr std::string_view usual = "HTTP/1.1\r\n";
  constexpr size_t major_at = 5;
  constexpr size_t minor_at = 7;
  if (begins_with(at, end, usual)) {
    major = minor = 1;
    return {at + usual.size(), nullptr};
  }
  for (size_t i = 0; i <= minor_at; ++i) {
    if (at + i == end) return {};
    bool fits = i == major_at || i == minor_at ? is_digit(at[i]) : at[i] == usual[i];
    if (!fits) return {nullptr, &bad_version};
  }
  major = static_cast<unsigned>(at[major_at] - '0');
  minor = static_cast<unsigned>(at[minor_at] - '0');
  return read_crlf(at + minor_at + 1, end, bad_version);
}

// Takes what most targets are: an absolute path without encodings, which ends at `path_end`, and perhaps a query.
bool take_usual_target(std::string_view text, const char* path_end, RequestHead& head) {
  const char* end = text.data() + text.size();
  bool has_query = path_end != end;
  if (text.front() != '/' || head.method == Method::connect || (has_query && *path_end != '?')) return false;
  // One by one: a whole Target would be copied.
  Target& target = head.target;
  target.form = TargetForm::origin;
  target.text = text;
  target.authority = {};
  target.path = {text.data(), path_end};
  target.query = has_query ? std::string_view(path_end + 1, end) : std::string_view();
  target.has_query = has_query;
  return true;
}

// Options are tokens: unlike in other lists, a quotation mark hides no comma.
void read_connection_options(std::string_view value, bool& close, bool& keep_alive) {
  for (size_t begin = 0; begin < value.size();) {
    size_t end = begin;
    while (end < value.size() && value[end] != ',') ++end;
    std::string_view option = trim(value.substr(begin, end - begin));
    close |= equals_ignoring_case(option, "close");
    keep_alive |= equals_ignoring_case(option, "keep-alive");
    begin = end + 1;
  }
}

// RFC 9112 9.3: HTTP/1.1 goes on unless told to close, HTTP/1.0 only where asked to; close wins.
bool keeps_alive(const RequestHead& head) {
  bool keep_alive = head.protocol != Protocol::http_1_0;
  if (!head.fields.has(FieldName::connection)) return keep_alive;
  bool close = false;
  if (!head.fields.repeated(FieldName::connection)) {
    std::string_view value = head.fields.value(FieldName::connection);
    if (equals_ignoring_case(value, "keep-alive")) return true;
  }
  for (const Field& field : head.fields) {
    if (field.known == FieldName::connection) read_connection_options(field.value, close, keep_alive);
  }
  return keep_alive && !close;
}

// What most hosts are: a name or an IPv4 address in lower case, and perhaps a port. Empty for any other.
std::string_view usual_host(std::string_view authority, const scan::Text& text) {
  // No usual host has a byte of the line's end.
  const char* name_end = text.skip_usual<scan::LowerHostName>(authority.data());
  std::string_view name(authority.data(), name_end);
  std::string_view port = authority.substr(name.size());
  if (name.ends_with('.') || (!port.empty() && (port.front() != ':' || !is_port(port.substr(1))))) return {};
  return name;
}

// RFC 9112 3.2: exactly one Host, also beside an absolute-form target; HTTP/1.0 may do without.
const HttpError* read_host(RequestHead& head, const scan::Text& text, std::string& scratch) {
  head.host = {};
  if (head.fields.has(FieldName::host)) {
    if (head.fields.repeated(FieldName::host)) return &two_hosts;
    std::string_view authority = head.fields.value(FieldName::host);
    head.host = usual_host(authority, text);
    if (head.host.empty()) head.host = normalize_host(authority, scratch).value_or(std::string_view());
    if (head.host.empty()) return &bad_host;
  } else if (head.protocol != Protocol::http_1_0) {
    return &no_host;
  }
  if (head.target.authority.empty()) return nullptr;
  // It is well-formed: parse_target() has looked.
  head.host = normalize_host(head.target.authority, scratch).value_or(std::string_view());
  return nullptr;
}

// Reads the line that begins at `at`. `target_error` keeps what parse_target() told.
LineEnd read_request_line(const char* at, const scan::Text& text, RequestHead& head, HttpError& target_error) {
  const char* end = text.end();
  // RFC 9112 2.2: an empty line before it is skipped.
  if (at != end && (*at == '\r' || *at == '\n')) {
    LineEnd empty = read_crlf(at, end, bad_method);
    if (empty.next == nullptr) return empty;
    at = empty.next;
    if (at != end && (*at == '\r' || *at == '\n')) return {nullptr, &two_empty_lines};
  }
  const char* method_end = read_method(at, text, head);
  if (method_end == end) return {};
  if (*method_end != ' ' || method_end == at) return {nullptr, &bad_method};
  head.method_name = {at, method_end};

  const char* target = method_end + 1;
  const char* path_end = text.first_other<scan::PlainPath>(target);
  const char* target_end = path_end;
  if (path_end != end && *path_end != ' ') target_end = text.first_other<scan::TargetText>(path_end);
  if (target_end == end) return {};
  if (*target_end != ' ') return {nullptr, *target_end == '\r' || *target_end == '\n' ? &no_version : &bad_target};
  if (target_end == target) return {nullptr, &no_target};

  unsigned major = 0;
  unsigned minor = 0;
  LineEnd line = read_version(target_end + 1, end, major, minor);
  if (line.next == nullptr) return line;
  if (major != 1) return {nullptr, &other_version};
  // RFC 9110 2.5: a higher minor version is read as the highest that is known.
  head.protocol = minor == 0 ? Protocol::http_1_0 : Protocol::http_1_1;
  std::string_view target_text(target, target_end);
  if (!take_usual_target(target_text, path_end, head)) {
    std::expected<Target, HttpError> parsed = parse_target(head.method, target_text);
    if (!parsed) {
      target_error = parsed.error();
      return {nullptr, &target_error};
    }
    head.target = *parsed;
  }
  if (head.method == Method::unknown) return {nullptr, &unknown_method};
  return line;
}

// Reads the lines that begin at `at`, to behind the empty one. `at` stays at the beginning of one that is not whole.
LineEnd read_field_lines(const char*& at, const scan::Text& text, RequestHead& head, size_t most) {
  const char* end = text.end();
  while (at != end && *at != '\r') {
    Field field;
    LineEnd line = read_field_line(at, text, field);
    if (line.next == nullptr) return line;
    if (head.fields.size() == most) return {nullptr, &many_fields};
    head.fields.add(field);
    at = line.next;
  }
  return read_crlf(at, end, h1_errors::line_end);
}

}  // namespace

std::expected<bool, HttpError> RequestParser::parse(std::string_view data, RequestHead& head) {
  // No byte behind the limit is looked at, so that an error does not depend on how many came together.
  const bool full = data.size() >= limits_.head_size;
  if (full) data = data.substr(0, limits_.head_size);
  const scan::Text text(data);
  const char* at = data.data() + line_;
  LineEnd line{at, nullptr};
  if (line_ == 0) {
    head.clear();
    line = read_request_line(at, text, head, target_error_);
  }
  if (line.next != nullptr) {
    at = line.next;
    line = read_field_lines(at, text, head, limits_.fields);
    line_ = static_cast<size_t>(at - data.data());
  }
  if (line.error != nullptr) return std::unexpected(*line.error);
  if (line.next == nullptr) {
    if (!full) return false;
    // Neither a method nor a target has a space.
    bool in_target = line_ == 0 && std::ranges::count(data, ' ') == 1;
    return std::unexpected(in_target ? long_target : long_head);
  }
  if (const HttpError* wrong = read_host(head, text, host_)) return std::unexpected(*wrong);
  keep_alive_ = keeps_alive(head);
  size_ = static_cast<size_t>(line.next - data.data());
  return true;
}

}  // namespace webserv::detail
