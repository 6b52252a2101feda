// Which body a request has (RFC 9112 6.3).
#pragma once

#include <cstdint>
#include <expected>

#include "webserv/http/request_head.h"
#include "webserv/http/status.h"

namespace webserv::detail {

struct Framing {
  enum class Kind : uint8_t { none, length, chunked };
  Kind kind = Kind::none;
  uint64_t length = 0;  // of Kind::length, above 0
  bool operator==(const Framing&) const = default;
};

// A request without any of these has no body.
constexpr FieldSet framing_fields = field_set(FieldName::content_length, FieldName::transfer_encoding);

// 400: a Content-Length that is not 1*DIGIT, is listed or repeated with differing values or does not fit 63 bits, one
// beside Transfer-Encoding, Transfer-Encoding in HTTP/1.0, chunked that is not the single last coding, an empty element
// of either; 501: a coding that is not known. Equal repeated Content-Lengths count as one.
std::expected<Framing, HttpError> request_framing(const RequestHead& head);

}  // namespace webserv::detail
