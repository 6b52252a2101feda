// CGI programs behind a real server: what clients hear of programs that behave in all kinds of ways.
#include "webserv/handlers/cgi/cgi.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/cgi_server.h"

namespace webserv::detail {
namespace {

using test::CgiServer;
using test::Heard;
using test::SocketClient;
using testing::AllOf;
using testing::ContainsRegex;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

TEST(CgiTest, answers_with_what_a_program_says) {
  CgiServer server;
  struct Case {
    const char* path;
    int status;
    const char* body;
  };
  const Case cases[] = {
      {"hello", 200, "hello"},
      {"status", 418, "short and stout"},
      {"no-content", 204, ""},
      {"query?a=1&b=%2f;c", 200, "a=1&b=%2f;c"},
      {"query", 200, ""},
      {"exact", 200, "1234"},
      {"fails", 200, "failed"},
      {"early-end", 200, "done"},
      {"ignores-input", 200, "read nothing"},
      {"excess", 200, "1234"},
      {"redirect-to-query", 200, "a=b;c"},
      {"no/such/behaviour", 404, ""},
  };
  for (const Case& c : cases) {
    Heard heard = server.get(c.path);
    EXPECT_EQ(heard.status, c.status) << c.path;
    EXPECT_EQ(heard.body, c.body) << c.path;
    EXPECT_TRUE(heard.whole) << c.path;
  }
}

TEST(CgiTest, calls_what_is_no_answer_a_bad_gateway_and_logs_why) {
  CgiServer server;
  struct Case {
    const char* path;
    const char* reason;
  };
  const Case cases[] = {
      {"nothing", "written nothing"},
      {"no-end-of-head", "before the empty line"},
      {"no-field", "is no field"},
      {"huge-head", "longer than 32 KiB"},
      {"garbage", "is no field"},
      {"nul", "control byte"},
      {"split", "control byte"},
      {"bad-status", "no code from 200 to 599"},
      {"dies-before-head", "ended by a signal"},
      {"dies-in-head", "ended by a signal"},
      {"message", "nph-"},
  };
  for (const Case& c : cases) {
    Heard heard = server.get(c.path);
    EXPECT_EQ(heard.status, 502) << c.path;
    EXPECT_TRUE(heard.whole) << c.path;
    EXPECT_THAT(server.take_events(), AllOf(HasSubstr("cgi_failed"), HasSubstr(c.reason))) << c.path;
  }
}

TEST(CgiTest, cuts_the_connection_where_the_output_is_not_whole) {
  CgiServer server;
  for (const char* path : {"dies-after-head", "short"}) {
    SocketClient client(server.address());
    client.say(server.request("GET", path));
    Heard heard = test::take_apart_heard(client.hear_all());
    EXPECT_EQ(heard.status, 200) << path;
    EXPECT_FALSE(heard.whole) << path;
    EXPECT_TRUE(client.was_reset()) << path;
    EXPECT_THAT(server.take_events(), HasSubstr("cgi_failed")) << path;
  }
}

TEST(CgiTest, keeps_cookies_apart_and_its_own_fields_to_itself) {
  CgiServer server;
  Heard heard = server.get("cookies");
  EXPECT_TRUE(heard.has("Set-Cookie: a=1"));
  EXPECT_TRUE(heard.has("Set-Cookie: b=2"));
  EXPECT_FALSE(heard.has("Connection: x"));
  EXPECT_FALSE(heard.has("Transfer-Encoding: y"));
}

TEST(CgiTest, answers_head_without_the_body) {
  CgiServer server;
  SocketClient client(server.address());
  client.say(server.request("HEAD", "hello"));
  std::string heard = client.hear_all();
  EXPECT_THAT(heard, AllOf(HasSubstr("200 OK"), HasSubstr("Content-Type: text/plain"), EndsWith("\r\n\r\n")));
}

TEST(CgiTest, keeps_the_connection_for_the_next_request) {
  CgiServer server;
  SocketClient client(server.address());
  std::string request = "GET /cgi/hello HTTP/1.1\r\nHost: a.test\r\n\r\n";
  for (int i = 0; i < 3; ++i) {
    client.say(request);
    EXPECT_THAT(client.hear_until("\r\n0\r\n\r\n"), EndsWith("5\r\nhello\r\n0\r\n\r\n"));
  }
  client.say(request + request);
  std::string both = client.hear_until("\r\n0\r\n\r\n");
  if (both.find("HTTP/1.1", 1) == std::string::npos) both += client.hear_until("\r\n0\r\n\r\n");
  EXPECT_NE(both.find("HTTP/1.1 200", 1), std::string::npos);
}

TEST(CgiTest, closes_the_connection_behind_a_body_for_an_old_client) {
  CgiServer server;
  SocketClient client(server.address());
  client.say("GET /cgi/hello HTTP/1.0\r\n\r\n");
  EXPECT_THAT(client.hear_all(), AllOf(HasSubstr("\r\n\r\nhello"), Not(HasSubstr("chunked"))));
}

TEST(CgiTest, hands_on_bodies_of_every_kind_and_size) {
  CgiServer server;
  for (size_t size : {size_t{0}, size_t{1}, size_t{65535}, size_t{65536}, size_t{65537}, size_t{900'000}}) {
    std::string body(size, 'b');
    Heard heard = server.post("echo", body);
    EXPECT_EQ(heard.body, body) << size;
    EXPECT_THAT(server.post("environment", body).body, HasSubstr("\nCONTENT_LENGTH=" + std::to_string(size) + "\n"));
  }
  std::string chunked =
      "POST /cgi/environment HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
      "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n";
  Heard heard = server.ask(chunked);
  EXPECT_THAT(heard.body, AllOf(HasSubstr("\nCONTENT_LENGTH=7\n"), Not(HasSubstr("TRANSFER_ENCODING"))));
}

TEST(CgiTest, tells_that_a_body_is_too_large_before_the_program_runs) {
  CgiServer server;
  std::string request = "POST /cgi/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 70; ++i) request += "4000\r\n" + std::string(0x4000, 'x') + "\r\n";
  EXPECT_EQ(server.ask(request + "0\r\n\r\n").status, 413);
}

TEST(CgiTest, does_not_mind_programs_that_do_not_read) {
  CgiServer server;
  std::string body(500'000, 'b');
  for (const char* path : {"ignores-input", "closes-input", "hello"}) {
    Heard heard = server.post(path, body);
    EXPECT_EQ(heard.status, 200) << path;
    EXPECT_TRUE(heard.whole) << path;
  }
}

TEST(CgiTest, asks_for_a_body_that_waits_to_be_asked_for) {
  CgiServer server;
  for (const char* route : {"cgi", "stream"}) {
    SocketClient client(server.address());
    client.say(server.request("POST", "echo", "Content-Length: 3\r\nExpect: 100-continue\r\n", route));
    EXPECT_THAT(client.hear_until("\r\n\r\n"), HasSubstr("100 Continue")) << route;
    client.say("abc");
    EXPECT_EQ(test::take_apart_heard(client.hear_all()).body, "abc") << route;
  }
}

TEST(CgiTest, follows_local_redirects_and_not_for_ever) {
  CgiServer server;
  Heard heard = server.post("redirect", "a body");
  EXPECT_EQ(heard.status, 200);
  EXPECT_EQ(heard.body, "");
  EXPECT_EQ(server.get("redirect-in-a-circle").status, 502);
  EXPECT_EQ(server.get("redirect-nowhere").status, 502);
  heard = server.get("redirect-away");
  EXPECT_EQ(heard.status, 302);
  EXPECT_TRUE(heard.has("Location: https://a.test/"));
}

// RFC 3875 6.2.2: what is asked then has no body, so that of the first request is nobody's.
TEST(CgiTest, follows_local_redirects_before_a_body_that_is_still_to_come) {
  CgiServer server;
  for (const char* framing : {"Content-Length: 900000\r\n", "Transfer-Encoding: chunked\r\n"}) {
    for (std::string path : {"redirect-to-query", "redirect-to-stream"}) {
      SocketClient client(server.address());
      client.say("POST /stream/" + path + " HTTP/1.1\r\nHost: a.test\r\n" + framing + "\r\n" + "5\r\nhello\r\n");
      std::string said = client.hear_until("\r\n0\r\n\r\n");
      // It may be on its way, and does not eat the answer.
      client.say("GET /cgi/hello HTTP/1.1\r\nHost: a.test\r\n\r\n" + std::string(700'000, 'b'));
      client.end_saying();
      said += client.hear_all();
      Heard heard = test::take_apart_heard(said);
      EXPECT_EQ(heard.status, 200) << framing << path;
      EXPECT_EQ(heard.body, path == "redirect-to-query" ? "a=b;c" : "0") << framing << path;
      EXPECT_TRUE(heard.whole) << framing << path << said;
      EXPECT_TRUE(heard.has("Connection: close")) << framing << path;
      EXPECT_FALSE(client.was_reset()) << framing << path;
    }
  }
}

TEST(CgiTest, gives_programs_no_more_than_they_need) {
  CgiServer server;
  EXPECT_EQ(server.get("descriptors").body, "0 1 2 ");
  std::string all = server.get("environment/more%20path?x").body;
  EXPECT_THAT(all, AllOf(HasSubstr("\nPATH_INFO=/environment/more path\n"), HasSubstr("OWN=1\n"),
                         HasSubstr("\nQUERY_STRING=x\n"), HasSubstr("\nSCRIPT_NAME=/cgi\n"),
                         HasSubstr("\nSERVER_ADDR=127.0.0.1\n"), HasSubstr("\nREMOTE_ADDR=127.0.0.1\n")));
  EXPECT_THAT(all, Not(HasSubstr("WEBSERV_SECRET")));
}

TEST(CgiTest, streams_output_as_it_is_written) {
  CgiServer server;
  SocketClient client(server.address());
  client.say(server.request("POST", "events-in-turn", "Transfer-Encoding: chunked\r\n", "stream"));
  std::string head = client.hear_until("\r\n\r\n");
  EXPECT_THAT(head, AllOf(HasSubstr("text/event-stream"), Not(HasSubstr("data"))));
  client.say("1\r\nx\r\n");  // what the program waits for
  EXPECT_THAT(client.hear_until("data: 1"), HasSubstr("data: 1\n\n"));
}

TEST(CgiTest, sends_large_outputs_whole) {
  CgiServer server;
  Heard heard = server.get("large");
  EXPECT_TRUE(heard.whole);
  EXPECT_EQ(heard.body.size(), 3'000'000u);
}

TEST(CgiTest, logs_what_programs_write_to_standard_error) {
  CgiServer server;
  EXPECT_EQ(server.get("complains").body, "ok");
  std::string events = server.take_events();
  EXPECT_THAT(events, AllOf(HasSubstr("\"message\":\"first\""), HasSubstr("second\\u001b[0m"), HasSubstr("xxx...\""),
                            HasSubstr("\"message\":\"last\""), HasSubstr("\"request_id\":\"")));
  EXPECT_LT(events.size(), 4000u);
}

TEST(CgiTest, does_not_let_a_flood_of_errors_fill_the_log) {
  CgiServer server;
  EXPECT_EQ(server.get("floods-errors").body, "ok");
  std::string events = server.take_events();
  EXPECT_THAT(events, HasSubstr("cgi_lines_left_out"));
  EXPECT_LT(std::ranges::count(events, '\n'), 400);
}

TEST(CgiTest, logs_what_a_run_came_to) {
  CgiServer server;
  server.get("fails");
  EXPECT_THAT(server.access_line("/cgi/fails"), AllOf(HasSubstr("\"cgi_exit\":3"), HasSubstr("\"cgi_cpu_usec\":")));
}

TEST(CgiTest, says_that_a_sandbox_may_be_why_a_run_has_failed) {
  CgiServer server;
  EXPECT_EQ(server.get("denied").status, 502);
  const std::string events = server.take_events();
  EXPECT_THAT(events, HasSubstr("environ: Permission denied"));
  EXPECT_THAT(events, HasSubstr("\"hint\":\"a permission was denied, perhaps by the sandbox of the route"));
  EXPECT_EQ(server.get("dies-before-head").status, 502);
  EXPECT_THAT(server.take_events(), Not(HasSubstr("\"hint\"")));
}

TEST(CgiTest, gives_each_run_a_temporary_folder) {
  CgiServer server;
  const std::string variables = server.get("environment").body;
  EXPECT_THAT(variables, ContainsRegex("TMPDIR=/.*/webserv-[^/]*/[0-9]+\n"));
}

TEST(CgiTest, passes_whole_messages_of_nph_programs) {
  CgiServer server;
  SocketClient client(server.address());
  client.say("GET /nph/message HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.hear_all(), "HTTP/1.1 299 Own\r\nX-Own: 1\r\nContent-Length: 2\r\n\r\nok");
  EXPECT_EQ(server.ask("GET /nph/hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").status, 502);
}

TEST(CgiTest, sends_files_that_a_program_names_and_the_route_allows) {
  CgiServer server;
  server.folder().write("files/a.txt", "content of a");
  server.folder().write("secret.txt", "secret");
  Heard heard = server.get("sendfile?" + (server.folder() / "files/a.txt"));
  EXPECT_EQ(heard.status, 200);
  EXPECT_EQ(heard.body, "content of a");
  EXPECT_TRUE(heard.has("Set-Cookie: a=1"));
  EXPECT_TRUE(heard.has("Content-Type: text/plain"));
  EXPECT_FALSE(heard.head.contains("X-Sendfile"));
  EXPECT_TRUE(heard.has("X-Route: 1"));
  heard =
      server.ask(CgiServer::request("GET", "sendfile?" + (server.folder() / "files/a.txt"), "Range: bytes=0-1\r\n"));
  EXPECT_EQ(heard.status, 206);
  EXPECT_EQ(heard.body, "co");
  EXPECT_TRUE(heard.has("X-Route: 1"));
  for (std::string path : {server.folder() / "secret.txt", server.folder() / "files/../secret.txt",
                           server.folder() / "files", std::string("/etc/passwd"), std::string("a.txt")}) {
    heard = server.get("sendfile?" + path);
    EXPECT_EQ(heard.status, 404) << path;
    EXPECT_THAT(heard.body, Not(HasSubstr("not this"))) << path;
  }
}

}  // namespace
}  // namespace webserv::detail
