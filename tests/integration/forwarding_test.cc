// Who the client of a request is: whom a trusted proxy names, and nobody else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/conversation.h"
#include "support/log_lines.h"
#include "support/server_client.h"
#include "webserv/server/server.h"

namespace webserv::detail {
namespace {

using test::Client;
using test::Conversation;
using test::get;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

// What a handler sees of it.
Response tell(Request& request) {
  std::array<char, 46> address;
  std::string said(request.peer().text(address));
  said += ":" + std::to_string(request.peer().port) + (request.secure() ? " https" : " http");
  for (const Field& field : request.head().fields) {
    if (field.known == FieldName::forwarding) said.append(" ").append(field.name);
  }
  return text(said);
}

TrustedProxies trusting(std::string_view network) {
  return {.networks = {*parse_prefix(network)}, .unix_sockets = false};
}

Application application(Handler handler, std::string_view network, Limits limits = {}) {
  return {.handler = std::move(handler),
          .refusal = {},
          .limits = limits,
          .listeners = {{.name = "http", .trusted_proxies = trusting(network)}}};
}

// The connection of a Conversation comes from 192.0.2.7.
constexpr std::string_view the_peer = "192.0.2.0/24";

std::string request(std::string_view fields) { return "GET / HTTP/1.1\r\nHost: x\r\n" + std::string(fields) + "\r\n"; }

std::string ask(std::string_view trusted, std::string_view fields) {
  const std::string answer = Conversation(application(tell, trusted)).all_at_once(request(fields));
  return answer.substr(answer.find("\r\n\r\n") + 4);
}

TEST(ForwardingTest, a_trusted_proxy_names_the_client) {
  EXPECT_EQ(ask(the_peer, ""), "192.0.2.7:4711 http");
  EXPECT_EQ(ask(the_peer, "X-Forwarded-For: 203.0.113.9\r\n"), "203.0.113.9:0 http X-Forwarded-For");
  EXPECT_EQ(ask(the_peer, "X-Forwarded-For: 203.0.113.9:80\r\nX-Forwarded-Proto: https\r\n"),
            "203.0.113.9:80 https X-Forwarded-For X-Forwarded-Proto");
  EXPECT_EQ(ask(the_peer, "Forwarded: for=\"[2001:db8::9]:80\";proto=https\r\n"), "2001:db8::9:80 https Forwarded");
  EXPECT_EQ(ask(the_peer, "X-Forwarded-For: garbage\r\n"), "192.0.2.7:4711 http X-Forwarded-For");
}

TEST(ForwardingTest, fields_that_do_not_count_are_seen_by_nobody) {
  EXPECT_EQ(ask("198.51.100.0/24",
                "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\nx-forwarded-port: 1\r\n"
                "Forwarded: for=203.0.113.9\r\n"),
            "192.0.2.7:4711 http");
  EXPECT_EQ(ask(the_peer, "Forwarded: for=203.0.113.9\r\nX-Forwarded-For: 203.0.113.8\r\n"),
            "203.0.113.8:0 http X-Forwarded-For");
  Conversation nobody_is_trusted(tell);
  EXPECT_THAT(nobody_is_trusted.all_at_once(request("X-Forwarded-For: 203.0.113.9\r\n")),
              EndsWith("\r\n192.0.2.7:4711 http"));
}

TEST(ForwardingTest, each_request_of_a_connection_has_its_own_client) {
  Conversation conversation(application(tell, the_peer));
  const std::string answers =
      conversation.all_at_once(request("X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n") +
                               request("X-Forwarded-For: 203.0.113.8\r\n") + request(""));
  EXPECT_THAT(answers, HasSubstr("\r\n\r\n203.0.113.9:0 https X-Forwarded-For X-Forwarded-ProtoHTTP/1.1 200 "));
  EXPECT_THAT(answers, HasSubstr("\r\n\r\n203.0.113.8:0 http X-Forwarded-ForHTTP/1.1 200 "));
  EXPECT_THAT(answers, EndsWith("\r\n\r\n192.0.2.7:4711 http"));
}

TEST(ForwardingTest, a_body_and_ten_thousand_elements_do_no_harm) {
  std::string fields = "Content-Length: 5\r\nX-Forwarded-For: 1.1.1.1";
  for (int i = 0; i < 10'000; ++i) fields += ", 203.0.113.9";
  Limits limits;
  limits.head.head_size = 1 << 20;
  Conversation conversation(application(tell, the_peer, limits));
  EXPECT_THAT(conversation.all_at_once(request(fields + "\r\n") + "hello"), HasSubstr("\r\n\r\n203.0.113.9:0 http"));
}

// A server whose proxies are all of the loopback network but one.
constexpr std::string_view stranger = "127.1.0.1";

Application behind_proxies(Handler handler, uint64_t per_client) {
  Limits limits;
  limits.connections_per_client = per_client;
  return application(std::move(handler), "127.0.0.0/16", limits);
}

std::vector<Listener> one_listener() {
  std::vector<Listener> listeners;
  listeners.push_back(test::any_port());
  return listeners;
}

std::string named(std::string_view client) { return request("X-Forwarded-For: " + std::string(client) + "\r\n"); }

TEST(ForwardingTest, a_proxy_is_not_one_client) {
  Server server(2, one_listener(), std::make_shared<const Application>(behind_proxies(tell, 2)));
  server.start();
  std::vector<std::unique_ptr<Client>> all;
  for (int i = 0; i < 20; ++i) {
    all.push_back(std::make_unique<Client>(server.addresses().front()));
    all.back()->say(named("203.0.113.9"));
    EXPECT_THAT(all.back()->hear(), HasSubstr("203.0.113.9")) << i;
  }
  for (auto& each : all) each->say(get);
  for (auto& each : all) EXPECT_THAT(each->hear(), StartsWith("HTTP/1.1 200 "));
  // Others have their limit.
  all.clear();
  for (int i = 0; i < 2; ++i) {
    all.push_back(std::make_unique<Client>(server.addresses().front(), stranger));
    all.back()->say(get);
    EXPECT_THAT(all.back()->hear(), StartsWith("HTTP/1.1 200 "));
  }
  EXPECT_THAT(Client(server.addresses().front(), stranger).hear_all(), StartsWith("HTTP/1.1 503 "));
}

TEST(ForwardingTest, a_client_that_a_proxy_names_has_so_many_requests_at_a_time) {
  test::Gate gate;
  Handler slow = gate.handler();
  Handler both = [&](Request& each) -> Answer { return each.path() == "/slow" ? slow(each) : Answer(tell(each)); };
  Server server(2, one_listener(), std::make_shared<const Application>(behind_proxies(both, 2)));
  server.start();
  const std::string address = server.addresses().front();
  const auto ask_slowly = [&](Client& client, std::string_view who) {
    client.say("GET /slow HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: " + std::string(who) + "\r\n\r\n");
    gate.wait_until_asked();
    gate.asked = false;
  };
  Client first(address);
  Client second(address);
  ask_slowly(first, "203.0.113.9");
  ask_slowly(second, "203.0.113.9");
  Client third(address);
  third.say(named("203.0.113.9"));
  EXPECT_THAT(third.hear(), StartsWith("HTTP/1.1 503 "));
  // The connection is the proxy's, and goes on for others; so does one with a body.
  third.say("POST / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.9\r\nContent-Length: 5\r\n\r\nhello" +
            named("203.0.113.8"));
  std::string heard = third.hear();
  while (heard.find("203.0.113.8") == std::string::npos) {
    const std::string more = third.hear();
    ASSERT_NE(more, "") << heard;
    heard += more;
  }
  EXPECT_THAT(heard, StartsWith("HTTP/1.1 503 "));
  // What was asked counts until it is answered.
  gate.open = true;
  EXPECT_THAT(first.hear(), EndsWith("at last"));
  EXPECT_THAT(second.hear(), EndsWith("at last"));
  for (int i = 0; i < 100; ++i) {
    third.say(named("203.0.113.9"));
    heard = third.hear();
    if (heard.starts_with("HTTP/1.1 200 ")) break;
  }
  EXPECT_THAT(heard, StartsWith("HTTP/1.1 200 "));
}

TEST(ForwardingTest, requests_of_clients_that_are_gone_count_no_more) {
  test::Gate gate;
  Server server(1, one_listener(), std::make_shared<const Application>(behind_proxies(gate.handler(), 1)));
  server.start();
  const std::string address = server.addresses().front();
  {
    Client client(address);
    client.say(named("203.0.113.9"));
    gate.wait_until_asked();
  }
  Client other(address);
  other.say(named("203.0.113.9"));
  EXPECT_THAT(other.hear(), StartsWith("HTTP/1.1 503 ")) << "its handler is still at work";
  gate.open = true;
  for (std::string heard; !heard.starts_with("HTTP/1.1 200 "); heard = other.hear()) {
    ASSERT_THAT(heard, testing::AnyOf("", StartsWith("HTTP/1.1 503 ")));
    other.say(named("203.0.113.9"));
  }
}

TEST(ForwardingTest, what_looks_like_a_proxy_is_told_once) {
  test::LogLines lines;
  Limits limits;
  limits.connections_per_client = 1;
  Server server(1, one_listener(), std::make_shared<const Application>(Application{tell, {}, limits, {}}),
                {.events = &lines.log()});
  server.start();
  const std::string address = server.addresses().front();
  {
    Client first(address, stranger);
    first.say(get);
    first.hear();
    // It says nothing of a client.
    EXPECT_THAT(Client(address, stranger).hear_all(), StartsWith("HTTP/1.1 503 "));
    EXPECT_TRUE(lines.take().empty());
    first.say(named("203.0.113.9"));
    EXPECT_THAT(first.hear(), HasSubstr("\r\n\r\n127.1.0.1:"));
    for (int i = 0; i < 3; ++i) EXPECT_THAT(Client(address, stranger).hear_all(), StartsWith("HTTP/1.1 503 "));
  }
  const std::vector<std::string> told = lines.take();
  ASSERT_EQ(told.size(), 1u);
  for (std::string_view part : {"proxy_not_trusted", "`trusted_proxies`", "\"listener\":\"http\"", "127.1.0.1"}) {
    EXPECT_THAT(told.front(), HasSubstr(part));
  }
}

TEST(ForwardingTest, a_change_of_who_is_trusted_holds_for_connections_that_are_there) {
  Server server(1, one_listener(), std::make_shared<const Application>(behind_proxies(tell, 2)));
  server.start();
  Client client(server.addresses().front());
  client.say(named("203.0.113.9"));
  EXPECT_THAT(client.hear(), HasSubstr("203.0.113.9"));
  Application next = behind_proxies(tell, 2);
  next.listeners.clear();
  std::atomic<bool> done = false;
  server.replace(std::make_shared<const Application>(std::move(next)), [&] { done = true; });
  while (!done) std::this_thread::yield();
  client.say(named("203.0.113.9"));
  EXPECT_THAT(client.hear(), HasSubstr("\r\n\r\n127.0.0.1:"));
}

}  // namespace
}  // namespace webserv::detail
