// What a server serves is replaced while it runs: the application, its limits, its listeners.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "support/conversation.h"
#include "support/server_client.h"
#include "webserv/server/server.h"

namespace webserv::detail {
namespace {

using test::any_port;
using test::Client;
using test::Conversation;
using test::Gate;
using test::get;
using test::get_close;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::shared_ptr<const Application> application(Handler handler, Limits limits = {}) {
  return std::make_shared<const Application>(Application{std::move(handler), {}, limits});
}

Handler says(std::string words) {
  return [words = std::move(words)](Request&) { return text(words); };
}

// "words by the listener's name"
Handler names_listener(std::string words) {
  return
      [words = std::move(words)](Request& request) { return text(words + " by " + std::string(request.listener())); };
}

// Waits until every worker has taken the change over.
class Taken {
 public:
  Server::Done done() {
    return [this] { promise_.set_value(); };
  }
  void wait() { promise_.get_future().wait(); }

 private:
  std::promise<void> promise_;
};

void replace(Server& server, std::shared_ptr<const Application> application) {
  Taken taken;
  server.replace(std::move(application), taken.done());
  taken.wait();
}

void listen(Server& server, std::vector<Listener> listeners) {
  Taken taken;
  server.listen(std::move(listeners), taken.done());
  taken.wait();
}

TEST(ReplaceTest, a_new_request_on_a_kept_connection_sees_the_new_application) {
  Server server(2, Address("127.0.0.1:0"), says("old"));
  server.start();
  Client kept(server.addresses().front());
  kept.say(get);
  EXPECT_THAT(kept.hear(), EndsWith("old"));
  replace(server, application(says("new")));
  kept.say(get);
  EXPECT_THAT(kept.hear(), EndsWith("new"));
  Client other(server.addresses().front());
  other.say(get);
  EXPECT_THAT(other.hear(), EndsWith("new"));
}

TEST(ReplaceTest, a_closure_is_replaced_with_the_limits_of_before) {
  Limits limits;
  limits.requests_per_connection = 1;
  Server server(1, Address("127.0.0.1:0"), says("old"), limits);
  server.start();
  Taken taken;
  server.replace(says("new"), taken.done());
  taken.wait();
  Client client(server.addresses().front());
  client.say(get);
  std::string answer = client.hear_all();
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(answer, EndsWith("new"));
}

TEST(ReplaceTest, a_request_in_flight_keeps_what_it_began_with_and_the_next_does_not) {
  Gate gate;
  Server server(2, Address("127.0.0.1:0"), gate.handler());
  server.start();
  Client client(server.addresses().front());
  client.say(get + get);
  gate.wait_until_asked();
  replace(server, application(says("new")));
  gate.open = true;
  std::string answers;
  while (!answers.ends_with("new")) {
    std::string more = client.hear();
    ASSERT_NE(more, "") << answers;
    answers += more;
  }
  EXPECT_THAT(answers, HasSubstr("at last"));
}

TEST(ReplaceTest, the_old_application_ends_with_its_last_request) {
  Gate gate;
  auto old = application(gate.handler());
  std::weak_ptr<const Application> watched = old;
  std::vector<Listener> listeners = {any_port()};
  Server server(2, std::move(listeners), std::exchange(old, nullptr));
  server.start();
  Client in_flight(server.addresses().front());
  in_flight.say(get);
  gate.wait_until_asked();
  replace(server, application(says("new")));
  EXPECT_FALSE(watched.expired());
  gate.open = true;
  EXPECT_THAT(in_flight.hear(), EndsWith("at last"));
  // Its worker has given the buffers of that request back when it answers the next one, but for one turn.
  for (int i = 0; i < 1000 && !watched.expired(); ++i) {
    in_flight.say(get);
    EXPECT_THAT(in_flight.hear(), EndsWith("new"));
  }
  EXPECT_TRUE(watched.expired());
}

TEST(ReplaceTest, an_old_application_without_requests_ends_at_once) {
  auto old = application(says("old"));
  std::weak_ptr<const Application> watched = old;
  std::vector<Listener> listeners = {any_port()};
  Server server(2, std::move(listeners), std::exchange(old, nullptr));
  server.start();
  Client kept(server.addresses().front());
  kept.say(get);
  EXPECT_THAT(kept.hear(), EndsWith("old"));
  replace(server, application(says("new")));
  replace(server, application(says("newer")));
  EXPECT_TRUE(watched.expired());
}

TEST(ReplaceTest, limits_change_with_the_application) {
  Server server(1, Address("127.0.0.1:0"), says("old"));
  server.start();
  Client first(server.addresses().front());
  first.say(get);
  EXPECT_THAT(first.hear(), StartsWith("HTTP/1.1 200 "));
  Limits limits;
  limits.connections_per_client = 1;
  limits.head.fields = 1;
  replace(server, application(says("new"), limits));
  Client second(server.addresses().front());
  EXPECT_THAT(second.hear_all(), StartsWith("HTTP/1.1 503 "));
  first.say("GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n\r\n");
  EXPECT_THAT(first.hear_all(), StartsWith("HTTP/1.1 431 "));
}

TEST(ReplaceTest, many_replacements_at_once_end_with_the_same_for_all_workers) {
  Server server(4, Address("127.0.0.1:0"), [](Request&) { return text("first"); });
  server.start();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&server, i] {
      for (int n = 0; n < 50; ++n) server.replace(says(std::to_string(i)));
    });
  }
  for (std::thread& each : threads) each.join();
  listen(server, {any_port()});  // comes after all of them
  std::string last;
  for (int i = 0; i < 40; ++i) {
    Client client(server.addresses().front());
    client.say(get_close);
    std::string answer = client.hear_all();
    if (last.empty()) last = answer.substr(answer.size() - 1);
    EXPECT_THAT(answer, EndsWith(last));
  }
}

