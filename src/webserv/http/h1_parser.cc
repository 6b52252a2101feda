#include "webserv/http/h1_parser.h"

#include "webserv/base/text.h"
#include "webserv/http/characters.h"

namespace webserv {

namespace {

constexpr HttpError bad_line_end{Status::bad_request, "a line does not end in CRLF"};
constexpr HttpError bad_method{Status::bad_request, "the method is no token"};
constexpr HttpError bad_target{Status::bad_request, "the request target has bytes that it may not have"};
constexpr HttpError bad_version{Status::bad_request, "the request line does not end in an HTTP version"};
constexpr HttpError other_version{Status::version_not_supported, "this server speaks HTTP/1.1"};
constexpr HttpError unknown_method{Status::not_implemented, "the method is not known"};
constexpr HttpError bad_name{Status::bad_request, "a field's name is no token, or a colon is missing behind it"};
constexpr HttpError bad_value{Status::bad_request, "a field's value has a control byte"};
constexpr HttpError long_target{Status::uri_too_long, "the request target is too long"};
constexpr HttpError long_head{Status::request_header_fields_too_large, "the request's head is too long"};
constexpr HttpError many_fields{Status::request_header_fields_too_large, "the request has too many fields"};
constexpr HttpError no_host{Status::bad_request, "an HTTP/1.1 request has no Host"};
constexpr HttpError two_hosts{Status::bad_request, "the request has more than one Host"};

// Reads bytes of one line. Where the bytes end before the line does, `at` is null.
struct Cursor {
  const char* at;
  const char* end;
};

using Step = std::expected<bool, HttpError>;

// "\r\n" at the cursor; false where more bytes are needed.
Step read_crlf(Cursor& cursor, const HttpError& other) {
  if (cursor.at == cursor.end) return false;
  if (*cursor.at == '\n') return std::unexpected(bad_line_end);
  if (*cursor.at != '\r') return std::unexpected(other);
  if (cursor.at + 1 == cursor.end) return false;
  if (cursor.at[1] != '\n') return std::unexpected(bad_line_end);
  cursor.at += 2;
  return true;
}

// "HTTP/1.1" (RFC 9112 2.3).
Step read_version(Cursor& cursor, RequestHead& head) {
  constexpr std::string_view pattern = "HTTP/0.0";
  for (char expected : pattern) {
    if (cursor.at == cursor.end) return false;
    bool fits = expected == '0' ? is_digit(*cursor.at) : *cursor.at == expected;
    if (!fits) return std::unexpected(bad_version);
    ++cursor.at;
  }
  Step line_end = read_crlf(cursor, bad_version);
  if (!line_end || !*line_end) return line_end;
  if (cursor.at[-5] != '1') return std::unexpected(other_version);
  head.minor_version = cursor.at[-3] == '0' ? 0 : 1;
  return true;
}

Step read_request_line(Cursor& cursor, RequestHead& head, bool& in_target) {
  if (cursor.at != cursor.end && (*cursor.at == '\r' || *cursor.at == '\n')) {
    Step empty_line = read_crlf(cursor, bad_method);
    if (!empty_line || !*empty_line) return empty_line;
  }
  const char* method = cursor.at;
  cursor.at = find_end_of_token(cursor.at, cursor.end);
  if (cursor.at == cursor.end) return false;
  if (*cursor.at != ' ' || cursor.at == method) return std::unexpected(bad_method);
  head.method_name = {method, cursor.at};
  const char* target = ++cursor.at;
  in_target = true;
  cursor.at = find_end_of_target(cursor.at, cursor.end);
  if (cursor.at == cursor.end) return false;
  if (*cursor.at != ' ' || cursor.at == target) return std::unexpected(bad_target);
  in_target = false;
  std::string_view text(target, cursor.at);
  ++cursor.at;
  Step version = read_version(cursor, head);
  if (!version || !*version) return version;
  head.method = parse_method(head.method_name);
  std::expected<Target, HttpError> parsed = parse_target(head.method, text);
  if (!parsed) return std::unexpected(parsed.error());
  head.target = *parsed;
  if (head.method == Method::unknown) return std::unexpected(unknown_method);
  return true;
}

Step read_field(Cursor& cursor, RequestHead& head, size_t most) {
  const char* name = cursor.at;
  cursor.at = find_end_of_token(cursor.at, cursor.end);
  if (cursor.at == cursor.end) return false;
  if (*cursor.at != ':' || cursor.at == name) return std::unexpected(bad_name);
  Field field{.name = {name, cursor.at}, .value = {}, .known = FieldName::other};
  const char* value = cursor.at + 1;
  while (value != cursor.end && (*value == ' ' || *value == '\t')) ++value;
  cursor.at = find_end_of_value(value, cursor.end);
  const char* end = cursor.at;
  Step line_end = read_crlf(cursor, bad_value);
  if (!line_end || !*line_end) return line_end;
  if (head.fields.size() == most) return std::unexpected(many_fields);
  while (end != value && (end[-1] == ' ' || end[-1] == '\t')) --end;
  field.value = {value, end};
  field.known = field_name(field.name);
  head.fields.add(field);
  return true;
}

// RFC 9112 9.3: HTTP/1.1 goes on unless told to close, HTTP/1.0 only where asked to; close wins.
bool keeps_alive(const RequestHead& head) {
  if (!head.fields.has(FieldName::connection)) return head.minor_version > 0;
  bool asked = head.minor_version > 0;
  bool close = false;
  for (const Field& field : head.fields) {
    if (field.known != FieldName::connection) continue;
    for_each_element(field.value, [&](std::string_view option) {
      close |= equals_ignoring_case(option, "close");
      asked |= equals_ignoring_case(option, "keep-alive");
      return true;
    });
  }
  return asked && !close;
}

Step finish(RequestHead& head) {
  bool has_host = head.fields.has(FieldName::host);
  if (!has_host && head.minor_version > 0) return std::unexpected(no_host);
  if (head.fields.repeated(FieldName::host)) return std::unexpected(two_hosts);
  if (has_host) {
    std::string scratch;
    std::expected<std::string_view, HttpError> host = normalize_host(head.fields.value(FieldName::host), scratch);
    if (!host) return std::unexpected(host.error());
  }
  head.keep_alive = keeps_alive(head);
  return true;
}

}  // namespace

std::expected<bool, HttpError> RequestParser::parse(std::string_view data, RequestHead& head) {
  bool cut = data.size() >= limits_.head_size;
  if (cut) data = data.substr(0, limits_.head_size);
  const char* end = data.data() + data.size();
  bool in_target = false;
  Cursor cursor{data.data() + line_, end};
  if (line_ == 0) {
    head.fields.clear();
    head.method = Method::unknown;
    head.method_name = {};
    head.target = {};
    Step line = read_request_line(cursor, head, in_target);
    if (!line) return line;
    if (!*line) {
      if (cut) return std::unexpected(in_target ? long_target : long_head);
      return false;
    }
    line_ = static_cast<size_t>(cursor.at - data.data());
  }
  for (;;) {
    bool last = cursor.at != end && (*cursor.at == '\r' || *cursor.at == '\n');
    Step line = last ? read_crlf(cursor, bad_line_end) : read_field(cursor, head, limits_.fields);
    if (!line) return line;
    if (!*line) break;
    line_ = static_cast<size_t>(cursor.at - data.data());
    if (!last) continue;
    head.size = line_;
    return finish(head);
  }
  if (cut) return std::unexpected(long_head);
  return false;
}

}  // namespace webserv
