// Writes what stands before the bytes of an HTTP/1.1 response (RFC 9112 4, 5, 7.1): status line, fields, heads of
// chunks. All append to a text of the caller's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "webserv/http/status.h"

namespace webserv::detail {

// The chunk that ends a body, with an empty trailer section.
constexpr std::string_view last_chunk = "0\r\n\r\n";

// "HTTP/1.1 200 OK\r\n". Any code of three digits, 100 to 999; one that is not known has an empty reason phrase (a
// CGI's own). The version is the server's, and the same for clients of 1.0 (RFC 9110 2.5).
void append_status_line(std::string& out, Status status);

// Whether the field can be written so that it stays one field: a token and a field value (fields.h).
bool is_safe_field(std::string_view name, std::string_view value);

// "name: value\r\n". The field is safe, as above: whoever takes it from outside has checked that. Debug builds assert
// it.
void append_field(std::string& out, std::string_view name, std::string_view value);

// "Content-Length: 1234\r\n"
void append_content_length(std::string& out, uint64_t length);

// "4d2\r\n", what stands before `size` bytes of a chunk, more than none; "\r\n" stands behind them.
void append_chunk_head(std::string& out, uint64_t size);

}  // namespace webserv::detail
