#include "app/site/site.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "app/config/config_reader.h"
#include "app/config/config_source.h"
#include "support/request_builder.h"
#include "unit/handlers/ask.h"
#include "webserv/process/spawner.h"

namespace webserv::app {

using namespace detail;

namespace {

using test::Reply;

class SiteTest : public testing::Test {
 protected:
  SiteTest() {
    std::string name = (std::filesystem::temp_directory_path() / "webserv-site-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    host_.spawner = std::make_shared<Spawner>(1);
    write("www/index.html", "<p>first page");
    write("www/note.txt", "a note");
    write("www/deep/index.html", "<p>deep");
    write("other/index.html", "<p>other");
    write("errors/404.html", "<p>not here");
    write("errors/5xx.html", "<p>broken");
    write("errors/4xx.txt", "your fault\n");
  }
  ~SiteTest() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, std::string_view content) const {
    std::filesystem::path path = folder_ + "/" + name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << content;
  }

  Application build(const Config& config) { return build_site(config, host_); }

  Application site(std::string_view toml) {
    auto config = read_config(toml, "test.toml", folder_);
    if (!config) {
      for (const Diagnostic& wrong : config.error()) ADD_FAILURE() << wrong.message;
      return build(default_config());
    }
    return build(*config);
  }

  // As a connection would, of a request for "a.test".
  Response refuse(const Application& application, const HttpError& wrong) {
    Response refusal = application.refusal(requests_.request("GET /"), wrong);
    requests_.finish(refusal);
    return refusal;
  }

