// How runs of CGI programs end: by time, by the client, by limits, with the server; and that nothing of them is left.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <chrono>
#include <filesystem>
#include <system_error>
#include <thread>

#include "integration/cgi_server.h"

namespace webserv::detail {
namespace {

using test::CgiServer;
using test::Heard;
using test::SocketClient;
using test::take_apart_heard;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

// Whether the process is gone within a time that is generous: how fast it is, others measure.
bool ends(pid_t process) {
  for (int i = 0; i < 1000; ++i) {
    if (::kill(process, 0) != 0) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

// The number that a program says in the first line of its body.
pid_t hear_number(SocketClient& client) {
  std::string heard = client.hear_until("\r\n\r\n");
  while (heard.find('\n', heard.find("\r\n\r\n") + 6) == std::string::npos) {
    std::string more = client.hear();
    if (more.empty()) return 0;
    heard += more;
  }
  std::string_view body = std::string_view(heard).substr(heard.find("\r\n\r\n") + 4);
  return std::atoi(body.substr(body.find('\n') + 1).data());  // behind the head of the chunk
}

TEST(CgiEndTest, tells_that_the_time_is_up) {
  CgiServer server({.time = 200ms});
  Heard heard = server.get("waits");
  EXPECT_EQ(heard.status, 504);
  EXPECT_TRUE(heard.whole);
  EXPECT_THAT(server.take_events(), HasSubstr("has not ended within its time"));
  EXPECT_THAT(server.access_line("/cgi/waits"), HasSubstr("\"cgi_exit\":143"));
}

// Programs whose time shall be up only once they have said something have more of it: they may have to wait for their
// turn.
TEST(CgiEndTest, cuts_an_answer_whose_time_is_up) {
  CgiServer server({.time = 2s});
  SocketClient client(server.address());
  client.say(server.request("GET", "waits-after-head"));
  Heard heard = take_apart_heard(client.hear_all());
  EXPECT_EQ(heard.status, 200);
  EXPECT_FALSE(heard.whole);
}

TEST(CgiEndTest, kills_what_ignores_the_signal_before_it_says_so) {
  CgiServer server({.time = 2s});
  SocketClient client(server.address());
  client.say(server.request("GET", "ignores-the-end"));
  pid_t program = hear_number(client);
  client.hear_all();
  EXPECT_NE(program, 0);
  EXPECT_TRUE(ends(program));
}

TEST(CgiEndTest, ends_what_a_program_leaves_behind) {
  CgiServer server;
  Heard heard = server.get("leaves-child");
  pid_t child = std::atoi(heard.body.c_str());
  EXPECT_TRUE(heard.whole);
  EXPECT_NE(child, 0);
  EXPECT_TRUE(ends(child));
}

TEST(CgiEndTest, ends_the_program_when_the_client_is_gone) {
  CgiServer server;
  for (const char* path : {"waits-in-body", "leaves-child-and-stays"}) {
    SocketClient client(server.address());
    client.say(server.request("GET", path));
    pid_t program = hear_number(client);
    EXPECT_NE(program, 0);
    EXPECT_EQ(::kill(program, 0), 0);
    client.leave();
    EXPECT_TRUE(ends(program)) << path;
  }
}

TEST(CgiEndTest, ends_the_program_when_the_client_is_gone_before_the_head) {
  CgiServer server({.concurrency = 1});
  SocketClient client(server.address());
  client.say(server.request("GET", "waits"));
  std::this_thread::sleep_for(50ms);
  client.leave();
  // The next one gets its turn when the first is over.
  EXPECT_EQ(server.get("hello").body, "hello");
  EXPECT_THAT(server.access_line("/cgi/waits"), HasSubstr("\"cgi_exit\":143"));
}

TEST(CgiEndTest, answers_a_client_that_only_says_no_more) {
  CgiServer server;
  SocketClient client(server.address());
  client.say(server.request("GET", "events"));
  client.end_saying();
  EXPECT_THAT(client.hear_until("data: 1\n\n"), AllOf(HasSubstr("200 OK"), HasSubstr("data: 1\n\n")));
}

TEST(CgiEndTest, stops_an_output_above_its_limit) {
  CgiServer server({.output = 100'000});
  Heard heard = server.get("forever");
  EXPECT_EQ(heard.status, 200);
  EXPECT_FALSE(heard.whole);
  EXPECT_LE(heard.body.size(), 100'000u);
  EXPECT_THAT(server.take_events(), HasSubstr("written more than it may"));
  EXPECT_EQ(server.get("hello").body, "hello");
}

TEST(CgiEndTest, lets_a_slow_client_hold_back_the_program) {
  CgiServer server;
  SocketClient client(server.address());
  client.say(server.request("GET", "forever"));
  EXPECT_THAT(client.hear(), HasSubstr("200 OK"));
  std::this_thread::sleep_for(200ms);
  client.leave();
  EXPECT_EQ(server.get("hello").body, "hello");
}

TEST(CgiEndTest, lets_others_wait_where_too_many_run_but_not_for_long) {
  CgiServer server({.time = 300ms, .concurrency = 2});
  std::vector<std::thread> clients;
  std::atomic<int> answered = 0;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&] { answered += server.get("waits").status == 504 ? 1 : 0; });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(answered, 8);
}

TEST(CgiEndTest, says_when_to_come_again_where_the_queue_stays_too_long) {
  CgiServer server({.time = 30s, .concurrency = 1});
  SocketClient first(server.address());
  first.say(server.request("GET", "waits-in-body"));
  EXPECT_NE(hear_number(first), 0);
  Heard heard = server.get("hello");
  EXPECT_EQ(heard.status, 503);
  EXPECT_TRUE(heard.has("Retry-After: 5"));
}

TEST(CgiEndTest, ends_programs_with_the_server) {
  pid_t stopped = 0;
  {
    CgiServer server;
    SocketClient client(server.address());
    client.say(server.request("GET", "ignores-the-end"));
    stopped = hear_number(client);
    EXPECT_NE(stopped, 0);
  }
  EXPECT_TRUE(ends(stopped));
}

TEST(CgiEndTest, ends_programs_when_the_time_to_drain_is_over) {
  Limits limits;
  limits.drain = 100ms;
  CgiServer server({}, limits);
  SocketClient client(server.address());
  client.say(server.request("GET", "waits-in-body"));
  pid_t program = hear_number(client);
  server.server().drain();
  server.server().wait();
  EXPECT_TRUE(ends(program));
}

TEST(CgiEndTest, lets_a_running_program_end_where_the_server_drains) {
  CgiServer server;
  SocketClient client(server.address());
  client.say(server.request("GET", "early-end"));
  std::string heard = client.hear_until("done");
  server.server().drain();
  heard += client.hear_all();
  EXPECT_THAT(heard, AllOf(HasSubstr("done"), EndsWith("0\r\n\r\n")));
}

TEST(CgiEndTest, hands_a_body_on_as_it_comes) {
  CgiServer server;
  SocketClient client(server.address());
  client.say("POST /stream/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  std::this_thread::sleep_for(50ms);
  client.say("3\r\ndef\r\n0\r\n\r\n");
  EXPECT_THAT(client.hear_until("0\r\n\r\n"), HasSubstr("\r\n6\r\nabcdef\r\n0\r\n\r\n"));
  // The whole body was read: the connection goes on.
  client.say("POST /stream/environment HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
  EXPECT_THAT(client.hear_until("0\r\n\r\n"), AllOf(HasSubstr("200 OK"), Not(HasSubstr("CONTENT_LENGTH"))));
}

TEST(CgiEndTest, tells_what_is_wrong_with_a_body_that_it_hands_on) {
  CgiServer server;
  SocketClient client(server.address());
  client.say("POST /stream/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nbroken\r\n");
  EXPECT_EQ(take_apart_heard(client.hear_all()).status, 400);
}

TEST(CgiEndTest, does_not_mind_where_a_program_leaves_a_streamed_body_unread) {
  CgiServer server;
  std::string body(500'000, 'b');
  for (const char* path : {"ignores-input", "closes-input", "count"}) {
    Heard heard = server.ask(server.request("POST", path, "Content-Length: 500000\r\n", "stream") + body);
    EXPECT_EQ(heard.status, 200) << path;
    EXPECT_TRUE(heard.whole) << path;
  }
}

TEST(CgiEndTest, hands_on_the_whole_body_where_the_output_ends_first) {
  CgiServer server;
  const std::string body(900'000, 'x');
  const std::string length = "Content-Length: " + std::to_string(body.size()) + "\r\n";
  for (const char* route : {"cgi", "stream"}) {
    Heard heard = server.ask(CgiServer::request("POST", "reads-on", length, route) + body);
    EXPECT_EQ(heard.body, "done") << route;
    EXPECT_TRUE(heard.whole) << route;
    EXPECT_THAT(server.take_events(), HasSubstr("\"900000\"")) << route;
  }
}

TEST(CgiEndTest, reads_a_streamed_body_while_the_client_holds_back_the_answer) {
  CgiServer server;
  SocketClient client(server.address());
  client.say(server.request("POST", "speaks-and-listens", "Content-Length: 900000\r\n", "stream"));
  for (int i = 0; i < 90; ++i) {
    client.say(std::string(10'000, 'b'));
    std::this_thread::sleep_for(2ms);
  }
  Heard heard = take_apart_heard(client.hear_all());
  EXPECT_EQ(heard.status, 200);
  EXPECT_TRUE(heard.whole);
  EXPECT_EQ(heard.body.size(), 12'000'000u + 6);
  EXPECT_TRUE(heard.body.ends_with("x900000"));
}

TEST(CgiEndTest, ends_an_answer_that_a_child_holds_open_also_where_the_client_was_slow) {
  CgiServer server({.time = 10s});
  SocketClient client(server.address());
  client.say(server.request("GET", "leaves-far-child-and-full-pipe"));
  // The program has ended long before the client takes anything.
  for (int i = 0; i < 500 && !server.take_events().contains("full"); ++i) std::this_thread::sleep_for(10ms);
  std::this_thread::sleep_for(300ms);
  Heard heard = take_apart_heard(client.hear_all());
  EXPECT_TRUE(heard.whole);
  EXPECT_EQ(server.take_events(), "");
  pid_t child = std::atoi(heard.body.c_str());
  ASSERT_GT(child, 1);
  EXPECT_EQ(::kill(child, SIGKILL), 0) << "it has held nothing open";
}

TEST(CgiEndTest, lets_a_program_end_also_where_the_client_needs_no_body) {
  CgiServer server;
  struct Case {
    const char* method;
    const char* fields;
    int status;
  };
  for (const Case& c : {Case{"GET", "If-None-Match: \"v1\"\r\n", 304}, Case{"GET", "If-Match: \"v2\"\r\n", 412},
                        Case{"HEAD", "", 200}}) {
    Heard heard = server.ask(CgiServer::request(c.method, "works-on", c.fields));
    EXPECT_EQ(heard.status, c.status);
    EXPECT_THAT(server.take_events(), HasSubstr("all done")) << c.status;
    EXPECT_THAT(server.access_line("/cgi/works-on"), HasSubstr("\"cgi_exit\":0")) << c.status;
  }
}

// But for those of sandboxes, which are kept for the next runs.
size_t open_descriptors() {
  size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code closed;
    count += std::filesystem::read_symlink(entry, closed) == "anon_inode:[landlock-ruleset]" ? 0 : 1;
  }
  return count;
}

TEST(CgiEndTest, leaves_no_process_and_no_descriptor_behind) {
  CgiServer server({.concurrency = 8});
  auto load = [&](size_t rounds) {
    const char* paths[] = {"hello", "dies-after-head", "nothing", "leaves-child", "fails", "no-content", "excess"};
    std::vector<std::thread> clients;
    for (size_t i = 0; i < 8; ++i) {
      clients.emplace_back([&, i] {
        for (size_t round = 0; round < rounds; ++round) server.get(paths[(i + round) % std::size(paths)]);
      });
    }
    for (std::thread& client : clients) client.join();
  };
  load(2);
  std::this_thread::sleep_for(300ms);
  size_t before = open_descriptors();
  load(250);
  // What was left behind has two seconds to end itself where there are no cgroups.
  size_t after = 0;
  for (int i = 0; i < 500; ++i) {
    after = open_descriptors();
    if (after <= before && ::waitpid(-1, nullptr, WNOHANG) < 0) break;
    std::this_thread::sleep_for(10ms);
  }
  EXPECT_LE(after, before);
  EXPECT_LT(::waitpid(-1, nullptr, WNOHANG), 0) << "a child is left";
}

}  // namespace
}  // namespace webserv::detail