// A head of 20 KB, above the limit that is there by default.
std::string large_head() { return "GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(20'000, 'a') + "\r\n\r\n"; }

TEST(ReplaceTest, a_connection_that_always_has_something_to_do_gets_the_new_size_of_heads) {
  Limits limits;
  limits.head.head_size = 32 * 1024;
  Conversation conversation(says("old"));
  conversation.start();
  // Never at rest: each read ends within a head.
  conversation.feed(get + "GET / HT");
  EXPECT_THAT(conversation.stream().output(), EndsWith("old"));
  conversation.worker().replace(application(says("new"), limits));
  conversation.feed("TP/1.1\r\nHost: x\r\n\r\n" + large_head() + "GET / ");
  conversation.settle();
  EXPECT_THAT(conversation.stream().output(), EndsWith("new"));
  EXPECT_THAT(conversation.stream().output(), Not(HasSubstr("HTTP/1.1 431 ")));
  conversation.worker().replace(application(says("newer")));
  conversation.feed("HTTP/1.1\r\nHost: x\r\n\r\n" + large_head());
  conversation.settle();
  EXPECT_THAT(conversation.stream().output(), HasSubstr("HTTP/1.1 431 "));
}

TEST(ReplaceTest, a_listener_that_is_added_is_served_and_one_that_is_removed_is_closed) {
  Listener first = any_port();
  Listener second = any_port();
  const std::string first_address = first.address();
  const std::string second_address = second.address();
  std::vector<Listener> listeners = {std::move(first)};
  Server server(2, std::move(listeners), names_listener("answered"));
  server.start();
  Client kept(first_address);
  kept.say(get);
  EXPECT_THAT(kept.hear(), EndsWith("answered by http"));

  listeners.clear();
  listeners.push_back(second.renamed("second"));
  Listener same = std::move(second);
  listen(server, std::move(listeners));
  EXPECT_EQ(server.addresses(), std::vector<std::string>{second_address});
  Client other(second_address);
  other.say(get);
  EXPECT_THAT(other.hear(), EndsWith("answered by second"));
  EXPECT_FALSE(Client(first_address).connected());
  // What came in by the first lives on, and so does the name of its entrance.
  kept.say(get);
  EXPECT_THAT(kept.hear(), EndsWith("answered by http"));

  // The same socket under a third name, and the address of the first again.
  Result<Listener> again = Listener::open(Address(first_address), "again");
  ASSERT_TRUE(again);
  listen(server, {same.renamed("third"), *again});
  other.say(get);
  EXPECT_THAT(other.hear(), EndsWith("answered by second"));
  Client third(second_address);
  third.say(get);
  EXPECT_THAT(third.hear(), EndsWith("answered by third"));
  Client fourth(first_address);
  fourth.say(get);
  EXPECT_THAT(fourth.hear(), EndsWith("answered by again"));
}

TEST(ReplaceTest, what_waits_for_a_listener_that_is_removed_is_served) {
  Limits limits;
  limits.connections = 1;
  Server server(2, Address("127.0.0.1:0"), says("served"), limits);
  server.start();
  std::string address = server.addresses().front();
  Client first(address);
  first.say(get);
  EXPECT_THAT(first.hear(), EndsWith("served"));
  Client waiting(address);  // above the limit: it is not accepted
  waiting.say(get);
  listen(server, {any_port()});
  EXPECT_THAT(waiting.hear(), EndsWith("served"));
  EXPECT_FALSE(Client(address).connected());
}

TEST(ReplaceTest, a_socket_that_was_handed_over_stays_open_when_it_is_removed) {
  Listener systemd = any_port();
  Server server(1, {Listener::adopt(Fd(::dup(systemd.fd())), "http")}, says("served"));
  server.start();
  listen(server, {any_port()});
  EXPECT_TRUE(Client(systemd.address()).connected());
}

TEST(ReplaceTest, a_listener_that_comes_after_the_end_has_begun_keeps_nobody_waiting) {
  Server server(2, Address("127.0.0.1:0"), says("served"));
  server.start();
  Client last(server.addresses().front());
  last.say(get + get.substr(0, 8));
  EXPECT_THAT(last.hear(), EndsWith("served"));
  server.drain();
  Listener late = any_port();
  const std::string address = late.address();
  server.listen({std::move(late)});
  bool refused = false;
  for (int i = 0; i < 400 && !refused; ++i) {
    refused = !Client(address).connected();
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_TRUE(refused);
  last.say(get.substr(8));
  EXPECT_THAT(last.hear(), EndsWith("served"));
}

// A change of both takes two steps; what comes in between them comes after it all the same.
TEST(ReplaceTest, a_change_of_the_listeners_is_not_undone_by_one_that_was_made_before) {
  Server server(2, Address("127.0.0.1:0"), says("old"));
  server.start();
  for (int i = 0; i < 20; ++i) {
    std::vector<Listener> first = {any_port()};
    std::vector<Listener> second = {any_port()};
    const std::string first_address = first.front().address();
    const std::string second_address = second.front().address();
    Taken both;
    Taken last;
    server.replace(application(says("new")), std::move(first), both.done());
    server.listen(std::move(second), last.done());
    both.wait();
    last.wait();
    EXPECT_EQ(server.addresses(), std::vector<std::string>{second_address});
    EXPECT_FALSE(Client(first_address).connected()) << i;
    EXPECT_TRUE(Client(second_address).connected()) << i;
  }
}

TEST(ReplaceTest, changes_of_a_server_that_ends_do_no_harm) {
  for (int i = 0; i < 20; ++i) {
    Server server(2, Address("127.0.0.1:0"), says("old"));
    server.start();
    server.drain();
    server.replace(says("new"));
    server.listen({any_port()});
    server.wait();
    server.replace(says("newer"));
  }
}

}  // namespace
}  // namespace webserv::detail
