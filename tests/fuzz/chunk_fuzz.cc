// A chunked body comes to the same however its bytes are split; what is decoded is what a slow and simple reading of
// RFC 9112 7.1 decodes; and what this program encodes is decoded to what it was.
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "support/splits.h"
#include "webserv/base/text.h"

namespace {

using namespace webserv;
using namespace webserv::detail;

constexpr size_t most_cuts = 256;

void require(bool holds) {
  if (!holds) std::abort();
}

// "...CRLF" from `rest`, without it.
std::optional<std::string_view> take_line(std::string_view& rest) {
  size_t end = rest.find("\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 2);
  return line;
}

// What an accepted body has to be: the payload between lines that begin with its size.
void check_accepted(std::string_view bytes, const BodyOutcome& outcome) {
  std::string_view rest = bytes;
  std::string data;
  for (;;) {
    std::optional<std::string_view> line = take_line(rest);
    require(line.has_value());
    size_t digits = std::min(line->find_first_not_of("0123456789abcdefABCDEF"), line->size());
    std::optional<uint64_t> size = parse_hex(line->substr(0, digits));
    require(size && *size <= rest.size());
    require(digits == line->size() || std::string_view("; \t").contains((*line)[digits]));
    require(digits == line->size() || line->find(';') != std::string_view::npos);
    if (*size == 0) break;
    data += rest.substr(0, *size);
    rest.remove_prefix(*size);
    require(rest.starts_with("\r\n"));
    rest.remove_prefix(2);
  }
  require(data == outcome.data);
  for (;;) {
    std::optional<std::string_view> line = take_line(rest);
    require(line.has_value());
    if (line->empty()) break;
    size_t colon = line->find(':');
    require(colon != std::string_view::npos && is_token(line->substr(0, colon)) &&
            is_field_value(line->substr(colon + 1)));
    require(field_name(line->substr(0, colon)) != FieldName::content_length);
    require(field_name(line->substr(0, colon)) != FieldName::transfer_encoding);
  }
  require(bytes.size() - rest.size() == outcome.consumed);
}

void check(std::string_view bytes) {
  BodyOutcome outcome = read_chunked(bytes);
  for (const Cuts& cuts : all_cuts(bytes.size(), most_cuts)) require(read_chunked(bytes, cuts) == outcome);
  if (outcome.done && *outcome.done) check_accepted(bytes, outcome);
}

// In chunks whose sizes the bytes choose.
void check_encoded(std::string_view bytes) {
  std::string encoded;
  for (size_t at = 0; at < bytes.size();) {
    size_t size = std::min<size_t>(static_cast<unsigned char>(bytes[at]) + 1u, bytes.size() - at);
    append_hex(encoded, size, 3);
    encoded.append("\r\n").append(bytes.substr(at, size)).append("\r\n");
    at += size;
  }
  encoded += "0\r\n\r\n";
  size_t consumed = encoded.size();
  encoded += bytes;  // the next request
  BodyOutcome outcome = read_chunked(encoded);
  require(outcome.done && *outcome.done && outcome.data == bytes && outcome.consumed == consumed);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check(bytes);
  check_encoded(bytes);
  return 0;
}
