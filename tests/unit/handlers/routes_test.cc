#include "webserv/handlers/routes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "ask.h"
#include "webserv/server/prepared.h"

namespace webserv::detail {
namespace {

using test::ask;
using test::Reply;

Route route(std::string path, MethodSet methods = {Method::get}) {
  Route made;
  made.path = path;
  made.methods = methods;
  made.handler = [path](Request&) { return text("route " + path); };
  return made;
}

Routes routes_of(const std::vector<std::string>& paths) {
  std::vector<Route> all;
  for (const std::string& path : paths) all.push_back(route(path));
  return Routes("a.test", std::move(all), {}, {});
}

std::string found(const Routes& routes, std::string_view path) {
  Routes::Match match = routes.find(path);
  if (match.route == nullptr) return "(none)";
  return match.route->path + (match.add_slash ? " (slash)" : "");
}

Handler handler_of(const Routes& routes) {
  return [&routes](Request& request) { return routes(request); };
}

TEST(Routes, finds_the_exact_path_then_the_longest_prefix) {
  Routes routes =
      routes_of({"/", "/a", "/a/b/", "/a/b/c/d/", "/x/", "/x/y", "/both", "/both/", "/%20/", "/long-name/"});
  struct Case {
    std::string_view path, route;
  };
  for (Case c : std::vector<Case>{
           {"/", "/"},
           {"/other", "/"},
           {"/a", "/a"},
           {"/a/", "/"},
           {"/a/c", "/"},
           {"/a/b", "/a/b/ (slash)"},
           {"/a/b/", "/a/b/"},
           {"/a/b/x", "/a/b/"},
           {"/a/b/c", "/a/b/"},
           {"/a/b/c/", "/a/b/"},
           {"/a/b/c/d", "/a/b/c/d/ (slash)"},
           {"/a/b/c/d/", "/a/b/c/d/"},
           {"/a/b/c/d/e/f", "/a/b/c/d/"},
           {"/a/b/c/dd/", "/a/b/"},
           {"/x", "/x/ (slash)"},
           {"/x/", "/x/"},
           {"/x/y", "/x/y"},
           {"/x/y/", "/x/"},
           {"/x/y/z", "/x/"},
           {"/both", "/both"},
           {"/both/", "/both/"},
           {"/bot", "/"},
           {"/both2", "/"},
           {"/%20/", "/%20/"},
           {"/ /", "/"},
           {"/long-nam/", "/"},
           {"/long-name/x", "/long-name/"},
       }) {
    EXPECT_EQ(found(routes, c.path), c.route) << c.path;
  }
  EXPECT_EQ(found(routes_of({"/a/"}), "/b"), "(none)");
  EXPECT_EQ(found(routes_of({}), "/"), "(none)");
}

// What find() does in the plainest words.
std::string found_plainly(const std::vector<std::string>& paths, const std::string& path) {
  std::string best = "(none)";
  size_t length = 0;
  if (std::ranges::find(paths, path) != paths.end()) return path;
  for (const std::string& candidate : paths) {
    if (candidate == path + "/") return candidate + " (slash)";
    if (candidate.ends_with('/') && path.starts_with(candidate) && candidate.size() > length) {
      best = candidate;
      length = candidate.size();
    }
  }
  return best;
}

TEST(Routes, finds_what_a_plain_search_finds) {
  std::mt19937 random(4711);
  auto path = [&random](bool prefix) {
    std::string made;
    for (auto segments = random() % 4 + !prefix; segments > 0; --segments) {
      made.append("/").append(1 + random() % 2, static_cast<char>('a' + random() % 3));
    }
    return made + (prefix ? "/" : "");
  };
  for (int round = 0; round < 200; ++round) {
    std::vector<std::string> paths;
    for (auto i = random() % 12; i > 0; --i) paths.push_back(path(random() % 3 > 0));
    Routes routes = routes_of(paths);
    for (int i = 0; i < 50; ++i) {
      std::string asked = path(random() % 2 == 0);
      EXPECT_EQ(found(routes, asked), found_plainly(paths, asked)) << asked;
    }
  }
}

TEST(Routes, answers_methods_by_what_the_route_offers) {
  std::vector<Route> all;
  all.push_back(route("/read"));
  all.push_back(route("/form", {Method::get, Method::post}));
  all.push_back(route("/own", {Method::options}));
  Routes routes("a.test", std::move(all), {}, {});
  struct Case {
    std::string_view request;
    int status;
    std::string_view allow;
  };
  for (Case c : std::vector<Case>{
           {"GET /read", 200, "(none)"},
           {"HEAD /read", 200, "(none)"},
           {"POST /read", 405, "GET, HEAD, OPTIONS"},
           {"PUT /read", 405, "GET, HEAD, OPTIONS"},
           {"DELETE /read", 405, "GET, HEAD, OPTIONS"},
           {"PATCH /read", 405, "GET, HEAD, OPTIONS"},
           {"TRACE /read", 405, "GET, HEAD, OPTIONS"},
           {"OPTIONS /read", 204, "GET, HEAD, OPTIONS"},
           {"OPTIONS /form", 204, "GET, HEAD, POST, OPTIONS"},
           {"POST /form", 200, "(none)"},
           {"OPTIONS /own", 200, "(none)"},
           {"GET /own", 405, "OPTIONS"},
           {"OPTIONS *", 204, "GET, HEAD, POST, OPTIONS"},
           {"CONNECT a.test:443", 405, "GET, HEAD, POST, OPTIONS"},
           {"GET /nothing", 404, "(none)"},
           {"OPTIONS /nothing", 404, "(none)"},
           {"PATCH /nothing", 404, "(none)"},
           {"BREW /read", 501, "(none)"},
       }) {
    Reply reply = ask(handler_of(routes), c.request);
    EXPECT_EQ(reply.status, c.status) << c.request;
    EXPECT_EQ(reply.field("Allow"), c.allow) << c.request;
  }
}

TEST(Routes, redirects_to_a_route_with_a_slash) {
  Routes routes = routes_of({"/files/", "/a b/"});
  struct Case {
    std::string_view request, location;
  };
  for (Case c : std::vector<Case>{
           {"GET /files", "/files/"},
           {"GET /files?q=1&r=%20", "/files/?q=1&r=%20"},
           {"GET /files?", "/files/?"},
           {"GET //files", "/files/"},
           {"GET http://a.test/files?x", "/files/?x"},
           {"GET /a%20b", "/a%20b/"},
       }) {
    Reply reply = ask(handler_of(routes), c.request);
    EXPECT_EQ(reply.status, 308) << c.request;
    EXPECT_EQ(reply.field("Location"), c.location) << c.request;
  }
  EXPECT_EQ(ask(handler_of(routes), "POST /files").status, 405);
}

TEST(Routes, refuses_a_body_that_is_declared_too_large) {
  std::vector<Route> all;
  all.push_back(route("/form", {Method::post}));
  all.back().limits.body_size = 10;
  all.push_back(route("/any", {Method::post}));
  all.back().limits.body_size = unlimited;
  Routes routes("a.test", std::move(all), {}, {});
  struct Case {
    std::string_view request, length;
    std::string body;
    int status;
    std::string_view connection = "(none)";
  };
  for (Case c : std::vector<Case>{
           {"POST /form", "10", std::string(10, 'b'), 200},
           {"POST /form", "11", "", 413, "close"},
           {"POST /form", "9223372036854775807", "", 413, "close"},
           {"POST /any", "1000", std::string(1000, 'b'), 200},
           {"GET /form", "10", std::string(10, 'b'), 405},
           {"GET /form", "11", "", 405, "close"},
           {"OPTIONS /form", "11", "", 204, "close"},
       }) {
    std::string fields = "Host: a.test\r\nContent-Length: " + std::string(c.length) + "\r\n";
    Reply reply = ask(handler_of(routes), c.request, fields, c.body);
    EXPECT_EQ(reply.status, c.status) << c.request << " " << c.length;
    EXPECT_EQ(reply.field("Connection"), c.connection);
    EXPECT_EQ(reply.field("Allow"), c.status == 405 || c.status == 204 ? "POST, OPTIONS" : "(none)");
  }
}

TEST(Routes, tell_the_request_where_it_is) {
  RouteLimits limits;
  limits.body_size = 77;
  RouteLimits others;
  others.body_size = 55;
  std::vector<Route> all;
  all.push_back(route("/x/"));
  all.back().limits = limits;
  std::string seen;
  all.back().handler = [&seen](Request& request) {
    seen =
        std::string(request.vhost) + " " + std::string(request.route) + " " + std::to_string(request.limits.body_size);
    return text("");
  };
  Routes routes("a.test", std::move(all), others, {});
  ask(handler_of(routes), "GET /x/y");
  EXPECT_EQ(seen, "a.test /x/ 77");

  Handler nowhere = [&](Request& request) {
    Answer answer = routes(request);
    seen =
        std::string(request.vhost) + " " + std::string(request.route) + " " + std::to_string(request.limits.body_size);
    return answer;
  };
  EXPECT_EQ(ask(nowhere, "GET /y").status, 404);
  EXPECT_EQ(seen, "a.test  55");
}

TEST(Routes, finish_every_answer) {
  Finish finish({{"X-Added", "yes"}, {"X-Handler", ""}}, {});
  std::vector<Route> all;
  all.push_back(route("/now"));
  all.back().handler = [](Request&) {
    Response response = text("now");
    response.fields.add("x-handler", "gone");
    return response;
  };
  all.push_back(route("/later"));
  all.back().handler = [](Request& request) -> Task<Response> {
    co_await request.loop().next_turn();
    Response response = text("later");
    response.fields.add("X-Handler", "gone");
    co_return response;
  };
  all.push_back(route("/slash/"));
  for (Route& made : all) made.finish = finish;
  Routes routes("a.test", std::move(all), {}, finish);
  struct Case {
    std::string_view request;
    int status;
    std::string_view body;
  };
  for (Case c : std::vector<Case>{
           {"GET /now", 200, "now"},
           {"GET /later", 200, "later"},
           {"GET /slash", 308, ""},
           {"OPTIONS /now", 204, ""},
           {"HEAD /later", 200, ""},
           {"OPTIONS *", 204, ""},
       }) {
    Reply reply = ask(handler_of(routes), c.request);
    EXPECT_EQ(reply.status, c.status) << c.request;
    EXPECT_EQ(reply.body, c.body) << c.request;
    EXPECT_EQ(reply.field("X-Added"), "yes") << c.request;
    EXPECT_EQ(reply.field("X-Handler"), "(none)") << c.request;
  }
  EXPECT_EQ(ask(handler_of(routes), "POST /now").field("X-Added"), "yes");
  EXPECT_EQ(ask(handler_of(routes), "GET /nothing").field("X-Added"), "yes");
}

TEST(Routes, leave_what_is_prepared_alone) {
  ResponseFields own;
  own.add("X-Own", "1");
  auto prepared = std::make_shared<const Prepared>(Status::ok, own, "hi");
  std::vector<Route> all;
  all.push_back(route("/"));
  all.back().finish.fields = {{"X-Added", "yes"}};
  all.back().handler = [prepared](Request&) {
    Response response;
    response.body = prepared;
    return response;
  };
  Routes routes("a.test", std::move(all), {}, {});
  Reply reply = ask(handler_of(routes), "GET /");
  EXPECT_EQ(reply.field("X-Own"), "1");
  EXPECT_EQ(reply.field("X-Added"), "(none)");
  EXPECT_EQ(reply.body, "hi");
}

}  // namespace
}  // namespace webserv::detail
