// Reads one field line of HTTP/1 (RFC 9112 5): of a request's head, and of the trailer section of a chunked body.
#pragma once

#include <string_view>

#include "webserv/http/fields.h"
#include "webserv/http/scan.h"
#include "webserv/http/status.h"

namespace webserv {

// What reading a line from left to right came to: where the next line begins, or an error, or neither of them where the
// bytes end before the line does. An error is told as soon as its byte is there, so that it does not depend on the
// split.
struct LineEnd {
  const char* next = nullptr;
  const HttpError* error = nullptr;
};

namespace h1_errors {

inline constexpr HttpError line_end{Status::bad_request, "a line does not end in CRLF"};
inline constexpr HttpError folded_line{Status::bad_request, "a field line begins with a blank (obs-fold)"};
inline constexpr HttpError blank_after_name{Status::bad_request,
                                            "there is a blank between a field's name and its colon"};
inline constexpr HttpError no_colon{Status::bad_request, "a field line has no colon"};
inline constexpr HttpError no_name{Status::bad_request, "a field has no name"};
inline constexpr HttpError bad_name{Status::bad_request, "a field's name is no token"};
inline constexpr HttpError bad_value{Status::bad_request, "a field's value has a control byte"};

}  // namespace h1_errors

// Behind the CRLF at `at`; `otherwise` is the error where another byte than CR or LF is there.
inline LineEnd read_crlf(const char* at, const char* end, const HttpError& otherwise) {
  if (at == end) return {};
  if (*at != '\r') return {nullptr, *at == '\n' ? &h1_errors::line_end : &otherwise};
  if (at + 1 == end) return {};
  if (at[1] != '\n') return {nullptr, &h1_errors::line_end};
  return {at + 2, nullptr};
}

// Why a name that begins at `begin` cannot have the byte at `at`.
inline const HttpError& fault_of_name(const char* begin, const char* at) {
  switch (*at) {
    case ' ':
    case '\t': return at == begin ? h1_errors::folded_line : h1_errors::blank_after_name;
    case '\r': return h1_errors::no_colon;
    case '\n': return h1_errors::line_end;
    case ':': return h1_errors::no_name;
    default: return h1_errors::bad_name;
  }
}

inline bool is_blank(char c) { return c == ' ' || c == '\t'; }

// field-name ":" OWS field-value OWS CRLF. `field` holds views of the line once it is whole.
inline LineEnd read_field_line(const char* at, const char* end, Field& field) {
  const char* name = at;
  at = scan::first_other<scan::Token>(at, end);
  if (at == end) return {};
  if (*at != ':' || at == name) return {nullptr, &fault_of_name(name, at)};
  field.name = {name, at};
  const char* value = at + 1;
  while (value != end && is_blank(*value)) ++value;
  const char* value_end = scan::first_other<scan::FieldValue>(value, end);
  LineEnd line = read_crlf(value_end, end, h1_errors::bad_value);
  if (line.next == nullptr) return line;
  while (value_end != value && is_blank(value_end[-1])) --value_end;
  field.value = {value, value_end};
  field.known = field_name(field.name);
  return line;
}

}  // namespace webserv
