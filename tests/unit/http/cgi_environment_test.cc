#include "webserv/http/cgi_environment.h"
#include "webserv/http/h1_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace webserv::detail {
namespace {

using testing::Contains;
using testing::Key;
using testing::Not;
using testing::Pair;

using Own = std::vector<std::pair<std::string, std::string>>;

CgiCall usual_call() {
  CgiCall call;
  call.script_name = "/cgi-bin/a.py";
  call.script_filename = "/srv/cgi-bin/a.py";
  call.document_root = "/srv";
  call.server_address = "192.0.2.1";
  call.server_port = 8080;
  call.remote_address = "192.0.2.7";
  call.remote_port = 4711;
  call.request_id = "0123456789abcdef0123456789abcdef";
  return call;
}

// The variables of the head of a request. A name that is there twice is an error.
std::map<std::string, std::string> variables(const std::string& bytes, const CgiCall& call = usual_call(),
                                             const Own& own = {}, const Own& inherited = {}) {
  RequestHead head;
  RequestParser parser;
  std::expected<bool, HttpError> whole = parser.parse(bytes, head);
  if (!whole || !*whole) throw std::invalid_argument("no well-formed head");
  CStrings strings;
  append_cgi_environment(strings, head, call, own, inherited);
  std::map<std::string, std::string> all;
  for (const char* const* at = strings.data(); *at != nullptr; ++at) {
    std::string text = *at;
    size_t sign = text.find('=');
    bool is_new = all.emplace(text.substr(0, sign), text.substr(sign + 1)).second;
    EXPECT_TRUE(is_new) << text;
  }
  return all;
}

std::map<std::string, std::string> of_fields(const std::string& fields) {
  return variables("GET / HTTP/1.1\r\nHost: a.test\r\n" + fields + "\r\n");
}

TEST(CgiEnvironmentTest, has_the_meta_variables_and_what_scripts_rely_on) {
  CgiCall call = usual_call();
  call.path_info = "/x y";
  call.content_length = 5;
  auto all = variables(
      "POST /cgi-bin/a.py/x%20y?a=1&b=%2f;c HTTP/1.1\r\nHost: A.test:81\r\nContent-Type: text/plain\r\n"
      "Content-Length: 5\r\nUser-Agent: me\r\n\r\n",
      call, {{"OWN", "1"}}, {{"PATH", "/bin"}});
  std::map<std::string, std::string> expected = {
      {"CONTENT_LENGTH", "5"},
      {"CONTENT_TYPE", "text/plain"},
      {"DOCUMENT_ROOT", "/srv"},
      {"GATEWAY_INTERFACE", "CGI/1.1"},
      {"HTTP_HOST", "A.test:81"},
      {"HTTP_USER_AGENT", "me"},
      {"OWN", "1"},
      {"PATH", "/bin"},
      {"PATH_INFO", "/x y"},
      {"PATH_TRANSLATED", "/srv/x y"},
      {"QUERY_STRING", "a=1&b=%2f;c"},
      {"REDIRECT_STATUS", "200"},
      {"REMOTE_ADDR", "192.0.2.7"},
      {"REMOTE_HOST", "192.0.2.7"},
      {"REMOTE_PORT", "4711"},
      {"REQUEST_ID", "0123456789abcdef0123456789abcdef"},
      {"REQUEST_METHOD", "POST"},
      {"REQUEST_SCHEME", "http"},
      {"REQUEST_URI", "/cgi-bin/a.py/x%20y?a=1&b=%2f;c"},
      {"SCRIPT_FILENAME", "/srv/cgi-bin/a.py"},
      {"SCRIPT_NAME", "/cgi-bin/a.py"},
      {"SERVER_ADDR", "192.0.2.1"},
      {"SERVER_NAME", "A.test"},
      {"SERVER_PORT", "81"},
      {"SERVER_PROTOCOL", "HTTP/1.1"},
      {"SERVER_SOFTWARE", "webserv"},
  };
  EXPECT_EQ(all, expected);
}

TEST(CgiEnvironmentTest, sets_what_has_to_be_there_and_nothing_that_is_not) {
  auto all = of_fields("");
  EXPECT_THAT(all, Contains(Pair("QUERY_STRING", "")));
  for (const char* name : {"CONTENT_LENGTH", "CONTENT_TYPE", "PATH_INFO", "PATH_TRANSLATED", "HTTPS", "AUTH_TYPE",
                           "REMOTE_USER", "REMOTE_IDENT"}) {
    EXPECT_THAT(all, Not(Contains(Key(name))));
  }
}

TEST(CgiEnvironmentTest, names_the_server_as_the_client_does) {
  struct Case {
    const char* bytes;
    const char* name;
    const char* port;
  };
  const Case cases[] = {
      {"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n", "a.test", "80"},
      {"GET / HTTP/1.1\r\nHost: a.test:\r\n\r\n", "a.test", "80"},
      {"GET / HTTP/1.1\r\nHost: [::1]:81\r\n\r\n", "[::1]", "81"},
      {"GET / HTTP/1.1\r\nHost: [::1]\r\n\r\n", "[::1]", "80"},
      {"GET http://b.test:82/ HTTP/1.1\r\nHost: a.test\r\n\r\n", "b.test", "82"},
      {"GET / HTTP/1.0\r\n\r\n", "192.0.2.1", "8080"},
  };
  for (const Case& c : cases) {
    auto all = variables(c.bytes);
    EXPECT_EQ(all["SERVER_NAME"], c.name) << c.bytes;
    EXPECT_EQ(all["SERVER_PORT"], c.port) << c.bytes;
  }
  CgiCall secure = usual_call();
  secure.secure = true;
  auto all = variables("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n", secure);
  EXPECT_EQ(all["SERVER_PORT"], "443");
  EXPECT_EQ(all["HTTPS"], "on");
  EXPECT_EQ(all["REQUEST_SCHEME"], "https");
}

TEST(CgiEnvironmentTest, has_the_request_uri_in_origin_form) {
  EXPECT_EQ(variables("GET http://a.test/x?y HTTP/1.1\r\nHost: a.test\r\n\r\n")["REQUEST_URI"], "/x?y");
  EXPECT_EQ(variables("GET /x%2e? HTTP/1.1\r\nHost: a.test\r\n\r\n")["REQUEST_URI"], "/x%2e?");
}

TEST(CgiEnvironmentTest, joins_repeated_fields) {
  auto all = of_fields("X-A: 1\r\nCookie: a=1\r\nx-a: 2\r\ncookie: b=2\r\nX-a: 3\r\n");
  EXPECT_EQ(all["HTTP_X_A"], "1, 2, 3");
  EXPECT_EQ(all["HTTP_COOKIE"], "a=1; b=2");
}

TEST(CgiEnvironmentTest, leaves_out_fields_that_could_do_harm_or_are_not_for_the_program) {
  auto all = of_fields(
      "X_A: posing\r\nX-A: real\r\nProxy: http://evil.test\r\nProxy-Authorization: Basic x\r\nConnection: x\r\n"
      "Content-Length: 0\r\nContent-Type: a/b\r\nExpect: 100-continue\r\nTE: x\r\nUpgrade: x\r\nX.B: 1\r\nX~: 1\r\n"
      "Keep-Alive: 1\r\nProxy-Connection: x\r\nAuthorization: Bearer y\r\n");
  EXPECT_EQ(all["HTTP_X_A"], "real");
  EXPECT_EQ(all["HTTP_AUTHORIZATION"], "Bearer y");
  EXPECT_EQ(all["CONTENT_TYPE"], "a/b");
  std::vector<std::string> names;
  for (const auto& [name, value] : all) {
    if (name.starts_with("HTTP_")) names.push_back(name);
  }
  EXPECT_THAT(names, testing::UnorderedElementsAre("HTTP_HOST", "HTTP_X_A", "HTTP_AUTHORIZATION"));
}

TEST(CgiEnvironmentTest, lets_the_configuration_win) {
  auto all =
      variables("GET / HTTP/1.1\r\nHost: a.test\r\nX-A: 1\r\n\r\n", usual_call(),
                {{"PATH", "/own"}, {"HTTP_X_A", "mine"}, {"SCRIPT_NAME", ""}}, {{"PATH", "/bin"}, {"TZ", "UTC"}});
  EXPECT_EQ(all["PATH"], "/own");
  EXPECT_EQ(all["TZ"], "UTC");
  EXPECT_EQ(all["HTTP_X_A"], "mine");
  EXPECT_EQ(all["SCRIPT_NAME"], "");
}

TEST(CgiEnvironmentTest, translates_the_path_beneath_any_root) {
  CgiCall call = usual_call();
  call.path_info = "/a";
  call.document_root = "/";
  EXPECT_EQ(variables("GET / HTTP/1.0\r\n\r\n", call)["PATH_TRANSLATED"], "/a");
  call.document_root = {};
  EXPECT_THAT(variables("GET / HTTP/1.0\r\n\r\n", call), Not(Contains(Key("PATH_TRANSLATED"))));
}

}  // namespace
}  // namespace webserv::detail
