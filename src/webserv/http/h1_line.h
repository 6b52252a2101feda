// Reads one field line of HTTP/1 (RFC 9112 5): of a request's head, and of the trailer section of a chunked body.
#pragma once

#include <string_view>

#include "webserv/http/fields.h"
#include "webserv/http/known_names.h"
#include "webserv/http/scan.h"
#include "webserv/http/status.h"

namespace webserv::detail {

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
[[gnu::always_inline]] inline LineEnd read_crlf(const char* at, const char* end, const HttpError& otherwise) {
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
    default: return h1_errors::bad_name;
  }
}

inline bool is_blank(char c) { return scan::is(scan::blank, c); }

// field-name ":" OWS field-value OWS CRLF. `field` holds views of the line once it is whole.
[[gnu::always_inline]] inline LineEnd read_field_line(const char* at, const scan::Text& text, Field& field) {
  const char* end = text.end();
  const char* name_end = text.skip_few<scan::Token>(at);
  if (name_end == end || *name_end != ':') {
    name_end = text.skip_one_by_one<scan::Token>(name_end);
    if (name_end == end) return {};
    if (*name_end != ':') return {nullptr, &fault_of_name(at, name_end)};
  }
  if (name_end == at) return {nullptr, &h1_errors::no_name};
  const char* value = name_end + 1;
  const char* value_end = text.skip_usual<scan::FieldValue>(value);
  if (value_end != end && *value_end != '\r') value_end = text.skip_one_by_one<scan::FieldValue>(value_end);
  LineEnd line = read_crlf(value_end, end, h1_errors::bad_value);
  if (line.next == nullptr) return line;
  // What follows is no blank, and what is left has one byte that is none.
  while (is_blank(*value)) ++value;
  if (value != value_end) {
    while (is_blank(value_end[-1])) --value_end;
  }
  field.name = {at, name_end};
  field.value = {value, value_end};
  field.known = known_names::find(field.name);
  return line;
}

}  // namespace webserv::detail