  RequestBuilder requests_;
  std::string folder_;
  FakeClock clock_;
  LineSink sink_{-1};
  Log log_{sink_, LogFormat::text, Level::error};
  SiteHost host_{1, clock_, log_};
};

struct Case {
  std::string_view request, host;
  int status;
  std::string_view field, value, body;  // no field where its name is empty; no body where it is "*"
};

void expect(const Application& site, const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    Reply reply = test::ask(site.handler, c.request, "Host: " + std::string(c.host) + "\r\n");
    std::string asked = std::string(c.request) + " of " + std::string(c.host);
    EXPECT_EQ(reply.status, c.status) << asked;
    if (!c.field.empty()) {
      EXPECT_EQ(reply.field(c.field), c.value) << asked;
    }
    if (c.body != "*") {
      EXPECT_EQ(reply.body, c.body) << asked;
    }
  }
}

TEST_F(SiteTest, serves_hosts_routes_and_every_handler) {
  Application application = site(R"(
[vhost."a.test"]
aliases = ["www.a.test", "*.apps.a.test"]
root = "www"
cache_control = "no-cache"

[vhost."a.test".route."/moved/"]
redirect = { to = "/new/", status = 301 }

[vhost."a.test".route."/health"]
respond = { text = "ok\n" }

[vhost."a.test".route."/gone"]
respond = { status = 410, text = "{}", type = "application/json" }

[vhost."a.test".route."/list/"]
root = "www"
listing = true

[vhost."b.test"]
root = "other"
)");
  expect(application, {
                          {"GET /", "a.test", 200, "Cache-Control", "no-cache", "<p>first page"},
                          {"GET /", "www.a.test", 200, "Content-Type", "text/html; charset=utf-8", "<p>first page"},
                          {"GET /", "x.apps.a.test", 200, "Server", "webserv", "<p>first page"},
                          {"GET /", "b.test", 200, "Cache-Control", "(none)", "<p>other"},
                          {"GET /note.txt", "a.test", 200, "Content-Length", "6", "a note"},
                          {"HEAD /note.txt", "a.test", 200, "Content-Length", "6", ""},
                          {"GET /note.txt", "b.test", 404, "Server", "webserv", "*"},
                          {"GET /deep?q=1", "a.test", 308, "Location", "/deep/?q=1", ""},
                          {"POST /note.txt", "a.test", 405, "Allow", "GET, HEAD, OPTIONS", "*"},
                          {"GET /moved/x?q", "a.test", 301, "Location", "/new/x?q", ""},
                          {"GET /moved?q", "a.test", 308, "Location", "/moved/?q", ""},
                          {"PUT /moved/x", "a.test", 301, "Location", "/new/x", ""},
                          {"GET /health", "a.test", 200, "Server", "webserv", "ok\n"},
                          {"POST /gone", "a.test", 410, "Content-Type", "application/json", "{}"},
                          {"GET /list/", "a.test", 200, "Content-Type", "text/html; charset=utf-8", "*"},
                          {"GET /list/", "b.test", 404, "", "", "*"},
                          {"GET /", "c.test", 421, "Server", "webserv", "*"},
                      });
}

TEST_F(SiteTest, programs_take_every_method_that_a_client_may_choose) {
  Application application = site(R"(
[vhost."*".route."/cgi/"]
cgi = { root = "www" }

[vhost."*".route."/site/"]
root = "www"
scripts = { ".php" = "/usr/bin/php-cgi" }

[vhost."*".route."/read/"]
cgi = { program = "/bin/true" }
methods = ["GET"]

[vhost."*".route."/heads/"]
root = "www"
methods = ["HEAD"]
)");
  constexpr std::string_view all = "GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH";
  expect(application, {
                          {"OPTIONS /cgi/x", "a.test", 204, "Allow", all, ""},
                          {"OPTIONS /site/x", "a.test", 204, "Allow", all, ""},
                          {"POST /read/x", "a.test", 405, "Allow", "GET, HEAD, OPTIONS", "*"},
                          {"GET /heads/", "a.test", 405, "Allow", "HEAD, OPTIONS", "*"},
                          {"HEAD /heads/", "a.test", 200, "Content-Type", "text/html; charset=utf-8", ""},
                      });
}

TEST_F(SiteTest, gives_hosts_error_pages_that_routes_override) {
  Application application = site(R"(
[vhost."*"]
error_pages = { 404 = "errors/404.html", 5xx = "errors/5xx.html" }
root = "www"

[vhost."*".route."/api/"]
error_pages = { 404 = "errors/4xx.txt", 4xx = "errors/4xx.txt" }
root = "www"

[vhost."*".route."/busy"]
respond = { status = 503 }
)");
  constexpr std::string_view html = "text/html; charset=utf-8";
  constexpr std::string_view plain = "text/plain; charset=utf-8";
  expect(application, {
                          {"GET /x", "a.test", 404, "Content-Type", html, "<p>not here"},
                          {"HEAD /x", "a.test", 404, "Content-Length", "11", ""},
                          {"GET /api/x", "a.test", 404, "Content-Type", plain, "your fault\n"},
                          {"PUT /api/x", "a.test", 405, "Allow", "GET, HEAD, OPTIONS", "your fault\n"},
                          {"PUT /x", "a.test", 405, "Content-Type", plain, "*"},
                          {"GET /busy", "a.test", 503, "Content-Type", plain, ""},
                      });

  Response refusal = refuse(application, {Status::not_implemented, "no such method"});
  ASSERT_TRUE(std::holds_alternative<SharedBytes>(refusal.body));
  EXPECT_EQ(std::get<SharedBytes>(refusal.body).bytes, "<p>broken");
  EXPECT_EQ(refusal.fields.value("Server"), "webserv");
  EXPECT_EQ(refusal.status, Status::not_implemented);
  Response plain_refusal = refuse(application, {Status::bad_request, "a bare CR"});
  EXPECT_EQ(plain_refusal.page, ErrorPage::built_in);
  EXPECT_EQ(plain_refusal.reason, "a bare CR");
}

TEST_F(SiteTest, adds_fields_of_the_host_and_of_the_route) {
  Application application = site(R"(
[vhost."a.test"]
root = "www"
fields = { X-Frame-Options = "DENY", X-Both = "host" }

[vhost."a.test".route."/own/"]
root = "www"
fields = { x-both = "route", Server = "" }

[vhost."a.test".route."/text"]
respond = { text = "x" }
fields = { X-Frame-Options = "", Content-Type = "text/css" }
)");
  expect(application, {
                          {"GET /", "a.test", 200, "X-Frame-Options", "DENY", "*"},
                          {"GET /x", "a.test", 404, "X-Frame-Options", "DENY", "*"},
                          {"PUT /", "a.test", 405, "X-Both", "host", "*"},
                          {"OPTIONS *", "a.test", 204, "X-Both", "host", ""},
                          {"GET /deep", "a.test", 308, "X-Both", "host", ""},
                          {"GET /own/", "a.test", 200, "X-Both", "route", "*"},
                          {"GET /own/", "a.test", 200, "X-Frame-Options", "DENY", "*"},
                          {"GET /own/", "a.test", 200, "Server", "(none)", "*"},
                          {"GET /own/x", "a.test", 404, "Server", "(none)", "*"},
                          {"GET /text", "a.test", 200, "X-Frame-Options", "(none)", "x"},
                          {"GET /text", "a.test", 200, "Content-Type", "text/css", "x"},
                          {"GET /text", "a.test", 200, "Server", "webserv", "x"},
                      });
}

TEST_F(SiteTest, offers_no_method_that_the_handler_does_not_have) {
  Application application = site(R"(
[vhost."a.test"]
root = "www"

[vhost."a.test".route."/text"]
respond = { text = "x" }
methods = ["POST"]
)");
  expect(application, {
                          {"POST /text", "a.test", 200, "", "", "x"},
                          {"GET /text", "a.test", 405, "Allow", "POST, OPTIONS", "*"},
                          {"OPTIONS /text", "a.test", 204, "Allow", "POST, OPTIONS", ""},
                      });
}

TEST_F(SiteTest, keeps_the_limits) {
  Application application = site(R"(
[limits]
body_size = "1K"
requests_per_connection = 7

[vhost."a.test"]
root = "www"

[vhost."a.test".route."/large"]
respond = { text = "x" }
body_size = "2K"
)");
  EXPECT_EQ(application.limits.requests_per_connection, 7u);
  auto with_body = [&](std::string_view request, size_t length) {
    std::string body(length, 'b');
    std::string fields = "Host: a.test\r\nContent-Length: " + std::to_string(length) + "\r\n";
    return test::ask(application.handler, request, fields, body).status;
  };
  EXPECT_EQ(with_body("GET /", 1024), 200);
  EXPECT_EQ(with_body("GET /", 1025), 413);
  EXPECT_EQ(with_body("POST /large", 2048), 200);
  EXPECT_EQ(with_body("POST /large", 2049), 413);
  EXPECT_EQ(with_body("GET /nothing", 1025), 413);
}

TEST_F(SiteTest, welcomes_where_there_is_no_configuration) {
  Application application = build(default_config());
  expect(application, {
                          {"GET /", "any.test", 200, "Content-Type", "text/html; charset=utf-8", "*"},
                          {"GET /style.css", "any.test", 200, "Content-Type", "text/css; charset=utf-8", "*"},
                          {"GET /favicon.svg", "any.test", 200, "Content-Type", "image/svg+xml", "*"},
                          {"GET /robots.txt", "any.test", 200, "Server", "webserv", "*"},
                          {"GET /health", "any.test", 200, "", "", "ok\n"},
                          {"GET /old/?a=b", "any.test", 308, "Location", "/?a=b", ""},
                          {"GET /index.htm", "any.test", 404, "", "", "*"},
                          {"POST /", "any.test", 405, "Allow", "GET, HEAD, OPTIONS", "*"},
                      });
  Reply page = test::ask(application.handler, "GET /");
  EXPECT_EQ(test::ask(application.handler, "GET /", "Host: a\r\nIf-None-Match: " + page.field("ETag") + "\r\n").status,
            304);
  // Every link of the page works.
  for (size_t at = page.body.find("href=\"/"); at != std::string::npos; at = page.body.find("href=\"/", at + 1)) {
    std::string link = page.body.substr(at + 6, page.body.find('"', at + 6) - at - 6);
    int status = test::ask(application.handler, "GET " + link).status;
    EXPECT_TRUE(status == 200 || status == 308 || link == "/no-such-page") << link;
  }
}

}  // namespace
}  // namespace webserv::app
