// A head comes to the same however its bytes are split, and what is accepted is what it looks like: read again by a
// slow and simple reading of RFC 9112.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "support/splits.h"
#include "webserv/base/text.h"

namespace {

using namespace webserv;
using namespace webserv::detail;
using namespace std::literals;

// Longer inputs are cut at some places only.
constexpr size_t most_cuts = 256;

void require(bool holds) {
  if (!holds) std::abort();
}

bool is_slow_token(std::string_view text) {
  constexpr std::string_view allowed = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; }
bool is_visible(char c) { return c > 0x20 && c < 0x7f; }

// Takes "...CRLF" from `rest`.
std::string_view take_line(std::string_view& rest) {
  size_t end = rest.find("\r\n");
  require(end != std::string_view::npos);
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 2);
  return line;
}

void check_request_line(std::string_view line, const RequestHead& head) {
  size_t first = line.find(' ');
  size_t last = line.rfind(' ');
  require(first != std::string_view::npos && first < last);
  require(line.substr(0, first) == head.method_name && is_slow_token(head.method_name));
  require(head.method != Method::unknown && name_of(head.method) == head.method_name);
  std::string_view target = line.substr(first + 1, last - first - 1);
  require(target == head.target.text && std::ranges::all_of(target, is_visible) && !target.contains('#'));
  std::string_view version = line.substr(last + 1);
  require(version.size() == 8 && version.starts_with("HTTP/1.") && is_digit(version[7]));
  require(head.protocol == (version[7] == '0' ? Protocol::http_1_0 : Protocol::http_1_1));

  // A short cut of the parser finds what parse_target() finds.
  std::expected<Target, HttpError> parsed = parse_target(head.method, target);
  require(parsed && parsed->form == head.target.form && parsed->path == head.target.path);
  require(parsed->query == head.target.query && parsed->has_query == head.target.has_query);
  require(parsed->authority == head.target.authority);
}

void check_field(std::string_view line, const Field& field) {
  size_t colon = line.find(':');
  require(colon != std::string_view::npos && line.substr(0, colon) == field.name && is_slow_token(field.name));
  require(field.value == trim(line.substr(colon + 1)) && std::ranges::none_of(field.value, is_control));
  require(field.known == field_name(field.name));
}

// Whether an element of the fields' lists is the option, which has no comma.
bool has_option(const RequestHead& head, std::string_view option) {
  std::string list = "," + to_lower(head.fields.joined(FieldName::connection)) + ",";
  std::erase_if(list, [](char c) { return c == ' ' || c == '\t'; });
  return list.contains("," + std::string(option) + ",");
}

void check_accepted(std::string_view bytes, const HeadOutcome& outcome) {
  const RequestHead& head = outcome.head;
  require(outcome.size <= bytes.size());
  std::string_view rest = bytes.substr(0, outcome.size);
  if (rest.starts_with("\r\n")) rest.remove_prefix(2);
  check_request_line(take_line(rest), head);
  size_t hosts = 0;
  for (const Field& field : head.fields) {
    check_field(take_line(rest), field);
    if (!equals_ignoring_case(field.name, "Host")) continue;
    ++hosts;
    std::string scratch;
    std::expected<std::string_view, HttpError> normal = normalize_host(field.value, scratch);
    require(is_host(field.value) && normal && (outcome.host == *normal || !head.target.authority.empty()));
  }
  require(rest == "\r\n" && hosts <= 1 && (hosts == 1 || head.protocol == Protocol::http_1_0));
  // Blanks within an option make it another one, which the slow reading does not see.
  if (head.fields.joined(FieldName::connection).find_first_of(" \t") != std::string::npos) return;
  bool alive = !has_option(head, "close") && (head.protocol != Protocol::http_1_0 || has_option(head, "keep-alive"));
  require(outcome.keep_alive == alive);
}

void check(std::string_view bytes, HeadLimits limits) {
  HeadOutcome outcome = read_head(bytes, limits);
  for (const Cuts& cuts : all_cuts(bytes.size(), most_cuts))
    require(same_outcome(read_head(bytes, limits, cuts), outcome));
  if (!outcome.whole) return require(!outcome.whole.error().reason.empty());
  require(*outcome.whole || bytes.size() < limits.head_size);
  if (!*outcome.whole) return;
  require(outcome.size <= limits.head_size && outcome.head.fields.size() <= limits.fields);
  check_accepted(bytes, outcome);
}

// On bytes of their own, so that a sanitizer sees what is read beyond each prefix.
void check_bounds(std::string_view bytes) {
  for (size_t size = 0; size < std::min<size_t>(bytes.size(), 64); ++size) {
    size_t length = bytes.size() - size;
    std::unique_ptr<char[]> copy(new char[length]);
    std::memcpy(copy.get(), bytes.data(), length);
    read_head({copy.get(), length});
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check(bytes, {});
  check(bytes, {.head_size = 64, .fields = 2});
  check_bounds(bytes);
  return 0;
}
