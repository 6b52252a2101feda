#include "webserv/http/chunk_decoder.h"

#include <algorithm>
#include <limits>

#include "webserv/base/text.h"
#include "webserv/http/fields.h"
#include "webserv/http/h1_line.h"
#include "webserv/http/scan.h"

namespace webserv::detail {
namespace {

// Sizes fit the file system's signed offsets.
constexpr uint64_t greatest_size = std::numeric_limits<int64_t>::max();

constexpr HttpError bad_size{Status::bad_request, "a chunk's size is no hexadecimal number"};
constexpr HttpError great_size{Status::bad_request, "a chunk's size is too large"};
constexpr HttpError bad_line{Status::bad_request, "a chunk's size or extension is malformed"};
constexpr HttpError bad_line_end{Status::bad_request, "a chunk's line does not end in CRLF"};
constexpr HttpError bad_data_end{Status::bad_request, "a chunk's data does not end in CRLF where its size says"};
constexpr HttpError forbidden_trailer{Status::bad_request, "a field that may not be a trailer came as one"};
constexpr HttpError long_line{Status::request_header_fields_too_large, "a chunk's line is too long"};
constexpr HttpError long_lines{Status::request_header_fields_too_large, "the chunks' extensions are too long"};
constexpr HttpError long_trailers{Status::request_header_fields_too_large, "the trailer section is too long"};

// A line no longer than this has the digits of a size and CRLF.
constexpr size_t ordinary_line = 16 + 2;

// RFC 9110 6.5.1: not what frames, routes, modifies or authorizes a request, nor what says how to read its content.
bool may_be_trailer(const Field& field) {
  constexpr FieldSet never = field_set(
      FieldName::authorization, FieldName::connection, FieldName::content_length, FieldName::content_type,
      FieldName::cookie, FieldName::expect, FieldName::host, FieldName::if_match, FieldName::if_modified_since,
      FieldName::if_none_match, FieldName::if_range, FieldName::if_unmodified_since, FieldName::range, FieldName::te,
      FieldName::trailer, FieldName::transfer_encoding, FieldName::upgrade);
  constexpr std::string_view others[] = {"cache-control", "content-encoding", "content-range",      "keep-alive",
                                         "max-forwards",  "proxy-connection", "proxy-authorization"};
  if (field.known != FieldName::other) return (never & field_set(field.known)) == 0;
  return std::ranges::none_of(others, [&](std::string_view name) { return equals_ignoring_case(name, field.name); });
}

}  // namespace

std::expected<ChunkDecoder::Piece, HttpError> ChunkDecoder::decode(std::string_view input) {
  Piece piece;
  while (state_ != State::done && piece.consumed < input.size()) {
    const HttpError* wrong = nullptr;
    if (state_ == State::data) {
      piece.data = input.substr(piece.consumed, static_cast<size_t>(std::min<uint64_t>(left_, input.size())));
      piece.consumed += piece.data.size();
      left_ -= piece.data.size();
      if (left_ == 0) state_ = State::data_return;
      return piece;
    }
    if (state_ == State::trailer) {
      wrong = take_trailers(input.substr(piece.consumed), piece.consumed);
    } else {
      wrong = take_line_byte(input[piece.consumed++]);
    }
    if (wrong) return std::unexpected(*wrong);
  }
  piece.done = state_ == State::done;
  return piece;
}

// A byte of a chunk's line, or of the CRLF behind its data.
const HttpError* ChunkDecoder::take_line_byte(char c) {
  switch (state_) {
    case State::data_return:
      if (c != '\r') return &bad_data_end;
      state_ = State::data_feed;
      return nullptr;
    case State::data_feed:
      if (c != '\n') return &bad_data_end;
      state_ = State::size;
      return nullptr;
    case State::line_feed:
      if (c != '\n') return &bad_line_end;
      return end_line();
    case State::size:
      if (hex_value(c) < 0) return &bad_size;
      state_ = State::more_size;
      left_ = 0;
      line_length_ = 0;
      [[fallthrough]];
    case State::more_size:
      if (hex_value(c) >= 0) {
        if (const HttpError* wrong = take_digit(c)) return wrong;
      } else {
        state_ = after_size(c);
      }
      break;
    default: state_ = after_extension_byte(state_, c);
  }
  if (state_ == State::refused) return c == '\n' ? &bad_line_end : &bad_line;
  return ++line_length_ == max_line ? &long_line : nullptr;
}

const HttpError* ChunkDecoder::take_digit(char c) {
  auto digit = static_cast<uint64_t>(hex_value(c));
  if (left_ > (greatest_size - digit) / 16) return &great_size;
  left_ = left_ * 16 + digit;
  return nullptr;
}

const HttpError* ChunkDecoder::end_line() {
  size_t length = line_length_ + 1;
  excess_ += length - std::min(length, ordinary_line);
  state_ = left_ == 0 ? State::trailer : State::data;
  return excess_ > max_excess ? &long_lines : nullptr;
}

ChunkDecoder::State ChunkDecoder::after_size(char c) {
  if (c == ';') return State::extension_name_begin;
  if (is_blank(c)) return State::extension_blank;
  return c == '\r' ? State::line_feed : State::refused;
}

// RFC 9112 7.1.1: *( BWS ";" BWS token [ BWS "=" BWS ( token / quoted-string ) ] )
ChunkDecoder::State ChunkDecoder::after_extension_byte(State state, char c) {
  bool token = scan::is(scan::token, c);
  bool text = scan::is(scan::field_value, c);
  bool blank = is_blank(c);
  switch (state) {
    case State::extension_blank:
      if (blank) return state;
      return c == ';' ? State::extension_name_begin : State::refused;
    case State::extension_name_begin:
      if (blank) return state;
      return token ? State::extension_name : State::refused;
    case State::extension_name:
      if (token) return state;
      if (blank) return State::extension_name_blank;
      return c == '=' ? State::extension_value_begin : after_size(c);
    case State::extension_name_blank:
      if (blank) return state;
      if (c == ';') return State::extension_name_begin;
      return c == '=' ? State::extension_value_begin : State::refused;
    case State::extension_value_begin:
      if (blank) return state;
      if (c == '"') return State::extension_quoted;
      return token ? State::extension_value : State::refused;
    case State::extension_value: return token ? state : after_size(c);
    case State::extension_quoted:
      if (c == '"') return State::extension_quoted_end;
      if (c == '\\') return State::extension_quoted_pair;
      return text ? state : State::refused;
    case State::extension_quoted_pair: return text ? State::extension_quoted : State::refused;
    default: return after_size(c);  // behind a quoted string
  }
}

// Takes one trailer, or what there is of it. It is read as soon as it comes, so that an error is told at once.
const HttpError* ChunkDecoder::take_trailers(std::string_view input, size_t& consumed) {
  size_t room = max_trailers - trailers_size_;
  std::string_view line = input.substr(0, std::min(input.find('\n'), input.size() - 1) + 1).substr(0, room);
  trailer_ += line;
  trailers_size_ += line.size();
  consumed += line.size();
  const char* begin = trailer_.data();
  const char* end = trailer_.data() + trailer_.size();
  Field field;
  bool last = *begin == '\r' || *begin == '\n';
  LineEnd read = last ? read_crlf(begin, end, bad_line_end) : read_field_line(begin, scan::Text(begin, end), field);
  if (read.error) return read.error;
  if (read.next != nullptr && last) {
    state_ = State::done;
    return nullptr;
  }
  if (read.next != nullptr && !may_be_trailer(field)) return &forbidden_trailer;
  if (read.next != nullptr) trailer_.clear();
  return trailers_size_ == max_trailers ? &long_trailers : nullptr;
}

}  // namespace webserv::detail
