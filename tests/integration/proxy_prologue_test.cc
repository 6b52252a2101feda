// Connections that begin with a head of the PROXY protocol, and those that should.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/log_lines.h"
#include "support/server_client.h"
#include "webserv/server/proxy_prologue.h"
#include "webserv/server/server.h"
#include "webserv/server/worker_connection.h"
#include "webserv/server/worker_context.h"

namespace webserv::detail {
namespace {

using namespace std::literals;
using std::chrono::seconds;
using test::Client;
using test::get;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

const std::string line = "PROXY TCP4 203.0.113.9 10.0.0.1 4711 80\r\n";
const std::string signature = "\r\n\r\n\0\r\nQUIT\n"s;
const std::string binary = signature + "\x21\x11\0\x14\xcb\x00\x71\x09\x0a\x00\x00\x01\x12\x67\x00\x50\xee\0\x05other"s;
const std::string by_tls =
    signature + "\x21\x11\0\x14\xcb\x00\x71\x09\x0a\x00\x00\x01\x12\x67\x00\x50\x20\0\x05\x01\0\0\0\0"s;
const std::string local = signature + "\x20\x11\0\x0c\xcb\x00\x71\x09\x0a\x00\x00\x01\x12\x67\x00\x50"s;

Response tell(Request& request) {
  std::array<char, 46> address;
  std::string said(request.peer().text(address));
  return text(said + ":" + std::to_string(request.peer().port) + (request.secure() ? " https" : " http"));
}

// One connection, with a clock that stands still. Its owner lets `most` connections of a client in.
class ProxyPrologueTest : public testing::Test, private ConnectionOwner {
 protected:
  using Kind = WorkerConnection::Kind;
  ProxyPrologueTest() { worker_.owner = this; }

