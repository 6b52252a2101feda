// The chunked transfer coding (RFC 9112 7.1) as it is read; h1_writer.h writes it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "webserv/http/status.h"

namespace webserv::detail {

// Decodes a chunked body as it arrives, in place, with the same outcome however it is split.
class ChunkDecoder {
 public:
  // Limits that have no place in the configuration: a chunk's line (size and extensions), what all lines of a body have
  // beyond a size without leading zeros (nobody needs it, and it counts for no limit of the body), and the trailer
  // section.
  static constexpr size_t max_line = 4096;
  static constexpr size_t max_excess = 16384;
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

 private:
  // What the next byte belongs to. From `size` to `line_feed` it is a chunk's line (RFC 9112 7.1).
  enum class State : uint8_t {
    size,
    more_size,
    extension_blank,  // before a ";"
    extension_name_begin,
    extension_name,
    extension_name_blank,  // before a "=" or ";"
    extension_value_begin,
    extension_value,
    extension_quoted,
    extension_quoted_pair,
    extension_quoted_end,
    line_feed,
    data,
    data_return,
    data_feed,
    trailer,
    done,
    refused
  };

  const HttpError* take_line_byte(char c);
  const HttpError* take_digit(char c);
  const HttpError* end_line();
  const HttpError* take_trailers(std::string_view input, size_t& consumed);
  static State after_size(char c);
  static State after_extension_byte(State state, char c);

  State state_ = State::size;
  uint64_t left_ = 0;         // of the chunk's data
  size_t line_length_ = 0;    // of the chunk's line so far
  size_t excess_ = 0;         // of the lines before
  size_t trailers_size_ = 0;  // of the trailer section so far, of which nothing is kept (RFC 9110 6.5.1)
  std::string trailer_;       // that is not whole yet
};

}  // namespace webserv::detail
