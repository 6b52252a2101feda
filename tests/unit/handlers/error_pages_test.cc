#include "webserv/handlers/error_pages.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "ask.h"
#include "webserv/handlers/routes.h"

namespace webserv::detail {
namespace {

using test::ask;
using test::Reply;

// A folder that goes away with the test, and a log whose lines are counted.
class ErrorPageTest : public testing::Test {
 protected:
  ErrorPageTest() {
    std::string name = (std::filesystem::temp_directory_path() / "webserv-errors-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    EXPECT_EQ(::pipe2(pipe_, O_NONBLOCK | O_CLOEXEC), 0);
    sink_ = std::make_unique<LineSink>(pipe_[1]);
    log_ = std::make_unique<Log>(*sink_, LogFormat::text, Level::debug);
  }
  ~ErrorPageTest() override {
    std::filesystem::remove_all(folder_);
    ::close(pipe_[0]);
    ::close(pipe_[1]);
  }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  void write(const std::string& name, std::string_view content) const { std::ofstream(path(name)) << content; }
  std::shared_ptr<const ErrorPageFile> page(const std::string& name) const {
    return std::make_shared<const ErrorPageFile>(path(name), pool_, clock_, *log_);
  }
  std::string logged() const {
    std::string lines(4096, '\0');
    ssize_t got = ::read(pipe_[0], lines.data(), lines.size());
    return lines.substr(0, got > 0 ? static_cast<size_t>(got) : 0);
  }

  // What stands for an error now.
  std::string content(const ErrorPageFile& file) {
    if (!file.is_fresh()) {
      Task<> task = file.refresh();
      loop_.turn(Clock::duration(0));
      for (task.start(); !task.done();) loop_.turn(Clock::duration(0));
    }
    std::shared_ptr<const std::string> bytes = file.content();
    return bytes == nullptr ? "(missing)" : *bytes;
  }

  std::string folder_;
  int pipe_[2];
  FakeClock clock_;
  Loop loop_{clock_};
  const std::shared_ptr<BlockingPool> pool_ = std::make_shared<BlockingPool>(0);
  std::unique_ptr<LineSink> sink_;
  std::unique_ptr<Log> log_;
};

TEST_F(ErrorPageTest, shows_a_change_on_disk_after_a_second) {
  write("404.html", "one");
  auto file = page("404.html");
  EXPECT_EQ(content(*file), "one");
  write("404.html", "two");
  EXPECT_EQ(content(*file), "one");
  clock_.advance(std::chrono::milliseconds(999));
  EXPECT_EQ(content(*file), "one");
  clock_.advance(std::chrono::milliseconds(1));
  EXPECT_EQ(content(*file), "two");
}

TEST_F(ErrorPageTest, tells_once_that_it_is_missing) {
  auto file = page("404.html");
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(content(*file), "(missing)");
    clock_.advance(std::chrono::seconds(1));
  }
  std::string lines = logged();
  EXPECT_NE(lines.find(path("404.html")), std::string::npos) << lines;
  EXPECT_EQ(std::ranges::count(lines, '\n'), 1) << lines;

