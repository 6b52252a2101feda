// Reads the head of what a CGI program answers (RFC 3875 6), and says what kind of answer it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>
#include <vector>

#include "webserv/http/fields.h"
#include "webserv/http/status.h"

namespace webserv::detail {

// What a program says before its body. All views are into the bytes given to the parser.
struct CgiHead {
  // Of the Status field; without one 302 where there is a Location, else 200.
  Status status = Status::ok;

  // The path and query whose answer stands for this one; else empty. A Location is meant so where it is a path and the
  // only field (RFC 3875 6.2.2). Where there are others, such as a Set-Cookie or a Status, it is for the client.
  std::string_view local_redirect;

  std::string_view content_type;           // also among the fields
  std::optional<uint64_t> content_length;  // how much the program is going to write; not among the fields
  std::string_view sendfile;               // X-Sendfile: the file that stands for the body; not among the fields

  // For the client, in their order, also where a name is repeated. Each is safe to be written (is_safe_field). Fields
  // that are the server's own are not among them: Status, Date, and those of the connection.
  std::vector<Field> fields;

  size_t size = 0;  // bytes of the head, with its empty line
};

// A sentence for the log, about "the program's head"; a literal.
using CgiMistake = std::string_view;

// Reads one head, as RequestParser does: the caller keeps the bytes of an unfinished head where they are, appends what
// comes and calls again. The outcome is the same however the bytes are split.
class CgiHeadParser {
 public:
  // Larger ones are mistakes: a program that writes no empty line, most likely.
  static constexpr size_t max_size = 32 * 1024;
  static constexpr size_t max_fields = 256;

  // `data` begins with the first byte of the output; `head` is the same object in all calls. True: it is whole. False:
  // more bytes are needed. Lines end in LF or CRLF. Mistakes are: no field at all, a line that is no field, control
  // bytes, a Status that is no code from 200 to 599, a Content-Length that is no number, two fields of a name that
  // stands once (Status, Location, Content-Type, Content-Length, X-Sendfile) and that do not say the same, a head over
  // the limits.
  std::expected<bool, CgiMistake> parse(std::string_view data, CgiHead& head);

  // What is wrong with output that ended before its head did; `size` are its bytes.
  static CgiMistake cut_off(size_t size);

 private:
  std::expected<void, CgiMistake> take_line(std::string_view line, CgiHead& head);
  std::expected<void, CgiMistake> take_field(const Field& field, CgiHead& head);

  size_t line_ = 0;  // where the first line begins that is not read yet
  bool has_status_ = false;
  std::string_view location_;
  size_t count_ = 0;  // of all fields
};

}  // namespace webserv::detail