  void begin(Kind kind = Kind::of_proxy) {
    std::array<int, 2> ends{-1, -1};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()), 0);
    client_ = Fd(ends[1]);
    connection_ = std::make_unique<WorkerConnection>(worker_, Fd(ends[0]), Peer(), info_, kind);
    connection_->start();
    turn();
  }
  void say(std::string_view bytes) {
    ASSERT_EQ(::send(client_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
    turn();
  }
  std::string hear() {
    std::array<char, 65536> bytes;
    const ssize_t got = ::recv(client_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    turn();
    return {bytes.data(), got > 0 ? static_cast<size_t>(got) : 0};
  }
  void pass(Clock::duration time) {
    clock_.advance(time);
    turn();
  }
  void turn() {
    for (int i = 0; i < 8; ++i) loop_.turn(Clock::duration(0));
  }
  bool ended() const { return connection_ == nullptr; }
  // What is told of it, if anything is.
  std::string told() {
    std::string all;
    for (const std::string& each : lines_.take()) all += each + "\n";
    return all;
  }

  test::LogLines lines_;
  FakeClock clock_;
  Loop loop_{clock_};
  Limits limits_;
  Handler handler_ = tell;
  WorkerContext worker_{
      loop_,
      0,
      std::make_shared<const Application>(Application{[this](Request& r) { return handler_(r); }, {}, limits_, {}}),
      {.events = &lines_.log()}};
  ListenerInfo info_{.name = "front", .prologue = read_proxy_prologue};
  Fd client_{-1};
  std::unique_ptr<WorkerConnection> connection_;
  bool lets_in_ = true;
  Kind next_kind_ = Kind::served;

 private:
  void remove(WorkerConnection& connection) override {
    ASSERT_EQ(&connection, connection_.get());
    connection_.reset();
  }
  bool name_client(WorkerConnection& connection, const Peer& client) override {
    if (lets_in_) connection.become(client, next_kind_);
    return lets_in_;
  }
  bool enter(const Peer&) override { return true; }
  void leave(const Peer&) override {}
};

TEST_F(ProxyPrologueTest, the_client_is_the_one_that_the_head_names) {
  const std::pair<std::string, std::string> rows[] = {{line, "203.0.113.9:4711 http"},
                                                      {binary, "203.0.113.9:4711 http"},
                                                      {by_tls, "203.0.113.9:4711 https"},
                                                      {local, "unix:0 http"},
                                                      {"PROXY UNKNOWN\r\n", "unix:0 http"}};
  for (const auto& [head, said] : rows) {
    begin();
    say(head + get + get);
    const std::string answers = hear();
    EXPECT_THAT(answers, HasSubstr(said + "HTTP/1.1 200 ")) << head;
    EXPECT_THAT(answers, EndsWith(said)) << head;
    EXPECT_EQ(told(), "");
  }
}

TEST_F(ProxyPrologueTest, a_head_may_be_split_anywhere) {
  for (const std::string& head : {line, binary}) {
    const std::string whole = head + get;
    for (size_t cut = 1; cut < whole.size(); ++cut) {
      begin();
      say(whole.substr(0, cut));
      say(whole.substr(cut));
      EXPECT_THAT(hear(), EndsWith("203.0.113.9:4711 http")) << cut;
    }
    begin();
    for (char c : whole) say({&c, 1});
    EXPECT_THAT(hear(), EndsWith("203.0.113.9:4711 http"));
  }
}

TEST_F(ProxyPrologueTest, what_is_no_head_ends_the_connection_and_is_told_once_in_a_while) {
  const std::pair<std::string, std::string> rows[] = {
      {get, "there is no PROXY head"},
      {"G", "there is no PROXY head"},
      {"PROXY TCP4 1.1.1.1\r\n" + get, "the PROXY line is malformed"},
      {signature + "\x21\x11\0\x04\xcb\x00\x71\x09"s, "the PROXY head is too short for its addresses"},
      {signature + "\x21\x11\xff\xff"s, "the PROXY head is too long"},
      {signature + "\x21\x11\0\x0d\xcb\x00\x71\x09\x0a\x00\x00\x01\x12\x67\x00\x50\xee"s, "what the PROXY head adds"},
  };
  for (const auto& [head, why] : rows) {
    begin();
    say(head);
    EXPECT_TRUE(ended()) << head;
    EXPECT_EQ(hear(), "");
    const std::string event = told();
    EXPECT_THAT(event, HasSubstr("proxy_refused")) << head;
    EXPECT_THAT(event, HasSubstr(why));
    begin();
    say(head);
    EXPECT_TRUE(ended());
    EXPECT_EQ(told(), "") << "an attacker fills the log";
    pass(seconds(61));
  }
}

TEST_F(ProxyPrologueTest, a_head_that_is_late_ends_the_connection) {
  for (std::string_view begun : {""sv, "PROXY TCP4 "sv}) {
    begin();
    if (!begun.empty()) say(begun);
    pass(proxy_head_time - seconds(1));
    EXPECT_FALSE(ended());
    if (!begun.empty()) say("1");
    pass(seconds(2));
    EXPECT_TRUE(ended()) << "every byte moves the deadline";
    EXPECT_THAT(told(), HasSubstr("the PROXY head came too slowly"));
    pass(seconds(61));
  }
}

TEST_F(ProxyPrologueTest, who_looks_whether_the_port_is_open_is_not_told_of) {
  begin();
  client_ = Fd(-1);
  turn();
  EXPECT_TRUE(ended());
  EXPECT_EQ(told(), "");
  begin();
  say("PROXY");
  client_ = Fd(-1);
  turn();
  EXPECT_TRUE(ended());
  EXPECT_THAT(told(), HasSubstr("the PROXY head is cut off"));
}

TEST_F(ProxyPrologueTest, of_those_who_are_not_trusted_no_head_is_read) {
  begin(Kind::served);
  EXPECT_TRUE(ended());
  EXPECT_THAT(told(), HasSubstr("`trusted_proxies`"));
}

TEST_F(ProxyPrologueTest, a_client_that_has_too_many_is_told_so_behind_its_head) {
  next_kind_ = Kind::turned_away;
  begin();
  say(line);
  EXPECT_THAT(hear(), StartsWith("HTTP/1.1 503 "));
  lets_in_ = false;
  begin();
  say(line + get);
  EXPECT_TRUE(ended());
  EXPECT_EQ(hear(), "");
}

TEST_F(ProxyPrologueTest, connections_of_proxies_are_kept_longer_than_those_of_clients) {
  begin();
  pass(seconds(4));
  say(line);
  // Before the first request, too: some connect before they have one.
  for (int i = 0; i < 2; ++i) {
    pass(seconds(60));
    ASSERT_FALSE(ended());
    say(get);
    EXPECT_THAT(hear(), StartsWith("HTTP/1.1 200 "));
  }
  pass(limits_.proxy_idle + seconds(1));
  EXPECT_TRUE(ended());
}

TEST_F(ProxyPrologueTest, a_proxy_that_has_enough_is_waited_for) {
  handler_ = [](Request&) { return text(std::string(4 << 20, 'x')); };
  begin();
  say(line + get);
  hear();
  pass(limits_.route.write + seconds(60));
  EXPECT_FALSE(ended());
  EXPECT_NE(hear(), "");
  // When it was last seen to take something is looked at only when the time has passed.
  for (int i = 0; i < 3; ++i) pass(limits_.route.proxy_write + seconds(1));
  EXPECT_TRUE(ended());
}

TEST(ProxyPrologueServerTest, connections_count_for_the_client_that_the_head_names) {
  Limits limits;
  limits.connections_per_client = 2;
  Application application{.handler = tell, .refusal = {}, .limits = limits, .listeners = {}};
  ListenerRules rules{.name = "http", .trusted_proxies = {}, .proxy_protocol = true};
  rules.trusted_proxies.networks.push_back(*parse_prefix("127.0.0.0/16"));
  application.listeners.push_back(rules);
  std::vector<Listener> listeners;
  listeners.push_back(test::any_port());
  Server server(2, std::move(listeners), std::make_shared<const Application>(application));
  server.start();
  const std::string address = server.addresses().front();
  for (int round = 0; round < 3; ++round) {
    std::vector<std::unique_ptr<Client>> all;
    for (std::string_view client : {"203.0.113.9", "203.0.113.9", "203.0.113.8", "203.0.113.8"}) {
      all.push_back(std::make_unique<Client>(address));
      const std::string head = "PROXY TCP4 " + std::string(client) + " 10.0.0.1 1 80\r\n";
      // Those of the round before may not be over yet.
      for (std::string heard; !heard.starts_with("HTTP/1.1 200 ");) {
        if (!heard.empty()) all.back() = std::make_unique<Client>(address);
        all.back()->say(head + get);
        heard = all.back()->hear();
        ASSERT_NE(heard, "");
      }
    }
    Client more(address);
    more.say("PROXY TCP4 203.0.113.9 10.0.0.1 1 80\r\n");
    EXPECT_THAT(more.hear_all(), StartsWith("HTTP/1.1 503 "));
    // The proxy's own have no limit.
    for (int i = 0; i < 5; ++i) {
      all.push_back(std::make_unique<Client>(address));
      all.back()->say(local + get);
      EXPECT_THAT(all.back()->hear(), StartsWith("HTTP/1.1 200 "));
    }
  }
  EXPECT_EQ(Client(address, "127.1.0.1").hear_all(), "");
}

}  // namespace
}  // namespace webserv::detail
