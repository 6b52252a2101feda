#include "webserv/http/proxy_head.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "webserv/base/text.h"

namespace webserv::detail {
namespace {

using namespace std::literals;

const std::string signature = "\r\n\r\n\0\r\nQUIT\n"s;

std::string number(size_t value) { return {static_cast<char>(value >> 8), static_cast<char>(value & 0xff)}; }
std::string binary(char command, char family, std::string_view rest) {
  return signature + command + family + number(rest.size()) + std::string(rest);
}
std::string value(char type, std::string_view bytes) { return type + number(bytes.size()) + std::string(bytes); }

const std::string ipv4_addresses = "\xc0\x00\x02\x07\x0a\x00\x00\x01\x12\x67\x00\x50"s;
const std::string ipv6_addresses =
    "\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\x07" + std::string(15, '\0') + "\x01" + "\x12\x67\x00\x50"s;

// What is taken of a head in steps of up to `step` bytes: what it says, or what is wrong. Whatever stands behind it is
// left alone.
std::string read(std::string_view bytes, size_t step = 1'000'000) {
  ProxyHead head;
  for (size_t there = 0;;) {
    const auto missing = read_proxy_head(bytes.substr(0, there), head);
    if (!missing) return std::string(missing.error());
    if (*missing == 0) {
      if (there != bytes.size()) return "ends at " + std::to_string(there);
      break;
    }
    const size_t next = there + std::min(*missing, step);
    if (next > bytes.size()) return there == bytes.size() ? "more" : read(bytes, bytes.size() - there);
    there = next;
  }
  if (!head.client) return head.secure ? "nobody, by TLS" : "nobody";
  std::array<char, 46> text;
  std::string said = std::string(head.client->text(text)) + " " + std::to_string(head.client->port);
  return head.secure ? said + ", by TLS" : said;
}

struct Row {
  std::string bytes;
  std::string said;
};

void expect(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    for (size_t step : {1'000'000u, 1u, 2u, 3u, 7u}) EXPECT_EQ(read(row.bytes, step), row.said) << row.bytes << step;
  }
}

TEST(ProxyHead, lines_that_are_right) {
  expect({
      {"PROXY TCP4 192.0.2.7 10.0.0.1 4711 80\r\n", "192.0.2.7 4711"},
      {"PROXY TCP4 0.0.0.0 0.0.0.0 0 0\r\n", "0.0.0.0 0"},
      {"PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255 65535"},
      {"PROXY TCP6 2001:db8::7 ::1 4711 80\r\n", "2001:db8::7 4711"},
      {"PROXY TCP6 :: :: 0 0\r\n", ":: 0"},
      {"PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
       "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535"},
      {"PROXY TCP6 ::ffff:192.0.2.7 ::1 4711 80\r\n", "192.0.2.7 4711"},
      {"PROXY UNKNOWN\r\n", "nobody"},
      {"PROXY UNKNOWN \r\n", "nobody"},
      {"PROXY UNKNOWN ffff::1 what may be\r\r\n", "nobody"},
      {"PROXY UNKNOWN " + std::string(91, 'x') + "\r\n", "nobody"},
  });
}

TEST(ProxyHead, lines_that_are_wrong) {
  const std::string malformed = "the PROXY line is malformed";
  for (std::string line : {"PROXY \r\n..........",
                           "PROXY TCP4 192.0.2.7 10.0.0.1 4711\r\n",
                           "PROXY TCP4 192.0.2.7 10.0.0.1 4711 80 \r\n",
                           "PROXY TCP4 192.0.2.7 10.0.0.1 4711 80 1\r\n",
                           "PROXY TCP4  192.0.2.7 10.0.0.1 4711 80\r\n",
                           "PROXY TCP4 192.0.2.7 10.0.0.1 4711 80\n",
                           "PROXY TCP4 192.0.2.7 10.0.0.1 4711 65536\r\n",
                           "PROXY TCP4 192.0.2.7 10.0.0.1 04711 80\r\n",
                           "PROXY TCP4 192.0.2.7 10.0.0.1 -1 80\r\n",
                           "PROXY TCP4 192.0.2.7 10.0.0.1 4711 \r\n",
                           "PROXY TCP4 192.0.2.256 10.0.0.1 4711 80\r\n",
                           "PROXY TCP4 192.0.2.7 x 4711 80\r\n........",
                           "PROXY TCP4 2001:db8::7 ::1 4711 80\r\n",
                           "PROXY TCP6 192.0.2.7 10.0.0.1 4711 80\r\n",
                           "PROXY TCP6 [::1] ::1 4711 80\r\n",
                           "PROXY TCP7 192.0.2.7 10.0.0.1 4711 80\r\n",
                           "PROXY UDP4 192.0.2.7 10.0.0.1 4711 80\r\n",
                           "PROXY UNKNOWNX\r\n",
                           "PROXY tcp4 192.0.2.7 10.0.0.1 4711 80\r\n",
                           "PROXY UNKNOWN\n\r\n"}) {
    ProxyHead head;
    const auto at_once = read_proxy_head(line, head);
    EXPECT_TRUE(!at_once && at_once.error() == malformed) << line;
    EXPECT_EQ(read(line, 1), malformed) << line;
  }
  expect({{"PROXY UNKNOWN " + std::string(92, 'x') + "\r\n", "the PROXY line is too long"},
          {"PROXY UNKNOWN " + std::string(5000, 'x'), "the PROXY line is too long"}});
}

TEST(ProxyHead, what_begins_otherwise_is_none) {
  for (std::string_view bytes : {"G"sv, "GET / HTTP/1.1\r\n"sv, "PROXZ"sv, "proxy "sv, "PROXY\t"sv, "\r\n\r\nG"sv,
                                 "\n"sv, "\x16\x03\x01"sv, "\r\n\r\n\0\r\nQUIT\r"sv}) {
    EXPECT_EQ(read(bytes), "there is no PROXY head") << bytes;
  }
  EXPECT_EQ(read(""), "more");
  EXPECT_EQ(read("PROXY TCP4 192.0.2.7 10.0.0.1 4711 80\r"), "more");
  EXPECT_EQ(read(signature), "more");
}

TEST(ProxyHead, binary_heads_that_are_right) {
  expect({
      {binary('\x21', '\x11', ipv4_addresses), "192.0.2.7 4711"},
      {binary('\x21', '\x21', ipv6_addresses), "2001:db8::7 4711"},
      {binary('\x21', '\x21',
              std::string(10, '\0') + "\xff\xff\xc0\x00\x02\x07"s + std::string(16, '\0') + "\x12\x67\0\0"s),
       "192.0.2.7 4711"},
      // The connection is the proxy's own: whatever follows is skipped.
      {binary('\x20', '\0', ""), "nobody"},
      {binary('\x20', '\x11', ipv4_addresses), "nobody"},
      {binary('\x20', '\x7f', std::string(300, '\xff')), "nobody"},
      // Nothing that is of use here is said.
      {binary('\x21', '\0', ""), "nobody"},
      {binary('\x21', '\0', "anything"), "nobody"},
      {binary('\x21', '\x12', ipv4_addresses), "nobody"},
      {binary('\x21', '\x22', ipv6_addresses), "nobody"},
      {binary('\x21', '\x31', std::string(216, '/')), "nobody"},
      {binary('\x21', '\x32', std::string(216, '/')), "nobody"},
  });
}

TEST(ProxyHead, binary_heads_may_have_more) {
  const auto with = [](std::string_view more) { return binary('\x21', '\x11', ipv4_addresses + std::string(more)); };
  const std::string tls = "\x01\0\0\0\0"s + value('\x21', "TLSv1.3");
  expect({
      {with(value('\x04', "")), "192.0.2.7 4711"},
      {with(value('\xea', std::string(300, 'x')) + value('\x04', std::string(3, '\0'))), "192.0.2.7 4711"},
      {with(value('\x20', tls)), "192.0.2.7 4711, by TLS"},
      {with(value('\xee', "x") + value('\x20', tls) + value('\x03', "1234")), "192.0.2.7 4711, by TLS"},
      {with(value('\x20', "\0\0\0\0\0"sv)), "192.0.2.7 4711"},
      {with(value('\x20', "")), "192.0.2.7 4711"},
      {with(value('\xea', std::string(most_proxy_head - 16 - 12 - 3, 'x'))), "192.0.2.7 4711"},
      {with("\x04"), "what the PROXY head adds is malformed"},
      {with("\x04\0"sv), "what the PROXY head adds is malformed"},
      {with("\x04\0\x02x"sv), "what the PROXY head adds is malformed"},
      {with("\x04\xff\xffx"sv), "what the PROXY head adds is malformed"},
      {with(value('\xea', std::string(most_proxy_head - 16 - 12 - 2, 'x'))), "the PROXY head is too long"},
      {with(std::string(60'000, '\0')), "the PROXY head is too long"},
  });
}

TEST(ProxyHead, binary_heads_that_are_wrong) {
  expect({
      {binary('\x11', '\x11', ipv4_addresses), "the PROXY head has an unknown version"},
      {binary('\x31', '\x11', ipv4_addresses), "the PROXY head has an unknown version"},
      {binary('\x22', '\x11', ipv4_addresses), "the PROXY head has an unknown command"},
      {binary('\x2f', '\x11', ipv4_addresses), "the PROXY head has an unknown command"},
      {binary('\x21', '\x10', ipv4_addresses), "the PROXY head has an unknown family"},
      {binary('\x21', '\x01', ipv4_addresses), "the PROXY head has an unknown family"},
      {binary('\x21', '\x13', ipv4_addresses), "the PROXY head has an unknown family"},
      {binary('\x21', '\x41', ipv4_addresses), "the PROXY head has an unknown family"},
      {binary('\x21', '\x11', ipv4_addresses.substr(1)), "the PROXY head is too short for its addresses"},
      {binary('\x21', '\x11', ""), "the PROXY head is too short for its addresses"},
      {binary('\x21', '\x21', ipv4_addresses), "the PROXY head is too short for its addresses"},
      {binary('\x21', '\x31', std::string(215, '/')), "the PROXY head is too short for its addresses"},
  });
}

}  // namespace
}  // namespace webserv::detail
