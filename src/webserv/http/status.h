// Status codes (RFC 9110 15, RFC 6585) and their reason phrases, and the error a client's fault is told with.
#pragma once

#include <cstdint>
#include <string_view>

namespace webserv {

enum class Status : uint16_t {
  continue_ = 100,
  switching_protocols = 101,
  ok = 200,
  created = 201,
  accepted = 202,
  no_content = 204,
  reset_content = 205,
  partial_content = 206,
  multiple_choices = 300,
  moved_permanently = 301,
  found = 302,
  see_other = 303,
  not_modified = 304,
  temporary_redirect = 307,
  permanent_redirect = 308,
  bad_request = 400,
  unauthorized = 401,
  forbidden = 403,
  not_found = 404,
  method_not_allowed = 405,
  not_acceptable = 406,
  request_timeout = 408,
  conflict = 409,
  gone = 410,
  length_required = 411,
  precondition_failed = 412,
  content_too_large = 413,
  uri_too_long = 414,
  unsupported_media_type = 415,
  range_not_satisfiable = 416,
  expectation_failed = 417,
  misdirected_request = 421,
  unprocessable_content = 422,
  upgrade_required = 426,
  too_many_requests = 429,
  request_header_fields_too_large = 431,
  internal_server_error = 500,
  not_implemented = 501,
  bad_gateway = 502,
  service_unavailable = 503,
  gateway_timeout = 504,
  version_not_supported = 505,
  insufficient_storage = 507,
};

constexpr unsigned code(Status status) { return static_cast<unsigned>(status); }

// The reason phrase of any registered code; "" where the code is not known.
std::string_view reason_phrase(Status status);

// Whether a response of this status never has a body (RFC 9110 6.4.1: 1xx, 204, 304).
constexpr bool is_bodiless(Status status) {
  return code(status) < 200 || status == Status::no_content || status == Status::not_modified;
}

// Whether it says that the request was not served (RFC 9110 15.5, 15.6).
constexpr bool is_error(Status status) { return code(status) >= 400; }

// A request that is refused because of what the client sent.
struct HttpError {
  Status status = Status::bad_request;
  std::string_view reason;  // one sentence for the log and the page; a literal
  bool operator==(const HttpError&) const = default;
};

}  // namespace webserv
