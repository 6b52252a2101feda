#include <gtest/gtest.h>

#include "app/explain/question.h"

namespace webserv::app {
namespace {

std::expected<Question, std::string> read(std::string url, std::vector<std::string> fields = {}) {
  return read_question({.fields = std::move(fields), .method = "GET", .url = std::move(url)});
}

TEST(Question, urls_as_people_write_them) {
  struct Row {
    std::string url;
    std::string target;
    std::optional<std::string> host;
    std::optional<uint16_t> port;
    std::string socket;
  };
  const Row rows[] = {
      {"/", "/", {}, {}, {}},
      {"/a?b=c", "/a?b=c", {}, {}, {}},
      {"/a#b", "/a", {}, {}, {}},
      {"*", "*", {}, {}, {}},
      {"http://a.test", "/", "a.test", {}, {}},
      {"HTTPS://a.test:8443/x", "/x", "a.test:8443", 8443, {}},
      {"http://a.test?b", "/?b", "a.test", {}, {}},
      {"http://[::1]:80/", "/", "[::1]:80", 80, {}},
      {"http://[::1]/", "/", "[::1]", {}, {}},
      {"http://me:secret@a.test:81/", "/", "a.test:81", 81, {}},
      {"http://a.test:99999/", "/", "a.test:99999", {}, {}},
      {"http:///x", "/x", "", {}, {}},
      {"a.test/x", "/x", "a.test", {}, {}},
      {"a.test:81", "/", "a.test:81", 81, {}},
      {"unix:/run/x.sock:/a/b", "/a/b", {}, {}, "/run/x.sock"},
      {"unix:/run/x.sock", "/", {}, {}, "/run/x.sock"},
      {"ftp://a.test/", "ftp://a.test/", {}, {}, {}},
  };
  for (const Row& row : rows) {
    const auto question = read(row.url);
    ASSERT_TRUE(question) << row.url;
    EXPECT_EQ(question->target, row.target) << row.url;
    EXPECT_EQ(question->host, row.host) << row.url;
    EXPECT_EQ(question->port, row.port) << row.url;
    EXPECT_EQ(question->socket, row.socket) << row.url;
  }
}

TEST(Question, what_would_be_several_lines_is_refused) {
  for (std::string url : {std::string(), std::string("/a\nb"), std::string("/a\r"), std::string("/\0", 2)}) {
    EXPECT_FALSE(read(url)) << url;
  }
  EXPECT_FALSE(read_question({.method = "", .url = "/"}));
  EXPECT_FALSE(read_question({.method = "GET\n", .url = "/"}));
}

TEST(Question, makes_the_request_of_a_client) {
  EXPECT_EQ(read("/a")->head("b.test"), "GET /a HTTP/1.1\r\nHost: b.test\r\n\r\n");
  EXPECT_EQ(read("http://a.test:81/")->head("b.test"), "GET / HTTP/1.1\r\nHost: a.test:81\r\n\r\n");
  EXPECT_EQ(read("http://a.test/", {"Accept:  x ", "host: c.test"})->head("b.test"),
            "GET / HTTP/1.1\r\nAccept: x\r\nhost: c.test\r\n\r\n");
  EXPECT_EQ(read("http://a.test/", {"host: c.test"})->host, "c.test");
}

}  // namespace
}  // namespace webserv::app
