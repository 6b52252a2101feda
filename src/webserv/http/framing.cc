#include "webserv/http/framing.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "webserv/base/text.h"

namespace webserv::detail {
namespace {

// Sizes fit the file system's signed offsets.
constexpr uint64_t greatest_length = std::numeric_limits<int64_t>::max();

constexpr HttpError bad_length{Status::bad_request, "Content-Length is no number, or too large"};
constexpr HttpError two_lengths{Status::bad_request, "the request has differing Content-Lengths"};
constexpr HttpError length_and_coding{Status::bad_request, "the request has Content-Length and Transfer-Encoding"};
constexpr HttpError old_coding{Status::bad_request, "HTTP/1.0 has no Transfer-Encoding"};
constexpr HttpError bad_coding{Status::bad_request, "Transfer-Encoding is no list of codings"};
constexpr HttpError misplaced_chunked{Status::bad_request, "chunked is not the single last transfer coding"};
constexpr HttpError unknown_coding{Status::not_implemented, "a transfer coding is not known"};

// Calls `visit(element)` for each element of all fields of this name, the empty ones too: what is odd here is a sign of
// request smuggling. `visit` returns an error, or null to go on.
template <class Visit>
const HttpError* visit_elements(const Fields& fields, FieldName name, Visit visit) {
  for (const Field& field : fields) {
    if (field.known != name) continue;
    for (size_t begin = 0; begin <= field.value.size();) {
      size_t end = std::min(field.value.find(',', begin), field.value.size());
      if (const HttpError* wrong = visit(trim(field.value.substr(begin, end - begin)))) return wrong;
      begin = end + 1;
    }
  }
  return nullptr;
}

std::expected<Framing, HttpError> length_framing(const Fields& fields) {
  std::optional<uint64_t> length;
  const HttpError* wrong = visit_elements(fields, FieldName::content_length, [&](std::string_view text) {
    std::optional<uint64_t> value = parse_decimal(text, greatest_length);
    if (!value) return &bad_length;
    if (length && *length != *value) return &two_lengths;
    length = value;
    return static_cast<const HttpError*>(nullptr);
  });
  if (wrong) return std::unexpected(*wrong);
  if (*length == 0) return Framing{};
  return Framing{.kind = Framing::Kind::length, .length = *length};
}

// The name of a transfer coding, without parameters; empty where it is malformed.
std::string_view coding_name(std::string_view coding) {
  std::string_view name = trim(coding.substr(0, coding.find(';')));
  return is_token(name) ? name : std::string_view();
}

std::expected<Framing, HttpError> coded_framing(const Fields& fields) {
  size_t codings = 0;
  bool chunked = false;
  const HttpError* wrong = visit_elements(fields, FieldName::transfer_encoding, [&](std::string_view coding) {
    ++codings;
    std::string_view name = coding_name(coding);
    if (name.empty()) return &bad_coding;
    bool is_chunked = equals_ignoring_case(name, "chunked");
    // RFC 9112 7.1: chunked has no parameters. What follows it makes it misplaced.
    if (chunked || (is_chunked && name.size() != coding.size())) return &misplaced_chunked;
    chunked = is_chunked;
    return static_cast<const HttpError*>(nullptr);
  });
  if (wrong) return std::unexpected(*wrong);
  if (codings > 1 || !chunked) return std::unexpected(unknown_coding);
  return Framing{.kind = Framing::Kind::chunked, .length = 0};
}

}  // namespace

std::expected<Framing, HttpError> request_framing(const RequestHead& head) {
  bool has_length = head.fields.has(FieldName::content_length);
  if (!head.fields.has(FieldName::transfer_encoding)) return has_length ? length_framing(head.fields) : Framing{};
  if (has_length) return std::unexpected(length_and_coding);
  if (head.protocol == Protocol::http_1_0) return std::unexpected(old_coding);
  return coded_framing(head.fields);
}

}  // namespace webserv::detail
