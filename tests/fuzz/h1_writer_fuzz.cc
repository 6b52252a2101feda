// What is written is read as what it was: a field that may be written stays that one field, a status line stays a line,
// and chunks are the bytes that went into them.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/splits.h"
#include "webserv/base/text.h"
#include "webserv/http/h1_writer.h"

namespace {

using namespace webserv;
using namespace webserv::detail;

void require(bool holds) {
  if (!holds) std::abort();
}

// A text whose first byte tells how many of the next ones are its own.
std::string_view take_text(std::string_view& rest) {
  if (rest.empty()) return {};
  size_t size = std::min<size_t>(static_cast<unsigned char>(rest.front()), rest.size() - 1);
  std::string_view text = rest.substr(1, size);
  rest.remove_prefix(1 + size);
  return text;
}

// RFC 9110 5.5 and 5.6.2, slowly.
bool may_be_written(std::string_view name, std::string_view value) {
  constexpr std::string_view token = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  auto is_control = [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; };
  return !name.empty() && name.find_first_not_of(token) == std::string_view::npos &&
         std::ranges::none_of(value, is_control);
}

void check_fields(std::string_view bytes) {
  // Fields of an answer are no others than those of a request: the parser of requests reads them.
  std::string head = "GET / HTTP/1.1\r\nHost: a\r\n";
  std::vector<std::pair<std::string, std::string_view>> written;
  while (!bytes.empty()) {
    std::string_view name = take_text(bytes);
    std::string_view value = take_text(bytes);
    require(is_safe_field(name, value) == may_be_written(name, value));
    if (!is_safe_field(name, value)) continue;
    written.emplace_back("X-" + std::string(name), value);  // a name of no meaning, such as a second Host has
    append_field(head, written.back().first, value);
  }
  head += "\r\n";
  HeadLimits all_of_it{.head_size = head.size(), .fields = written.size() + 1};
  HeadOutcome outcome = read_head(head, all_of_it);
  require(outcome.whole && *outcome.whole && outcome.size == head.size());
  require(outcome.head.fields.size() == written.size() + 1);
  auto field = outcome.head.fields.begin();
  for (const auto& [name, value] : written) {
    ++field;
    require(field->name == name && field->value == trim(value));
  }
}

void check_status_line(unsigned code) {
  std::string line;
  append_status_line(line, static_cast<Status>(code));
  require(line.starts_with("HTTP/1.1 " + std::to_string(code) + " ") && line.ends_with("\r\n"));
  require(is_field_value(std::string_view(line).substr(0, line.size() - 2)));
}

void check_chunks(std::string_view bytes) {
  std::string encoded;
  for (std::string_view rest = bytes; !rest.empty();) {
    std::string_view chunk = rest.substr(0, static_cast<unsigned char>(rest.front()) + 1u);
    append_chunk_head(encoded, chunk.size());
    encoded.append(chunk).append("\r\n");
    rest.remove_prefix(chunk.size());
  }
  encoded.append(last_chunk);
  BodyOutcome outcome = read_chunked(encoded);
  require(outcome.done && *outcome.done && outcome.data == bytes && outcome.consumed == encoded.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check_fields(bytes);
  check_chunks(bytes);
  if (size >= 2) check_status_line(100 + (data[0] * 256u + data[1]) % 900);
  return 0;
}
