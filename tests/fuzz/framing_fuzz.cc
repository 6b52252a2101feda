// The framing of a request is what a slow and simple reading of RFC 9112 6.3 finds. The input is the fields' lines.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "webserv/base/text.h"
#include "webserv/http/framing.h"
#include "webserv/http/h1_parser.h"

namespace {

using namespace webserv;
using namespace webserv::detail;

void require(bool holds) {
  if (!holds) std::abort();
}

// The elements of all fields of this name, the empty ones too.
std::vector<std::string> elements(const RequestHead& head, std::string_view name) {
  std::vector<std::string> all;
  for (const Field& field : head.fields) {
    if (to_lower(field.name) != name) continue;
    std::string value(field.value);
    for (size_t at = 0; at <= value.size();) {
      size_t comma = std::min(value.find(',', at), value.size());
      all.emplace_back(trim(std::string_view(value).substr(at, comma - at)));
      at = comma + 1;
    }
  }
  return all;
}

std::string significant(const std::string& digits) {
  return digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
}

// Numbers as texts: as many digits and the same, or less.
bool is_length(const std::string& text) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string::npos) return false;
  const std::string greatest = "9223372036854775807";
  std::string number = significant(text);
  return number.size() < greatest.size() || (number.size() == greatest.size() && number <= greatest);
}

void check_length(const std::vector<std::string>& lengths, const std::expected<Framing, HttpError>& framing) {
  bool right = true;
  for (const std::string& length : lengths)
    right &= is_length(length) && significant(length) == significant(lengths[0]);
  require(framing.has_value() == right);
  if (!right) return require(framing.error().status == Status::bad_request);
  std::string number = significant(lengths.empty() ? "" : lengths[0]);
  require((framing->kind == Framing::Kind::none) == number.empty());
  if (!number.empty()) require(framing->kind == Framing::Kind::length && std::to_string(framing->length) == number);
}

void check(const RequestHead& head) {
  std::vector<std::string> lengths = elements(head, "content-length");
  std::vector<std::string> codings = elements(head, "transfer-encoding");
  std::expected<Framing, HttpError> framing = request_framing(head);
  if (codings.empty()) return check_length(lengths, framing);
  bool right = lengths.empty() && head.protocol != Protocol::http_1_0 && codings.size() == 1 &&
               to_lower(codings[0]) == "chunked";
  require(framing.has_value() == right);
  if (right) return require(*framing == Framing{Framing::Kind::chunked, 0});
  // Where chunked is among them at all, nobody can tell what the client means.
  bool chunked = false;
  for (const std::string& coding : codings) chunked |= to_lower(coding) == "chunked" && &coding != &codings.back();
  if (chunked || !lengths.empty() || head.protocol == Protocol::http_1_0)
    require(framing.error().status == Status::bad_request);
  require(framing.error().status == Status::bad_request || framing.error().status == Status::not_implemented);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string fields(reinterpret_cast<const char*>(data), size);
  for (std::string_view version : {"1.1", "1.0"}) {
    for (std::string_view first : {"", "Content-Length:", "Transfer-Encoding:"}) {
      std::string bytes =
          "POST / HTTP/" + std::string(version) + "\r\nHost: a\r\n" + std::string(first) + fields + "\r\n\r\n";
      RequestParser parser;
      RequestHead head;
      std::expected<bool, HttpError> whole = parser.parse(bytes, head);
      if (whole && *whole) check(head);
    }
  }
  return 0;
}
