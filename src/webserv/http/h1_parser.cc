#include "webserv/http/h1_parser.h"

#include <algorithm>
#include <cstring>

#include "webserv/base/text.h"
#include "webserv/http/h1_line.h"
#include "webserv/http/scan.h"

namespace webserv {
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

// Reads the request line of a request whose first byte is at `at`.
class RequestLine {
 public:
  RequestLine(const char* end, RequestHead& head) : end_(end), head_(head) {}

  // Whether the bytes ended within the target.
  bool ended_in_target() const { return ended_in_target_; }

  LineEnd read(const char* at) {
    const char* method_end = read_method(at);
    if (method_end == end_) return {};
    if (*method_end != ' ' || method_end == at) return {nullptr, &bad_method};
    head_.method_name = {at, method_end};

    const char* target = method_end + 1;
    const char* target_end = scan::first_other<scan::PlainPath>(target, end_);
    const char* plain_end = target_end;
    target_end = scan::first_other<scan::TargetText>(target_end, end_);
    ended_in_target_ = target_end == end_;
    if (ended_in_target_) return {};
    if (*target_end != ' ') return {nullptr, *target_end == '\r' || *target_end == '\n' ? &no_version : &bad_target};
    if (target_end == target) return {nullptr, &no_target};

    unsigned major = 0;
    unsigned minor = 0;
    LineEnd line = read_version(target_end + 1, end_, major, minor);
    if (line.next == nullptr) return line;
    if (major != 1) return {nullptr, &other_version};
    // RFC 9110 2.5: a higher minor version is read as the highest that is known.
    head_.minor_version = minor == 0 ? 0 : 1;
    if (!take_target({target, target_end}, plain_end == target_end)) return {nullptr, &error_};
    if (head_.method == Method::unknown) return {nullptr, &unknown_method};
    return line;
  }

 private:
  const char* read_method(const char* at) {
    constexpr std::string_view usual = "GET ";
    if (begins_with(at, end_, usual)) {
      head_.method = Method::get;
      return at + usual.size() - 1;
    }
    const char* method_end = scan::first_other<scan::Token>(at, end_);
    head_.method = parse_method({at, method_end});
    return method_end;
  }

  bool take_target(std::string_view text, bool plain) {
    if (plain && text.front() == '/' && head_.method != Method::connect) {
      head_.target = {.text = text, .authority = {}, .path = text, .query = {}};
      return true;
    }
    std::expected<Target, HttpError> target = parse_target(head_.method, text);
    if (target) {
      head_.target = *target;
    } else {
      error_ = target.error();
    }
    return target.has_value();
  }

  const char* end_;
  RequestHead& head_;
  bool ended_in_target_ = false;
  HttpError error_;  // of the target
};

// RFC 9112 9.3: HTTP/1.1 goes on unless told to close, HTTP/1.0 only where asked to; close wins.
bool keeps_alive(const RequestHead& head) {
  bool asked = head.minor_version > 0;
  if (!head.fields.has(FieldName::connection)) return asked;
  bool close = false;
  for (const Field& field : head.fields) {
    if (field.known != FieldName::connection) continue;
    // Options are tokens: unlike in other lists, a quotation mark hides no comma.
    for (std::string_view rest = field.value; !rest.empty();) {
      size_t comma = std::min(rest.find(','), rest.size());
      std::string_view option = trim(rest.substr(0, comma));
      rest.remove_prefix(std::min(comma + 1, rest.size()));
      close |= equals_ignoring_case(option, "close");
      asked |= equals_ignoring_case(option, "keep-alive");
    }
  }
  return asked && !close;
}

// RFC 9112 3.2: exactly one Host, also beside an absolute-form target; HTTP/1.0 may do without.
const HttpError* check_host(const RequestHead& head) {
  if (!head.fields.has(FieldName::host)) return head.minor_version > 0 ? &no_host : nullptr;
  if (head.fields.repeated(FieldName::host)) return &two_hosts;
  return is_host(head.fields.value(FieldName::host)) ? nullptr : &bad_host;
}

}  // namespace

std::expected<bool, HttpError> RequestParser::parse(std::string_view data, RequestHead& head) {
  const char* begin = data.data();
  // No byte behind the limit is looked at, so that an error does not depend on how many came together.
  const bool full = data.size() >= limits_.head_size;
  const char* end = begin + (full ? limits_.head_size : data.size());
  const char* at = begin + line_;
  if (line_ == 0) {
    head.fields.clear();
    // RFC 9112 2.2: an empty line before the request line is skipped.
    if (at != end && (*at == '\r' || *at == '\n')) {
      LineEnd empty = read_crlf(at, end, bad_method);
      if (empty.error) return std::unexpected(*empty.error);
      at = empty.next ? empty.next : end;
      if (at != end && (*at == '\r' || *at == '\n')) return std::unexpected(two_empty_lines);
    }
    RequestLine request_line(end, head);
    LineEnd line = request_line.read(at);
    if (line.error) return std::unexpected(*line.error);
    if (!line.next) {
      if (!full) return false;
      return std::unexpected(request_line.ended_in_target() ? long_target : long_head);
    }
    at = line.next;
  }
  LineEnd line{at, nullptr};
  while (at != end && *at != '\r') {
    Field field;
    line = read_field_line(at, end, field);
    if (line.next == nullptr) break;
    if (head.fields.size() == limits_.fields) return std::unexpected(many_fields);
    head.fields.add(field);
    at = line.next;
  }
  line_ = static_cast<size_t>(at - begin);
  if (line.next != nullptr) line = read_crlf(at, end, h1_errors::line_end);
  if (line.error) return std::unexpected(*line.error);
  if (!line.next) {
    if (full) return std::unexpected(long_head);
    return false;
  }
  if (const HttpError* wrong = check_host(head)) return std::unexpected(*wrong);
  head.keep_alive = keeps_alive(head);
  head.size = static_cast<size_t>(line.next - begin);
  return true;
}

}  // namespace webserv
