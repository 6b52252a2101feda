// The server over real sockets: workers, spreading, drain and stop.
#include "webserv/server/server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <string>
#include <thread>
#include <vector>

#include "support/server_client.h"

namespace webserv::detail {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

using test::any_port;
using test::Client;
using test::Gate;
using test::get;
using test::get_close;

std::vector<Listener> one(Listener listener) {
  std::vector<Listener> all;
  all.push_back(std::move(listener));
  return all;
}

TEST(ServerTest, serves_a_closure_in_five_lines) {
  Server server(2, Address("127.0.0.1:0"),
                [](Request& request) { return text("you asked " + std::string(request.path())); });
  server.start();
  Client client(server.addresses().front());
  client.say("GET /for/this HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(client.hear_all(), EndsWith("you asked /for/this"));
}

TEST(ServerTest, tells_who_asks) {
  Server server(1, Address("127.0.0.1:0"), [](Request& request) {
    std::array<char, 46> room;
    return text(std::string(request.peer().text(room)) + " by " + std::string(request.listener()));
  });
  server.start();
  Client client(server.addresses().front());
  client.say(get_close);
  EXPECT_THAT(client.hear_all(), EndsWith("127.0.0.1 by http"));
}

TEST(ServerTest, spreads_connections_that_stay_over_its_workers) {
  constexpr unsigned workers = 4;
  constexpr size_t clients = 400;
  Server server(workers, Address("127.0.0.1:0"),
                [](Request& request) { return text("worker " + std::to_string(request.worker())); });
  server.start();
  std::vector<std::unique_ptr<Client>> all;
  std::array<size_t, workers> share{};
  for (size_t i = 0; i < clients; ++i) {
    // 256 connections is what one address may have: others of the loopback network are other clients.
    all.push_back(std::make_unique<Client>(server.addresses().front()));
    if (all.size() > 200) all.erase(all.begin());
    all.back()->say(get);
    ++share[static_cast<size_t>(all.back()->hear().back() - '0')];
  }
  for (size_t count : share) EXPECT_LE(count, clients / workers * 5 / 4);
}

TEST(ServerTest, refuses_more_connections_of_an_address_than_it_may_have) {
  Limits limits;
  limits.connections_per_client = 2;
  Server server(
      2, Address("127.0.0.1:0"), [](Request&) { return text("hello"); }, limits);
  server.start();
  std::string address = server.addresses().front();
  Client first(address);
  Client second(address);
  first.say(get);
  second.say(get);
  EXPECT_THAT(first.hear(), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(second.hear(), StartsWith("HTTP/1.1 200 "));
  Client third(address);
  EXPECT_THAT(third.hear_all(), StartsWith("HTTP/1.1 503 "));
}

TEST(ServerTest, lets_connections_wait_above_its_limit) {
  Limits limits;
  limits.connections = 1;
  Server server(
      2, Address("127.0.0.1:0"), [](Request&) { return text("hello"); }, limits);
  server.start();
  std::string address = server.addresses().front();
  auto first = std::make_unique<Client>(address);
  first->say(get);
  EXPECT_THAT(first->hear(), StartsWith("HTTP/1.1 200 "));
  Client second(address);
  ASSERT_TRUE(second.connected());
  second.say(get);
  first.reset();
  EXPECT_THAT(second.hear(), StartsWith("HTTP/1.1 200 "));
}

TEST(ServerTest, drains_requests_in_flight_and_loses_none_that_wait) {
  Gate gate;
  Listener listener = any_port();
  std::string address = listener.address();
  Fd kept(::dup(listener.fd()));  // as systemd keeps the socket
  Server server(2, one(Listener::adopt(Fd(::dup(listener.fd())), "http")), gate.handler());
  server.start();
  Client in_flight(address);
  in_flight.say(get);
  gate.wait_until_asked();
  server.drain();
  std::thread opener([&] { gate.open = true; });
  EXPECT_THAT(in_flight.hear_all(), HasSubstr("Connection: close\r\n"));
  server.wait();
  opener.join();

  Client next(address);
  ASSERT_TRUE(next.connected());
  next.say(get_close);
  Server successor(2, one(Listener::adopt(std::move(kept), "http")), [](Request&) { return text("successor"); });
  successor.start();
  EXPECT_THAT(next.hear_all(), EndsWith("successor"));
}

TEST(ServerTest, cuts_what_outlasts_the_drain) {
  Gate gate;
  Limits limits;
  limits.drain = std::chrono::milliseconds(100);
  Server server(2, Address("127.0.0.1:0"), gate.handler(), limits);
  server.start();
  Client client(server.addresses().front());
  client.say(get);
  gate.wait_until_asked();
  server.drain();
  server.wait();
  EXPECT_EQ(client.hear_all(), "");
}

TEST(ServerTest, ends_at_once_without_connections) {
  Server server(4, Address("127.0.0.1:0"), [](Request&) { return text("hello"); });
  server.start();
  server.drain();
  server.wait();
}

TEST(ServerTest, stop_cuts_everything) {
  Server server(2, Address("127.0.0.1:0"), [](Request&) { return text("hello"); });
  server.start();
  Client client(server.addresses().front());
  client.say(get);
  EXPECT_THAT(client.hear(), StartsWith("HTTP/1.1 200 "));
  server.stop();
  server.wait();
  EXPECT_TRUE(client.ended());
}

TEST(ServerTest, loses_no_answer_to_a_reset_when_it_refuses_a_body) {
  Server server(1, Address("127.0.0.1:0"), [](Request&) { return closing(text(std::string(50'000, 'x'))); });
  server.start();
  std::string large(400'000, 'b');
  for (int i = 0; i < 50; ++i) {
    Client client(server.addresses().front());
    client.say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 400000\r\n\r\n" + large);
    EXPECT_THAT(client.hear_all(), EndsWith("xxxx")) << i;
  }
}

TEST(ServerTest, answers_a_client_that_half_closes) {
  Server server(1, Address("127.0.0.1:0"), [](Request&) { return text("hello"); });
  server.start();
  Address to(server.addresses().front());
  Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(::connect(socket.get(), to.data(), to.size()), 0);
  ASSERT_EQ(::send(socket.get(), get.data(), get.size(), MSG_NOSIGNAL), static_cast<ssize_t>(get.size()));
  ASSERT_EQ(::shutdown(socket.get(), SHUT_WR), 0);
  std::array<char, 4096> bytes;
  ssize_t got = ::recv(socket.get(), bytes.data(), bytes.size(), 0);
  ASSERT_GT(got, 0);
  EXPECT_THAT(std::string(bytes.data(), static_cast<size_t>(got)), EndsWith("hello"));
  EXPECT_EQ(::recv(socket.get(), bytes.data(), bytes.size(), 0), 0);
}

}  // namespace
}  // namespace webserv::detail
