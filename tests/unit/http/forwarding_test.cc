#include "webserv/http/forwarding.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace webserv {
namespace {

using namespace std::literals;

struct Line {
  std::string_view name;
  std::string_view value;
};
using Lines = std::vector<Line>;

Fields fields_of(const Lines& lines) {
  Fields fields;
  for (const Line& line : lines) fields.add({line.name, line.value, field_name(line.name)});
  return fields;
}

std::string text_of(const Peer& peer) {
  std::array<char, 46> buffer;
  std::string text(peer.text(buffer));
  return peer.port == 0 ? text : text + " " + std::to_string(peer.port);
}

std::string text_of(const Forwarding& told) {
  constexpr std::string_view schemes[] = {"", ", http", ", https"};
  return text_of(told.client).append(schemes[static_cast<size_t>(told.scheme)]);
}

// Who has connected, and others like it.
TrustedProxies trusted() {
  TrustedProxies all{.networks = {}, .unix_sockets = true};
  for (std::string_view text : {"127.0.0.0/8", "10.0.0.0/8", "fd00::/8"}) all.networks.push_back(*parse_prefix(text));
  return all;
}
const Peer proxy = *parse_ip_address("127.0.0.1");

std::string read(const Lines& lines) { return text_of(read_forwarding(fields_of(lines), proxy, trusted())); }

struct Row {
  std::string_view value;
  std::string_view client;
};

// Rows that both kinds of fields have alike are written as X-Forwarded-For has them.
TEST(Forwarding, x_forwarded_for_is_read_from_the_right_to_the_first_who_is_not_trusted) {
  const Row rows[] = {
      {"192.0.2.7", "192.0.2.7"},
      {"203.0.113.1, 192.0.2.7", "192.0.2.7"},
      {"192.0.2.7, 10.0.0.1", "192.0.2.7"},
      {"203.0.113.1,192.0.2.7,10.0.0.1 ,\t127.0.0.2", "192.0.2.7"},
      {"10.0.0.3, 10.0.0.2", "10.0.0.3"},
      {"192.0.2.7:4711", "192.0.2.7 4711"},
      {"2001:db8::7", "2001:db8::7"},
      {"[2001:db8::7]", "2001:db8::7"},
      {"[2001:db8::7]:4711", "2001:db8::7 4711"},
      {"::ffff:192.0.2.7", "192.0.2.7"},
      {"192.0.2.7, ::ffff:10.0.0.1", "192.0.2.7"},
      {"192.0.2.7, fd00::1", "192.0.2.7"},
      {"192.0.2.7, unix:", "192.0.2.7"},
      {"10.0.0.1, unix:", "10.0.0.1"},
      {"unix:", "unix"},
      // What is no address ends it: whoever stands left of it may be anybody.
      {"", "127.0.0.1"},
      {"192.0.2.7,", "127.0.0.1"},
      {"192.0.2.7, , 10.0.0.1", "10.0.0.1"},
      {"192.0.2.7, unknown", "127.0.0.1"},
      {"192.0.2.7, unknown, 10.0.0.1", "10.0.0.1"},
      {"192.0.2.7, _hidden, 10.0.0.1", "10.0.0.1"},
      {"192.0.2.7, garbage", "127.0.0.1"},
      {"192.0.2.7, 10.0.0.1x", "127.0.0.1"},
      {"192.0.2.7, 10.0.0.1 10.0.0.2", "127.0.0.1"},
      {"192.0.2.7, 10.0.0.1:", "127.0.0.1"},
      {"192.0.2.7, 10.0.0.1:65536", "127.0.0.1"},
      {"192.0.2.7, 10.0.0.1:000080", "127.0.0.1"},
      {"192.0.2.7, 10.0.0.1:-1", "127.0.0.1"},
      {"192.0.2.7, 010.0.0.1", "127.0.0.1"},
      {"192.0.2.7, 10.1", "127.0.0.1"},
      {"192.0.2.7, [10.0.0.1]", "127.0.0.1"},
      {"192.0.2.7, [fd00::1", "127.0.0.1"},
      {"192.0.2.7, [fd00::1]x", "127.0.0.1"},
      {"192.0.2.7, fd00::1%eth0", "127.0.0.1"},
      {"192.0.2.7, \"10.0.0.1\"", "127.0.0.1"},
      {"192.0.2.7, for=10.0.0.1", "127.0.0.1"},
      {"192.0.2.7; 10.0.0.1", "127.0.0.1"},
      {"garbage, 192.0.2.7", "192.0.2.7"},
      {"192.0.2.7, unix", "127.0.0.1"},
  };
  for (const Row& row : rows) EXPECT_EQ(read({{"X-Forwarded-For", row.value}}), row.client) << row.value;
}

TEST(Forwarding, forwarded_is_read_in_all_its_forms) {
  const Row rows[] = {
      {"for=192.0.2.7", "192.0.2.7"},
      {"For=192.0.2.7;Proto=HTTPS;by=203.0.113.43;host=x", "192.0.2.7, https"},
      {"proto=http; for=192.0.2.7", "192.0.2.7, http"},
      {"for=203.0.113.1, for=192.0.2.7, for=10.0.0.1", "192.0.2.7"},
      {"for=192.0.2.7;proto=https, for=10.0.0.1;proto=http", "192.0.2.7, https"},
      {"for=192.0.2.7, for=10.0.0.1;proto=http", "192.0.2.7"},
      {"for=\"192.0.2.7:4711\"", "192.0.2.7 4711"},
      {"for=192.0.2.7:4711", "192.0.2.7 4711"},
      {"for=\"192.0.2.7:_port\"", "192.0.2.7"},
      {"for=\"[2001:db8::7]\"", "2001:db8::7"},
      {"for=\"[2001:db8::7]:4711\";proto=https", "2001:db8::7 4711, https"},
      {"for=\"[::ffff:192.0.2.7]:80\"", "192.0.2.7 80"},
      {"for=\"\\1\\92.0.2.7\"", "192.0.2.7"},
      {"host=\"a,b\\\";c\";for=192.0.2.7;;", "192.0.2.7"},
      {"for=192.0.2.7, host=\"a, for=203.0.113.1\\\\\";for=10.0.0.1", "192.0.2.7"},
      // A proxy that hides its client is believed in what it says besides.
      {"for=192.0.2.7, for=unknown;proto=https", "127.0.0.1, https"},
      {"for=192.0.2.7, for=_hidden;proto=https, for=10.0.0.1", "10.0.0.1, https"},
      {"for=192.0.2.7, for=\"_hidden:_port\"", "127.0.0.1"},
      {"for=192.0.2.7, proto=https", "127.0.0.1, https"},
      {"", "127.0.0.1"},
      {"for=192.0.2.7,", "127.0.0.1"},
      {"for=192.0.2.7, garbage", "127.0.0.1"},
      {"for=192.0.2.7, for=", "127.0.0.1"},
      {"for=192.0.2.7, for =10.0.0.1", "127.0.0.1"},
      {"for=192.0.2.7, for= 10.0.0.1", "127.0.0.1"},
      {"for=192.0.2.7, for=10.0.0.1;for=10.0.0.2", "127.0.0.1"},
      {"for=192.0.2.7, for=10.0.0.1;proto=http;proto=https", "127.0.0.1"},
      {"for=192.0.2.7, for=10.0.0.1 proto=http", "127.0.0.1"},
      {"for=192.0.2.7, for=\"10.0.0.1\"x", "127.0.0.1"},
      {"for=192.0.2.7, for=fd00::1", "127.0.0.1"},
      {"for=192.0.2.7, for=\"fd00::1\"", "127.0.0.1"},
      {"for=192.0.2.7, for=\"10.0.0.1\\", "127.0.0.1"},
      {"for=192.0.2.7, for=10.0.0.1\"", "127.0.0.1"},
      {"for=192.0.2.7, for=unix:", "127.0.0.1"},
      {"192.0.2.7", "127.0.0.1"},
      // What a client has begun to quote hides nothing of what a proxy adds.
      {"for=\"evil, for=192.0.2.7", "192.0.2.7"},
      {"for=\"evil, for=\"[2001:db8::7]:80\"", "2001:db8::7 80"},
      {"for=evil\\, for=192.0.2.7", "192.0.2.7"},
      {"for=\"evil\\\", for=\"192.0.2.7\"", "192.0.2.7"},
  };
  for (const Row& row : rows) EXPECT_EQ(read({{"Forwarded", row.value}}), row.client) << row.value;
}

TEST(Forwarding, several_lines_are_one_list) {
  EXPECT_EQ(read({{"X-Forwarded-For", "203.0.113.1"}, {"x-forwarded-for", "192.0.2.7"}}), "192.0.2.7");
  EXPECT_EQ(read({{"X-Forwarded-For", "203.0.113.1, 192.0.2.7"}, {"A", "b"}, {"X-FORWARDED-FOR", "10.0.0.1"}}),
            "192.0.2.7");
  EXPECT_EQ(read({{"X-Forwarded-For", "192.0.2.7"}, {"X-Forwarded-For", ""}}), "127.0.0.1");
  EXPECT_EQ(read({{"X-Forwarded-For", ""}, {"X-Forwarded-For", "192.0.2.7"}}), "192.0.2.7");
  EXPECT_EQ(read({{"Forwarded", "for=\"evil"}, {"Forwarded", "for=192.0.2.7;proto=https"}}), "192.0.2.7, https");
}

TEST(Forwarding, the_scheme_is_that_of_the_clients_element) {
  struct Case {
    std::string_view clients;
    std::string_view schemes;
    std::string_view told;
  };
  const Case cases[] = {
      {"192.0.2.7", "https", "192.0.2.7, https"},
      {"192.0.2.7", "HTTP", "192.0.2.7, http"},
      {"192.0.2.7", "wss", "192.0.2.7, https"},
      {"192.0.2.7", "gopher", "192.0.2.7"},
      {"192.0.2.7", "", "192.0.2.7"},
      // The client has written the first one.
      {"203.0.113.1, 192.0.2.7", "https, http", "192.0.2.7, http"},
      {"192.0.2.7, 10.0.0.1", "https, http", "192.0.2.7, https"},
      {"192.0.2.7, 10.0.0.1", "https", "192.0.2.7, https"},
      {"192.0.2.7, 10.0.0.1", "http, https, http", "192.0.2.7, https"},
      {"unknown", "https", "127.0.0.1, https"},
      {"192.0.2.7, unknown", "http, https", "127.0.0.1, https"},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(read({{"X-Forwarded-For", each.clients}, {"X-Forwarded-Proto", each.schemes}}), each.told)
        << each.clients << " | " << each.schemes;
  }
  EXPECT_EQ(read({{"X-Forwarded-Proto", "https"}}), "127.0.0.1, https");
  EXPECT_EQ(read({{"X-Forwarded-Proto", "https"}, {"X-Forwarded-Proto", "http"}}), "127.0.0.1, http");
}

// nginx, Caddy, HAProxy and others write X-Forwarded-For, and pass on a Forwarded that a client has made up.
TEST(Forwarding, x_forwarded_for_counts_before_forwarded) {
  const Lines both = {{"Forwarded", "for=203.0.113.1;proto=https"}, {"X-Forwarded-For", "192.0.2.7"}};
  EXPECT_EQ(read(both), "192.0.2.7");
  EXPECT_EQ(read({{"Forwarded", "for=192.0.2.7;proto=http"}, {"X-Forwarded-Proto", "https"}}), "192.0.2.7, http");
}

TEST(Forwarding, says_nothing_where_there_are_no_fields) {
  const Forwarding told = read_forwarding(fields_of({{"Host", "x"}}), proxy, trusted());
  EXPECT_EQ(told, (Forwarding{.client = proxy}));
}

TEST(Forwarding, long_lists_are_little_work) {
  std::string of_strangers;
  std::string of_proxies;
  std::string quoted;
  for (int i = 0; i < 10'000; ++i) {
    of_strangers += "203.0.113.1, ";
    of_proxies += ", 10.0.0.1";
    quoted += "for=\"\\\"";
  }
  EXPECT_EQ(read({{"X-Forwarded-For", of_strangers + "192.0.2.7"}}), "192.0.2.7");
  EXPECT_EQ(read({{"X-Forwarded-For", "192.0.2.7" + of_proxies}}), "10.0.0.1") << "so many proxies there are not";
  EXPECT_EQ(read({{"Forwarded", quoted}}), "127.0.0.1");
  EXPECT_EQ(read({{"Forwarded", std::string(100'000, '"')}}), "127.0.0.1");
  EXPECT_EQ(read({{"Forwarded", "for=" + std::string(100'000, '\\') + "\""}}), "127.0.0.1");
}

TEST(Forwarding, only_fields_that_count_are_kept) {
  const Fields fields = fields_of({{"Host", "x"},
                                   {"Forwarded", "for=1.2.3.4"},
                                   {"X-Forwarded-For", "1.2.3.4"},
                                   {"X-Real", "y"},
                                   {"x-forwarded-port", "1"},
                                   {"FORWARDED", "for=5.6.7.8"}});
  const auto names = [&](Forwarding::Source source) {
    std::string text;
    for (const Field& field : keep_forwarding(fields, source)) text.append(field.name).append(" ");
    return text;
  };
  EXPECT_EQ(names(Forwarding::Source::none), "Host X-Real ");
  EXPECT_EQ(names(Forwarding::Source::forwarded), "Host Forwarded X-Real FORWARDED ");
  EXPECT_EQ(names(Forwarding::Source::x_forwarded), "Host X-Forwarded-For X-Real x-forwarded-port ");
}

}  // namespace
}  // namespace webserv
