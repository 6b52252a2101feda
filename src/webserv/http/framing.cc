#include "webserv/http/framing.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "webserv/base/text.h"
#include "webserv/http/characters.h"

namespace webserv {

namespace {

constexpr uint64_t most_length = std::numeric_limits<int64_t>::max();

constexpr HttpError bad_length{Status::bad_request, "Content-Length is no number, or too large"};
constexpr HttpError two_lengths{Status::bad_request, "the request has differing Content-Lengths"};
constexpr HttpError length_and_coding{Status::bad_request, "the request has Content-Length and Transfer-Encoding"};
constexpr HttpError old_coding{Status::bad_request, "HTTP/1.0 has no Transfer-Encoding"};
constexpr HttpError bad_coding{Status::bad_request, "chunked is not the single last transfer coding"};
constexpr HttpError unknown_coding{Status::not_implemented, "a transfer coding is not known"};

std::expected<Framing, HttpError> length_framing(const Fields& fields) {
  std::optional<uint64_t> length;
  for (const Field& field : fields) {
    if (field.known != FieldName::content_length) continue;
    std::optional<uint64_t> one = parse_decimal(field.value, most_length);
    if (!one) return std::unexpected(field.value.find(',') == std::string_view::npos ? bad_length : two_lengths);
    if (length && *length != *one) return std::unexpected(two_lengths);
    length = one;
  }
  if (*length == 0) return Framing{};
  return Framing{.kind = Framing::Kind::length, .length = *length};
}

}  // namespace

std::expected<Framing, HttpError> request_framing(const RequestHead& head) {
  const Fields& fields = head.fields;
  bool coded = fields.has(FieldName::transfer_encoding);
  if (!coded) return fields.has(FieldName::content_length) ? length_framing(fields) : Framing{};
  if (fields.has(FieldName::content_length)) return std::unexpected(length_and_coding);
  if (head.minor_version == 0) return std::unexpected(old_coding);
  unsigned codings = 0;
  bool chunked = false;
  bool unknown = false;
  for (const Field& field : fields) {
    if (field.known != FieldName::transfer_encoding) continue;
    for_each_element(field.value, [&](std::string_view coding) {
      ++codings;
      bool is_chunked = equals_ignoring_case(coding, "chunked");
      unknown |= !is_chunked;
      chunked |= is_chunked;
      return true;
    });
  }
  if (codings == 1 && chunked) return Framing{.kind = Framing::Kind::chunked, .length = 0};
  if (codings == 0 || !unknown || chunked) return std::unexpected(bad_coding);
  return std::unexpected(unknown_coding);
}

namespace {

constexpr HttpError bad_size{Status::bad_request, "a chunk's size is no hexadecimal number, or too large"};
constexpr HttpError bad_extension{Status::bad_request, "a chunk's extension is malformed"};
constexpr HttpError bad_chunk_end{Status::bad_request, "a chunk does not end in CRLF"};
constexpr HttpError bad_trailer{Status::bad_request, "a trailer field is malformed"};
constexpr HttpError forbidden_trailer{Status::bad_request, "a field that may not be a trailer came as one"};
constexpr HttpError long_line{Status::request_header_fields_too_large, "a chunk's line is too long"};
constexpr HttpError long_trailers{Status::request_header_fields_too_large, "the trailer section is too long"};

void skip_blanks(std::string_view& text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
}

// A token or a quoted string at the beginning of `text`, which is moved behind it.
bool take_extension_value(std::string_view& text) {
  if (!text.empty() && text.front() == '"') {
    for (size_t i = 1; i < text.size(); ++i) {
      if (text[i] == '\\') {
        ++i;
      } else if (text[i] == '"') {
        text.remove_prefix(i + 1);
        return true;
      }
    }
    return false;
  }
  const char* end = find_end_of_token(text.data(), text.data() + text.size());
  auto length = static_cast<size_t>(end - text.data());
  text.remove_prefix(length);
  return length > 0;
}

// *( BWS ";" BWS name [ BWS "=" BWS value ] ) (RFC 9112 7.1.1).
bool are_extensions(std::string_view text) {
  while (!text.empty()) {
    skip_blanks(text);
    if (text.empty() || text.front() != ';') return false;
    text.remove_prefix(1);
    skip_blanks(text);
    if (text.empty() || text.front() == '"' || !take_extension_value(text)) return false;
    std::string_view rest = text;
    skip_blanks(rest);
    if (rest.empty() || rest.front() != '=') continue;
    rest.remove_prefix(1);
    skip_blanks(rest);
    if (!take_extension_value(rest)) return false;
    text = rest;
  }
  return true;
}

// RFC 9110 6.5.1: what frames, routes or authorizes a message cannot come behind it.
bool may_be_trailer(std::string_view name) {
  constexpr FieldSet never = field_set(
      FieldName::authorization, FieldName::connection, FieldName::content_length, FieldName::content_type,
      FieldName::cookie, FieldName::expect, FieldName::host, FieldName::range, FieldName::te, FieldName::trailer,
      FieldName::transfer_encoding, FieldName::upgrade, FieldName::if_match, FieldName::if_none_match,
      FieldName::if_modified_since, FieldName::if_unmodified_since, FieldName::if_range);
  FieldName known = field_name(name);
  if (known != FieldName::other) return (never & field_set(known)) == 0;
  for (std::string_view other : {"content-encoding", "content-range", "keep-alive", "max-forwards", "cache-control"}) {
    if (equals_ignoring_case(name, other)) return false;
  }
  return true;
}

}  // namespace

std::expected<ChunkDecoder::Piece, HttpError> ChunkDecoder::decode(std::string_view input) {
  Piece piece;
  while (state_ != State::done && piece.consumed < input.size()) {
    if (state_ == State::data) {
      size_t count = static_cast<size_t>(std::min<uint64_t>(left_, input.size() - piece.consumed));
      piece.data = input.substr(piece.consumed, count);
      piece.consumed += count;
      left_ -= count;
      if (left_ == 0) state_ = State::data_end;
      return piece;
    }
    std::optional<HttpError> wrong = take_byte(input[piece.consumed++]);
    if (wrong) return std::unexpected(*wrong);
  }
  piece.done = state_ == State::done;
  return piece;
}

// A byte of a line: of a chunk's size, of the end of its data, or of a trailer.
std::optional<HttpError> ChunkDecoder::take_byte(char c) {
  if (c == '\n') {
    if (!after_cr_) return bad_chunk_end;
    after_cr_ = false;
    std::optional<HttpError> wrong = end_line();
    line_.clear();
    return wrong;
  }
  if (after_cr_) return bad_chunk_end;
  if (c == '\r') {
    after_cr_ = true;
    return std::nullopt;
  }
  if (state_ == State::data_end) return bad_chunk_end;
  if (state_ == State::size) return take_size_byte(c);
  if (find_end_of_value(&c, &c + 1) == &c) return bad_trailer;
  if (trailers_.size() + line_.size() >= max_trailers) return long_trailers;
  line_ += c;
  return std::nullopt;
}

std::optional<HttpError> ChunkDecoder::take_size_byte(char c) {
  if (find_end_of_value(&c, &c + 1) == &c) return bad_extension;
  if (line_.size() >= max_line) return long_line;
  bool in_size = line_.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
  bool starts_extension = c == ';' || c == ' ' || c == '\t';
  if (in_size && hex_value(c) < 0 && (line_.empty() || !starts_extension)) return bad_size;
  line_ += c;
  return std::nullopt;
}

std::optional<HttpError> ChunkDecoder::end_line() {
  if (state_ == State::data_end) {
    if (!line_.empty()) return bad_chunk_end;
    state_ = State::size;
    return std::nullopt;
  }
  if (state_ == State::size) {
    size_t digits = std::min(line_.find_first_not_of("0123456789abcdefABCDEF"), line_.size());
    std::optional<uint64_t> size = parse_hex(std::string_view(line_).substr(0, digits), most_length);
    if (!size) return bad_size;
    if (!are_extensions(std::string_view(line_).substr(digits))) return bad_extension;
    left_ = *size;
    state_ = left_ == 0 ? State::trailer : State::data;
    return std::nullopt;
  }
  if (line_.empty()) {
    state_ = State::done;
    return std::nullopt;
  }
  size_t colon = line_.find(':');
  if (colon == std::string::npos || !is_token(line_.substr(0, colon))) return bad_trailer;
  if (!may_be_trailer(std::string_view(line_).substr(0, colon))) return forbidden_trailer;
  trailers_.append(line_).append("\r\n");
  return std::nullopt;
}

}  // namespace webserv
