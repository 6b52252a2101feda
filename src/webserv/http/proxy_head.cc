#include "webserv/http/proxy_head.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

#include "webserv/base/text.h"

namespace webserv::detail {

namespace {

using Step = std::expected<size_t, std::string_view>;

constexpr std::unexpected<std::string_view> no_head(std::string_view("there is no PROXY head"));
constexpr std::unexpected<std::string_view> bad_line(std::string_view("the PROXY line is malformed"));
constexpr std::unexpected<std::string_view> long_line(std::string_view("the PROXY line is too long"));
constexpr std::unexpected<std::string_view> bad_version(std::string_view("the PROXY head has an unknown version"));
constexpr std::unexpected<std::string_view> bad_command(std::string_view("the PROXY head has an unknown command"));
constexpr std::unexpected<std::string_view> bad_family(std::string_view("the PROXY head has an unknown family"));
constexpr std::unexpected<std::string_view> long_head(std::string_view("the PROXY head is too long"));
constexpr std::unexpected<std::string_view> short_head(
    std::string_view("the PROXY head is too short for its addresses"));
constexpr std::unexpected<std::string_view> bad_more(std::string_view("what the PROXY head adds is malformed"));

// Version 1, section 2.1: a line.
constexpr std::string_view line_begin = "PROXY ";
constexpr size_t longest_line = 107;

// Version 2, section 2.2: a signature, version and command, family and protocol, the length of what follows.
constexpr std::string_view signature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr size_t fixed_size = 16;

bool begins_alike(std::string_view bytes, std::string_view with) {
  const size_t common = std::min(bytes.size(), with.size());
  return bytes.substr(0, common) == with.substr(0, common);
}

std::string_view take_word(std::string_view& rest) {
  const size_t end = std::min(rest.find(' '), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return word;
}

std::optional<uint16_t> parse_port(std::string_view text) {
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  const std::optional<uint64_t> port = parse_decimal(text, UINT16_MAX);
  return port ? std::optional(static_cast<uint16_t>(*port)) : std::nullopt;
}

// `line` is without its end.
Step read_whole_line(std::string_view line, ProxyHead& head) {
  std::string_view rest = line.substr(line_begin.size());
  const std::string_view family = take_word(rest);
  // What follows is not to be looked at.
  if (family == "UNKNOWN") return 0;
  const std::string_view source = take_word(rest);
  const std::string_view destination = take_word(rest);
  const std::optional<uint16_t> source_port = parse_port(take_word(rest));
  const std::optional<Peer> client = parse_ip_address(source);
  const auto is_right = [&](std::string_view address) {
    return parse_ip_address(address) && (address.find(':') != std::string_view::npos) == (family == "TCP6");
  };
  const bool is_known = family == "TCP4" || family == "TCP6";
  // Of the last word all is left, so that nothing may stand behind it.
  if (!is_known || !is_right(source) || !is_right(destination) || !source_port || !parse_port(rest)) return bad_line;
  head.client = client;
  head.client->port = *source_port;
  return 0;
}

// As long as its end is not there: what is still to come at least.
size_t least_rest_of_line(std::string_view line) {
  constexpr std::string_view shortest = "PROXY UNKNOWN\r\n";
  constexpr std::string_view of_addresses = "PROXY TCP";
  constexpr ptrdiff_t spaces = 5;
  if (line.size() < shortest.size()) return shortest.size() - line.size();
  if (line.ends_with('\r')) return 1;
  constexpr size_t line_end = 2;
  if (!line.starts_with(of_addresses)) return line_end;
  // A space and a character at least for each word that has not begun.
  const ptrdiff_t begun = std::min(std::ranges::count(line, ' '), spaces);
  return line_end + 2 * static_cast<size_t>(spaces - begun);
}

Step read_line(std::string_view bytes, ProxyHead& head) {
  const size_t end = bytes.find('\n');
  if (end != std::string_view::npos) {
    const bool ends_well = end + 1 == bytes.size() && end > line_begin.size() && bytes[end - 1] == '\r';
    return ends_well ? read_whole_line(bytes.substr(0, end - 1), head) : Step(bad_line);
  }
  const size_t least = least_rest_of_line(bytes);
  return bytes.size() + least > longest_line ? Step(long_line) : Step(least);
}

unsigned byte_at(std::string_view bytes, size_t at) { return static_cast<unsigned char>(bytes[at]); }
size_t number_at(std::string_view bytes, size_t at) { return byte_at(bytes, at) << 8 | byte_at(bytes, at + 1); }

// The client of addresses of so many bytes, behind which stand the ports.
template <size_t address_size>
Peer client_of(std::string_view addresses) {
  std::array<uint8_t, address_size> bytes;
  std::memcpy(bytes.data(), addresses.data(), bytes.size());
  Peer peer = peer_of(std::span<const uint8_t, address_size>(bytes));
  peer.port = static_cast<uint16_t>(number_at(addresses, 2 * address_size));
  return peer;
}

// Section 2.2.7: values with a type and a length. One of them tells of TLS, all others are skipped.
bool read_values(std::string_view values, ProxyHead& head) {
  constexpr size_t head_size = 3;
  constexpr unsigned of_tls = 0x20;
  constexpr unsigned client_has_tls = 1;
  while (!values.empty()) {
    if (values.size() < head_size) return false;
    const size_t length = number_at(values, 1);
    if (values.size() - head_size < length) return false;
    if (byte_at(values, 0) == of_tls && length > 0) {
      head.secure = (byte_at(values, head_size) & client_has_tls) != 0;
    }
    values.remove_prefix(head_size + length);
  }
  return true;
}

// What follows the fixed part.
Step read_addresses(unsigned family_and_protocol, std::string_view rest, ProxyHead& head) {
  constexpr size_t ipv4_size = 4;
  constexpr size_t ipv6_size = 16;
  constexpr size_t ports_size = 4;
  constexpr size_t unix_size = 2 * 108;
  size_t size = 0;
  switch (family_and_protocol) {
    case 0x00: return 0;  // nothing is said; what follows may be anything
    case 0x11:
    case 0x12: size = 2 * ipv4_size + ports_size; break;
    case 0x21:
    case 0x22: size = 2 * ipv6_size + ports_size; break;
    case 0x31:
    case 0x32: size = unix_size; break;
    default: return bad_family;
  }
  if (rest.size() < size) return short_head;
  if (!read_values(rest.substr(size), head)) return bad_more;
  if (family_and_protocol == 0x11) head.client = client_of<ipv4_size>(rest);
  if (family_and_protocol == 0x21) head.client = client_of<ipv6_size>(rest);
  return 0;
}

Step read_binary(std::string_view bytes, ProxyHead& head) {
  if (bytes.size() < fixed_size) return fixed_size - bytes.size();
  constexpr unsigned local = 0x20;
  constexpr unsigned proxied = 0x21;
  const unsigned command = byte_at(bytes, 12);
  if (command >> 4 != 2) return bad_version;
  if (command != local && command != proxied) return bad_command;
  const size_t size = fixed_size + number_at(bytes, 14);
  if (size > most_proxy_head) return long_head;
  if (bytes.size() < size) return size - bytes.size();
  // Of a connection of the proxy's own nothing that follows counts.
  return command == local ? Step(0) : read_addresses(byte_at(bytes, 13), bytes.substr(fixed_size), head);
}

}  // namespace

Step read_proxy_head(std::string_view bytes, ProxyHead& head) {
  head = {};
  if (begins_alike(bytes, line_begin)) return read_line(bytes, head);
  if (begins_alike(bytes, signature)) return read_binary(bytes, head);
  return no_head;
}

}  // namespace webserv::detail
