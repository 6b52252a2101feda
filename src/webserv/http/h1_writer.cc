#include "webserv/http/h1_writer.h"

#include <array>
#include <cassert>
#include <charconv>

#include "webserv/base/text.h"
#include "webserv/http/fields.h"

namespace webserv::detail {

void append_status_line(std::string& out, Status status) {
  // Nearly all lines are one of these: a copy of a few words.
  switch (status) {
    case Status::ok: out.append("HTTP/1.1 200 OK\r\n"); return;
    case Status::partial_content: out.append("HTTP/1.1 206 Partial Content\r\n"); return;
    case Status::not_modified: out.append("HTTP/1.1 304 Not Modified\r\n"); return;
    case Status::not_found: out.append("HTTP/1.1 404 Not Found\r\n"); return;
    default: break;
  }
  assert(code(status) >= 100 && code(status) <= 999);
  out.append("HTTP/1.1 ");
  append_decimal(out, code(status));
  out.append(" ").append(reason_phrase(status)).append("\r\n");
}

bool is_safe_field(std::string_view name, std::string_view value) { return is_token(name) && is_field_value(value); }

void append_field(std::string& out, std::string_view name, std::string_view value) {
  assert(is_safe_field(name, value));
  out.append(name).append(": ").append(value).append("\r\n");
}

void append_content_length(std::string& out, uint64_t length) {
  out.append("Content-Length: ");
  append_decimal(out, length);
  out.append("\r\n");
}

void append_chunk_head(std::string& out, uint64_t size) {
  assert(size > 0);  // it would end the body
  constexpr size_t most_digits = 16;
  std::array<char, most_digits + 2> line{};
  char* end = std::to_chars(line.data(), line.data() + most_digits, size, 16).ptr;
  *end++ = '\r';
  *end++ = '\n';
  out.append(line.data(), end);
}

}  // namespace webserv::detail
