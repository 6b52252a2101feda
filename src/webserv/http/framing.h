// Which body a request has (RFC 9112 6.3), and the chunked transfer coding (RFC 9112 7.1).
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "webserv/http/h1_parser.h"
#include "webserv/http/status.h"

namespace webserv {

struct Framing {
  enum class Kind : uint8_t { none, length, chunked };
  Kind kind = Kind::none;
  uint64_t length = 0;  // of Kind::length, above 0
  bool operator==(const Framing&) const = default;
};

// 400: a Content-Length that is not 1*DIGIT, is listed or repeated with differing values or does not fit 63 bits, one
// beside Transfer-Encoding, Transfer-Encoding in HTTP/1.0, chunked that is not the single last coding; 501: a coding
// that is not known. Equal repeated Content-Lengths count as one.
std::expected<Framing, HttpError> request_framing(const RequestHead& head);

// Decodes a chunked body as it arrives, in place, with the same outcome however it is split.
class ChunkDecoder {
 public:
  // Limits that have no place in the configuration: a chunk's line (size and extensions), and the trailer section.
  static constexpr size_t max_line = 4096;
  static constexpr size_t max_trailers = 8192;

  struct Piece {
    size_t consumed = 0;    // bytes of the input that are dealt with
    std::string_view data;  // payload among them, a view of the input; may be empty
    bool done = false;      // the last chunk and the trailer section are read: what follows belongs to the next request
  };

  // Reads up to the end of the input, of one run of payload, or of the body, whichever comes first. Call again with the
  // unconsumed rest (and more) until done. 400: sizes that are not 1*HEXDIG or overflow 63 bits, bad extensions, bare
  // CR or LF, missing CRLF after the data, malformed trailers, framing and routing fields as trailers (RFC 9110 6.5.1);
  // 431 over the limits above.
  std::expected<Piece, HttpError> decode(std::string_view input);

  // The trailer section as it came, "name: value\r\n" each; read it after done.
  const std::string& trailers() const { return trailers_; }

 private:
  enum class State : uint8_t { size, data, data_end, trailer, done };

  std::optional<HttpError> take_byte(char c);
  std::optional<HttpError> take_size_byte(char c);
  std::optional<HttpError> end_line();

  State state_ = State::size;
  bool after_cr_ = false;
  uint64_t left_ = 0;  // of the chunk's data
  std::string line_;   // what came of a line so far
  std::string trailers_;
};

}  // namespace webserv
