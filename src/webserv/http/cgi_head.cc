#include "webserv/http/cgi_head.h"

#include <algorithm>
#include <array>

#include "webserv/base/text.h"

namespace webserv::detail {

namespace {

constexpr CgiMistake nothing_written = "the program has written nothing";
constexpr CgiMistake ends_in_head = "the program's output ends before the empty line that ends its head";
constexpr CgiMistake empty_head = "the program's output begins with an empty line: its head has no field";
constexpr CgiMistake long_head = "the program's head is longer than 32 KiB: the empty line that ends it may be missing";
constexpr CgiMistake many_fields = "the program's head has more than 256 fields";
constexpr CgiMistake status_line =
    "the program's head begins with a status line, which only those whose name begins with nph- may write";
constexpr CgiMistake no_field = "a line of the program's head is no field, which has a name and a colon";
constexpr CgiMistake bad_value = "a field of the program's head has a control byte in its value";
constexpr CgiMistake bad_status = "the Status in the program's head is no code from 200 to 599";
constexpr CgiMistake bad_length = "the Content-Length in the program's head is no number";
constexpr CgiMistake two_values =
    "two fields of the program's head contradict each other: Status, Location, Content-Type, Content-Length and "
    "X-Sendfile have one value";

// What the server says itself, or what concerns a connection that the program does not have (RFC 3875 6.3.4, RFC 9110
// 7.6.1).
bool is_of_the_server(std::string_view name) {
  constexpr std::array<std::string_view, 9> names = {"Connection", "Date",    "Keep-Alive",        "Proxy-Authenticate",
                                                     "TE",         "Trailer", "Transfer-Encoding", "Proxy-Connection",
                                                     "Upgrade"};
  return std::ranges::any_of(names, [&](std::string_view own) { return equals_ignoring_case(name, own); });
}

// RFC 3875 6.3.5: what an extension of the interface would look like; no client has use for it.
bool is_extension(std::string_view name) {
  constexpr std::string_view prefix = "X-CGI-";
  return name.size() > prefix.size() && equals_ignoring_case(name.substr(0, prefix.size()), prefix);
}

// "404" or "404 Not Found"; the phrase is the server's own in the answer.
std::optional<Status> parse_status(std::string_view value) {
  constexpr size_t digits = 3;
  if (value.size() > digits && value[digits] != ' ' && value[digits] != '\t') return std::nullopt;
  std::optional<uint64_t> number = parse_decimal(value.substr(0, digits), 599);
  if (!number || *number < 200) return std::nullopt;
  return static_cast<Status>(*number);
}

// A path on this server (RFC 3875 6.3.2). "//" would begin the name of a host (RFC 3986 4.2), and a fragment is for the
// client.
bool is_local_path(std::string_view location) {
  return location.starts_with('/') && !location.starts_with("//") && !location.contains('#');
}

// A field that stands once. False: it stood there before, with another value.
bool set_once(std::string_view& known, std::string_view value) {
  if (!known.empty() && known != value) return false;
  known = value;
  return true;
}

}  // namespace

CgiMistake CgiHeadParser::cut_off(size_t size) { return size == 0 ? nothing_written : ends_in_head; }

std::expected<bool, CgiMistake> CgiHeadParser::parse(std::string_view data, CgiHead& head) {
  // No byte behind the limit is looked at, so that a mistake does not depend on how many came together.
  const bool full = data.size() >= max_size;
  data = data.substr(0, max_size);
  for (;;) {
    size_t end = data.find('\n', line_);
    if (end == std::string_view::npos) {
      if (full) return std::unexpected(long_head);
      return false;
    }
    std::string_view line = data.substr(line_, end - line_);
    if (line.ends_with('\r')) line.remove_suffix(1);
    line_ = end + 1;
    if (line.empty()) break;
    std::expected<void, CgiMistake> taken = take_line(line, head);
    if (!taken) return std::unexpected(taken.error());
  }
  if (count_ == 0) return std::unexpected(empty_head);
  head.size = line_;
  if (location_.empty()) return true;
  if (count_ == 1 && is_local_path(location_)) {
    head.local_redirect = location_;
  } else if (!has_status_) {
    head.status = Status::found;
  }
  return true;
}

std::expected<void, CgiMistake> CgiHeadParser::take_line(std::string_view line, CgiHead& head) {
  size_t colon = line.find(':');
  Field field;
  field.name = line.substr(0, colon);
  if (colon == std::string_view::npos || !is_token(field.name)) {
    return std::unexpected(count_ == 0 && line.starts_with("HTTP/") ? status_line : no_field);
  }
  field.value = trim(line.substr(colon + 1));
  if (!is_field_value(field.value)) return std::unexpected(bad_value);
  if (++count_ > max_fields) return std::unexpected(many_fields);
  return take_field(field, head);
}

std::expected<void, CgiMistake> CgiHeadParser::take_field(const Field& field, CgiHead& head) {
  auto is = [&](std::string_view name) { return equals_ignoring_case(field.name, name); };
  if (is("Status")) {
    std::optional<Status> status = parse_status(field.value);
    if (!status) return std::unexpected(bad_status);
    if (has_status_ && *status != head.status) return std::unexpected(two_values);
    has_status_ = true;
    head.status = *status;
  } else if (is("Content-Length")) {
    std::optional<uint64_t> length = parse_decimal(field.value, INT64_MAX);
    if (!length) return std::unexpected(bad_length);
    if (head.content_length && *head.content_length != *length) return std::unexpected(two_values);
    head.content_length = length;
  } else if (is("X-Sendfile")) {
    if (!set_once(head.sendfile, field.value)) return std::unexpected(two_values);
  } else if (is("Location")) {
    bool again = !location_.empty();
    if (!set_once(location_, field.value)) return std::unexpected(two_values);
    if (!again) head.fields.push_back(field);
  } else if (is("Content-Type")) {
    bool again = !head.content_type.empty();
    if (!set_once(head.content_type, field.value)) return std::unexpected(two_values);
    if (!again) head.fields.push_back(field);
  } else if (!is_of_the_server(field.name) && !is_extension(field.name)) {
    head.fields.push_back(field);
  }
  return {};
}

}  // namespace webserv::detail