  write("404.html", "here");
  EXPECT_EQ(content(*file), "here");
  EXPECT_EQ(logged(), "");
  std::filesystem::remove(path("404.html"));
  clock_.advance(std::chrono::seconds(1));
  EXPECT_EQ(content(*file), "(missing)");
  EXPECT_NE(logged(), "");
}

TEST_F(ErrorPageTest, takes_only_files_of_a_sensible_size) {
  std::filesystem::create_directory(path("directory"));
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  write("largest", std::string(ErrorPageFile::max_size, 'x'));
  write("too-large", std::string(ErrorPageFile::max_size + 1, 'x'));
  write("empty", "");
  EXPECT_EQ(content(*page("directory")), "(missing)");
  EXPECT_EQ(content(*page("pipe")), "(missing)");
  EXPECT_EQ(content(*page("largest")).size(), ErrorPageFile::max_size);
  EXPECT_EQ(content(*page("too-large")), "(missing)");
  EXPECT_EQ(content(*page("empty")), "");
}

TEST_F(ErrorPageTest, prefers_the_code_to_its_class_and_the_route_to_the_host) {
  ErrorPages host;
  host.set(404, page("host404"));
  host.set(4, page("host4xx"));
  host.set(5, page("host5xx"));
  ErrorPages route;
  route.set(404, page("route404"));
  route.set(5, page("route5xx"));
  route.set(503, page("route503"));
  ErrorPages both = ErrorPages::merge(host, route);
  struct Case {
    int status;
    std::string_view of_host, of_both;
  };
  for (Case c : std::vector<Case>{
           {404, "host404", "route404"},
           {403, "host4xx", "host4xx"},
           {500, "host5xx", "route5xx"},
           {503, "host5xx", "route503"},
           {302, "(none)", "(none)"},
       }) {
    auto name = [&](const ErrorPages& pages) {
      const ErrorPageFile* file = pages.find(static_cast<Status>(c.status));
      return file == nullptr ? "(none)" : std::filesystem::path(file->path()).filename().string();
    };
    EXPECT_EQ(name(host), c.of_host) << c.status;
    EXPECT_EQ(name(both), c.of_both) << c.status;
  }
}

TEST_F(ErrorPageTest, stands_for_the_body_and_leaves_the_rest) {
  write("404.html", "<p>not here");
  write("4xx.txt", "no\n");
  ErrorPages pages;
  pages.set(404, page("404.html"));
  pages.set(4, page("4xx.txt"));
  pages.set(5, page("missing.html"));
  std::vector<Route> all(3);
  all[0].path = "/file";
  all[0].methods = {Method::get};
  all[0].handler = [](Request&) {
    Response response = text("0123456789");
    response.fields.add("ETag", "\"e\"");
    return response;
  };
  all[1].path = "/busy";
  all[1].methods = {Method::get};
  all[1].handler = [](Request&) {
    Response response = error(Status::service_unavailable, "busy");
    response.fields.add("Retry-After", "7");
    return response;
  };
  all[2].path = "/own";
  all[2].methods = {Method::get};
  all[2].handler = [](Request&) { return text("a handler's own", Status::not_found); };
  for (Route& route : all) route.finish.error_pages = pages;
  Routes routes("a.test", std::move(all), {}, Finish{{}, pages});
  Handler handler = [&](Request& request) { return routes(request); };

  struct Case {
    std::string_view request, fields, body, type, field, value;
    int status;
  };
  for (Case c : std::vector<Case>{
           {"GET /none", "", "<p>not here", "text/html; charset=utf-8", "Content-Length", "11", 404},
           {"HEAD /none", "", "", "text/html; charset=utf-8", "Content-Length", "11", 404},
           {"GET /none", "Range: bytes=0-1\r\n", "<p>not here", "text/html; charset=utf-8", "Content-Range", "(none)",
            404},
           {"GET /none", "If-None-Match: *\r\n", "<p>not here", "text/html; charset=utf-8", "ETag", "(none)", 404},
           {"POST /file", "", "no\n", "text/plain; charset=utf-8", "Allow", "GET, HEAD, OPTIONS", 405},
           {"GET /file", "Range: bytes=20-\r\n", "no\n", "text/plain; charset=utf-8", "Content-Range", "bytes */10",
            416},
           {"GET /file", "If-Match: \"x\"\r\n", "no\n", "text/plain; charset=utf-8", "X", "(none)", 412},
           {"GET /file", "Range: bytes=2-3\r\n", "23", "text/plain; charset=utf-8", "ETag", "\"e\"", 206},
           {"GET /own", "", "a handler's own", "text/plain; charset=utf-8", "X", "(none)", 404},
       }) {
    Reply reply = ask(handler, c.request, "Host: a.test\r\n" + std::string(c.fields));
    EXPECT_EQ(reply.status, c.status) << c.request << " " << c.fields;
    EXPECT_EQ(reply.body, c.body) << c.request << " " << c.fields;
    EXPECT_EQ(reply.field("Content-Type"), c.type) << c.request << " " << c.fields;
    EXPECT_EQ(reply.field(c.field), c.value) << c.request << " " << c.fields;
  }

  Reply busy = ask(handler, "GET /busy", "Host: a.test\r\nAccept: text/html\r\n");
  EXPECT_EQ(busy.status, 503);
  EXPECT_EQ(busy.field("Retry-After"), "7");
  EXPECT_NE(busy.body.find("<h1>Service Unavailable</h1>"), std::string::npos) << "the built-in page";
}

}  // namespace
}  // namespace webserv::detail
