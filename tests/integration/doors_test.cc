// Doors that nobody can hold shut: the limits of connections, in all and of one client, met by those who want to keep
// others out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "support/conversation.h"
#include "support/server_client.h"
#include "webserv/server/server.h"

namespace webserv::detail {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::Client;
using test::get;
using test::get_close;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

Response hello(Request&) { return text("hello"); }

// Of the loopback network all addresses are this machine's.
constexpr std::string_view stranger = "127.0.0.99";

TEST(DoorsTest, a_client_that_has_too_many_connections_is_told_before_it_asks) {
  Limits limits;
  limits.connections_per_client = 1;
  Server server(2, Address("127.0.0.1:0"), hello, limits);
  server.start();
  Client first(server.addresses().front());
  first.say(get);
  EXPECT_THAT(first.hear(), StartsWith("HTTP/1.1 200 "));
  Client second(server.addresses().front());
  const std::string heard = second.hear_all();
  EXPECT_THAT(heard, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(heard, HasSubstr("Connection: close\r\n"));
}

TEST(DoorsTest, one_client_takes_no_place_of_others_however_it_dribbles) {
  Limits limits;
  limits.connections = 60;
  limits.connections_per_client = 5;
  Server server(2, Address("127.0.0.1:0"), hello, limits);
  server.start();
  const std::string address = server.addresses().front();
  std::vector<std::unique_ptr<Client>> all;
  for (int i = 0; i < 300; ++i) {
    all.push_back(std::make_unique<Client>(address));
    all.back()->dribble();
  }
  for (int round = 0; round < 5; ++round) {
    for (auto& each : all) each->dribble();
    Client other(address, stranger);
    other.say(get_close);
    EXPECT_THAT(other.hear_all(), EndsWith("hello")) << round;
  }
}

TEST(DoorsTest, of_those_who_are_turned_away_few_are_told_and_the_others_are_reset) {
  Limits limits;
  limits.connections_per_client = 1;
  Server server(1, Address("127.0.0.1:0"), hello, limits);
  server.start();
  const std::string address = server.addresses().front();
  Client first(address);
  first.say(get);
  EXPECT_THAT(first.hear(), StartsWith("HTTP/1.1 200 "));
  std::vector<std::unique_ptr<Client>> all;
  for (uint64_t i = 0; i < most_turned_away + 20; ++i) all.push_back(std::make_unique<Client>(address));
  uint64_t told = 0;
  for (auto& each : all) told += each->hear().starts_with("HTTP/1.1 503 ") ? 1 : 0;
  EXPECT_GE(told, most_turned_away);
  EXPECT_LT(told, all.size()) << "a server that tells all of them keeps a connection for each";
}

TEST(DoorsTest, those_who_were_turned_away_leave_their_places_to_others) {
  Limits limits;
  limits.connections_per_client = 1;
  limits.drain = std::chrono::hours(1);
  Server server(2, Address("127.0.0.1:0"), hello, limits);
  server.start();
  const std::string address = server.addresses().front();
  auto first = std::make_unique<Client>(address);
  first->say(get);
  EXPECT_THAT(first->hear(), StartsWith("HTTP/1.1 200 "));
  // More than the server tells at once, each of which is gone before the next one comes but for its worker's next turn.
  uint64_t told = 0;
  for (uint64_t i = 0; i < 3 * most_turned_away; ++i) {
    told += Client(address).hear_all().starts_with("HTTP/1.1 503 ") ? 1 : 0;
  }
  EXPECT_GT(told, most_turned_away);
  first.reset();
  // It is counted no more soon, and they never were.
  std::string heard;
  for (int i = 0; i < 1000 && !heard.ends_with("hello"); ++i) {
    Client next(address);
    next.say(get_close);
    heard = next.hear_all();
  }
  EXPECT_THAT(heard, EndsWith("hello"));
  // Ends at once where nobody is counted any more.
  server.drain();
  server.wait();
}

struct TurnedAwayTest : testing::Test {
  test::Conversation conversation{hello};
  test::MemoryStream& stream = conversation.stream();
};

TEST_F(TurnedAwayTest, its_connection_lasts_no_second) {
  conversation.session().turn_away();
  conversation.start();
  EXPECT_THAT(stream.output(), StartsWith("HTTP/1.1 503 "));
  EXPECT_TRUE(stream.output_ended());
  for (int i = 0; i < 9; ++i) {
    conversation.pass(milliseconds(100));
    conversation.feed("x");
  }
  conversation.pass(milliseconds(100));
  EXPECT_TRUE(stream.closed());
}

TEST(DoorsTest, connections_that_idle_longest_make_room_for_others) {
  constexpr size_t most = 40;
  Limits limits;
  limits.connections = most;
  // Each worker closes those of its own that have idled longest.
  Server server(1, Address("127.0.0.1:0"), hello, limits);
  server.start();
  const std::string address = server.addresses().front();
  std::vector<std::unique_ptr<Client>> idle;
  for (size_t i = 0; i < most; ++i) {
    // The last one has idled less, also by a clock that ticks every few milliseconds.
    if (i + 1 == most) std::this_thread::sleep_for(milliseconds(50));
    idle.push_back(std::make_unique<Client>(address));
    idle.back()->say(get);
    EXPECT_THAT(idle.back()->hear(), EndsWith("hello"));
  }
  // With the default limits they may idle for 15 seconds, and would not be seen to end before.
  Client other(address, stranger);
  other.say(get_close);
  EXPECT_THAT(other.hear_all(), EndsWith("hello"));
  size_t alive = 0;
  for (auto& each : idle) alive += each->is_silent() ? 1 : 0;
  EXPECT_GE(alive, most / 2) << "a few at a time";
  EXPECT_LT(alive, most);
  EXPECT_TRUE(idle.back()->is_silent()) << "the one that idles for the shortest time is not among them";
}

TEST(DoorsTest, a_connection_that_is_at_work_makes_no_room) {
  test::Gate gate;
  Limits limits;
  limits.connections = 2;
  auto handler = gate.handler();
  Server server(
      1, Address("127.0.0.1:0"),
      [handler](Request& request) -> Answer {
        if (request.path() == "/wait") return handler(request);
        return text("hello");
      },
      limits);
  server.start();
  const std::string address = server.addresses().front();
  Client busy(address);
  busy.say("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
  gate.wait_until_asked();
  Client idle(address);
  idle.say(get);
  EXPECT_THAT(idle.hear(), EndsWith("hello"));
  Client other(address, stranger);
  other.say(get);
  EXPECT_THAT(other.hear(), EndsWith("hello"));
  EXPECT_TRUE(idle.ended());
  gate.open = true;
  EXPECT_THAT(busy.hear(), EndsWith("at last"));
}

TEST(ServerLifeTest, a_server_starts_once_and_says_so) {
  Server server(1, Address("127.0.0.1:0"), hello);
  server.start();
  EXPECT_THROW(server.start(), std::logic_error);
  server.stop();
  server.wait();
  try {
    server.start();
    ADD_FAILURE() << "it would hang, or serve nobody";
  } catch (const std::logic_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("make another one"));
  }
}

}  // namespace
}  // namespace webserv::detail
