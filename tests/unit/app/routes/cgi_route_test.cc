#include "app/routes/cgi_route.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "unit/app/config/mistakes.h"
#include "unit/app/routes/route_of.h"

namespace webserv::app {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(CgiRoute, a_folder_of_scripts_with_all_that_it_may_have) {
  const RouteConfig route = route_of(in_route(R"(
cgi = { root = "../cgi-bin/", interpreters = { ".py" = "/usr/bin/python3", ".sh" = "" } }
environment = { B = "2", A = "1 = one" }
cgi_limits = { time = "5s", grace = "2s", memory = "64M", tasks = 8, concurrency = 4, output = "1G", cpu_weight = 50 }
cgi_body = "stream"
sendfile_roots = ["/srv/private", "files"]
symlinks = "/nix/store"
hidden_files = true
methods = ["GET", "POST"]
body_size = "200M"
)"));
  const CgiOptions& cgi = handler_of<CgiRoute>(route).options();
  EXPECT_EQ(cgi.route, "/x/");
  EXPECT_EQ(cgi.root, "/etc/cgi-bin");
  EXPECT_EQ(cgi.program, "");
  EXPECT_THAT(cgi.interpreters, ElementsAre(Pair(".py", "/usr/bin/python3"), Pair(".sh", "")));
  EXPECT_THAT(cgi.environment, ElementsAre(Pair("B", "2"), Pair("A", "1 = one")));
  EXPECT_EQ(cgi.body, CgiOptions::Body::stream);
  EXPECT_THAT(cgi.sendfile_roots, ElementsAre("/srv/private", "/etc/webserv/files"));
  EXPECT_THAT(cgi.symlinks, ElementsAre("/nix/store"));
  EXPECT_TRUE(cgi.hidden_files);
  EXPECT_EQ(cgi.limits, (CgiLimits{.time = 5s,
                                   .grace = 2s,
                                   .output = 1ull << 30,
                                   .concurrency = 4,
                                   .memory = 64 << 20,
                                   .tasks = 8,
                                   .cpu_weight = 50}));
  EXPECT_EQ(route.methods, (MethodSet{Method::get, Method::head, Method::post}));
  EXPECT_EQ(route.limits.body_size, 200u << 20);
}

TEST(CgiRoute, one_program_and_what_holds_without_more) {
  const RouteConfig route = route_of(in_route("cgi = { program = \"bin/../git\" }"));
  const CgiOptions& cgi = handler_of<CgiRoute>(route).options();
  EXPECT_EQ(cgi.program, "/etc/webserv/git");
  EXPECT_EQ(cgi.root, "");
  EXPECT_EQ(cgi.body, CgiOptions::Body::gather);
  EXPECT_EQ(cgi.limits, CgiLimits());
  EXPECT_TRUE(route.methods.empty());
}

TEST(CgiRoute, limits_can_be_lifted) {
  const RouteConfig route =
      route_of(in_route("cgi.program = \"/x\"\ncgi_limits = { time = \"unlimited\", memory = \"unlimited\", tasks = "
                        "\"unlimited\", concurrency = \"unlimited\", output = \"unlimited\" }"));
  const CgiLimits& limits = handler_of<CgiRoute>(route).options().limits;
  EXPECT_EQ(limits.time, CgiLimits::forever);
  for (uint64_t limit : {limits.memory, limits.tasks, limits.concurrency, limits.output}) EXPECT_EQ(limit, unlimited);
}

TEST(CgiRoute, a_sandbox_of_what_its_programs_need) {
  const auto sandbox = [](std::string_view text) {
    return handler_of<CgiRoute>(route_of(in_route("cgi.program = \"/x\"\n" + std::string(text)))).options().sandbox;
  };
  EXPECT_EQ(sandbox(""), CgiSandbox());
  EXPECT_EQ(sandbox("sandbox = {}"), CgiSandbox());
  EXPECT_EQ(sandbox("sandbox = \"off\""), (CgiSandbox{.on = false}));
  EXPECT_EQ(sandbox("sandbox.read = \"/srv/git/\""), (CgiSandbox{.read = {"/srv/git"}}));
  EXPECT_EQ(sandbox("sandbox = { read = [\"/a\", \"b\"], write = [\"../c\", \"/etc/webserv-data\"], network = true }"),
            (CgiSandbox{.read = {"/a", "/etc/webserv/b"}, .write = {"/etc/c", "/etc/webserv-data"}, .network = true}));
  EXPECT_EQ(sandbox("sandbox = { read = [], write = [], network = false }"), CgiSandbox());
  // What stands beside the configuration, and within its folder, may be named.
  EXPECT_EQ(sandbox("sandbox.write = [\"data\", \"a.toml.d\"]"),
            (CgiSandbox{.write = {"/etc/webserv/data", "/etc/webserv/a.toml.d"}}));
}

TEST(CgiRoute, misses_its_folder_and_its_programs) {
  const auto missing = [](std::string_view text) {
    std::vector<std::string> all;
    for (const Missing& each : route_of(in_route(text)).handler->missing()) {
      all.push_back(std::string(each.event) + " " + each.path);
    }
    return all;
  };
  EXPECT_THAT(
      missing(
          "cgi = { root = \"/no/such\", interpreters = { \".b\" = \"/no/b\", \".a\" = \"/no/a\", \".c\" = \"\" } }"),
      ElementsAre("root_missing /no/such", "program_missing /no/a", "program_missing /no/b"));
  EXPECT_THAT(missing("cgi = { program = \"/no/such\" }"), ElementsAre("program_missing /no/such"));
  EXPECT_THAT(missing("cgi = { root = \"/\" }"), IsEmpty());
  EXPECT_THAT(
      missing("cgi = { root = \"/\" }\nsandbox = { read = [\"/no/b\", \"/tmp\"], write = [\"/no/a\", \"/no/b\"] }"),
      ElementsAre("sandbox_path_missing /no/a", "sandbox_path_missing /no/b"));
}

TEST(CgiRouteMistakes, what_runs) {
  expect_mistakes({
      {in_route("⟦cgi⟧ = {}"),
       {"`cgi` has neither `root` nor `program`; give it the folder of the scripts, or the one program"}},
      {in_route("⟦cgi⟧ = { interpreters = {} }"), {"`cgi` has neither"}},
      {in_route("cgi = { ⟦rot⟧ = \"x\" }"),
       {"unknown key `rot` in [vhost.\"*\".route.\"/x/\".cgi]; did you mean `root`?"}},
      {"[vhost.\"*\".route.\"/x\"]\ncgi = { ⟦root⟧ = \"x\" }\n",
       {"a route for one path alone runs no script of a folder; end its path with \"/\" for all below it"}},
      {in_route("cgi = { root = \"x\", ⟦program⟧ = \"y\" }"),
       {"`program` stands beside `root`: a folder of scripts runs, or one program; remove one of the two"}},
      {in_route("cgi = { program = \"y\", ⟦interpreters⟧ = {} }"),
       {"`interpreters` has no meaning beside `program`; it belongs to a `root` of scripts"}},
      {in_route("cgi.program = \"y\"\n⟦symlinks⟧ = \"/z\"\n⟦hidden_files⟧ = true"),
       {"`symlinks` has no meaning beside `program`", "`hidden_files` has no meaning beside `program`"}},
      {in_route("cgi = { program = ⟦\"/usr/lib/\"⟧ }"), {"`/usr/lib/` is no path of a program; remove the \"/\""}},
      {in_route("cgi = { root = ⟦\"\"⟧ }"), {"`root` is an empty path"}},
      {in_route("cgi = { root = ⟦[\"x\"]⟧ }"), {"`root` is a text, not a list"}},
      {in_route("cgi = ⟦\"cgi-bin\"⟧"), {"`cgi` is a table, not a text"}},
      {in_route("cgi = ⟦true⟧"), {"`cgi` is a table, not a truth value"}},
      {in_route("root = \"x\"\n⟦cgi⟧ = { root = \"x\" }"),
       {"`cgi` stands beside `root`: a route has exactly one handler"}},
      {in_route("cgi.root = \"x\"\n⟦index⟧ = \"a\"\n⟦listing⟧ = true\n⟦scripts⟧ = { \".a\" = \"\" }"),
       {"`index` has no meaning beside `cgi`", "`listing` has no meaning", "`scripts` has no meaning"}},
      {in_route("cgi.root = \"x\"\nmethods = ⟦\"TRACE\"⟧"), {"`TRACE` is always refused"}},
  });
}

TEST(CgiRouteMistakes, extensions_and_interpreters) {
  expect_mistakes({
      {in_route("cgi = { root = \"x\", interpreters = { ⟦py⟧ = \"/usr/bin/python3\" } }"),
       {"`py` is no extension of a file: a dot, and a name without one; write \".py\""}},
      {in_route("cgi = { root = \"x\", interpreters = { ⟦\"*.py\"⟧ = \"/usr/bin/python3\" } }"), {"write \".py\""}},
      {in_route("cgi = { root = \"x\", interpreters = { ⟦\".tar.gz\"⟧ = \"\", ⟦\".\"⟧ = \"\", ⟦\"\"⟧ = \"\" } }"),
       {"write \".gz\"", "`.` is no extension", "`` is no extension"}},
      {in_route("cgi = { root = \"x\", interpreters = { \".py\" = ⟦\"python3\"⟧, \".pl\" = ⟦\"bin/perl\"⟧ } }"),
       {"`python3` is no absolute path of a program: none is searched for; write \"/usr/bin/python3\"",
        "`bin/perl` is no absolute path of a program"}},
      {in_route("cgi = { root = \"x\", interpreters = ⟦\"/usr/bin/python3\"⟧ }"),
       {"`interpreters` is a table of texts"}},
      {in_host("root = \"x\"\nscripts = { ⟦php⟧ = ⟦\"php-cgi\"⟧ }"), {"write \".php\"", "write \"/usr/bin/php-cgi\""}},
      {in_host("root = \"x\"\nscripts = ⟦{}⟧"),
       {"`scripts` names no extension; write for example { \".cgi\" = \"\" }"}},
      {in_host("root = \"x\"\nscripts = ⟦[\".php\"]⟧"), {"`scripts` is a table of texts, not a list"}},
      {in_host("root = \"x\"\nscripts.\".php\" = ⟦true⟧"), {"`.php` in `scripts` is a text, not a truth value"}},
  });
}

TEST(CgiRouteMistakes, environment) {
  expect_mistakes({
      {in_route("cgi.program = \"x\"\nenvironment = { ⟦\"A=B\"⟧ = \"\", ⟦\"1\"⟧ = \"\", ⟦A-B⟧ = \"\", ⟦\"\"⟧ = \"\" }"),
       {"`A=B` is no name of a variable; letters, digits and \"_\" may stand in one", "`1` is no name",
        "`A-B` is no name", "`` is no name"}},
      {in_route("cgi.program = \"x\"\nenvironment = { A = ⟦\"a\\u0000b\"⟧, B = ⟦1⟧ }"),
       {"has a NUL, which would end the variable; remove it", "`B` in `environment` is a text, not an integer"}},
  });
}

TEST(CgiRouteMistakes, limits) {
  const auto limited = [](std::string_view limits) {
    return in_route("cgi.program = \"x\"\ncgi_limits = { " + std::string(limits) + " }");
  };
  expect_mistakes({
      {limited("time = ⟦30⟧"), {"`time` is a time, not an integer; write \"30s\""}},
      {limited("time = ⟦\"0s\"⟧"), {"`time` is at least \"1ms\""}},
      {limited("memory = ⟦\"64MB\"⟧"), {"write \"64M\""}},
      {limited("memory = ⟦1000⟧"), {"`memory` is at least \"1M\""}},
      {limited("tasks = ⟦0⟧"), {"`tasks` is at least 1"}},
      {limited("concurrency = ⟦0⟧, output = ⟦0⟧"), {"`concurrency` is at least 1", "`output` is at least 1"}},
      {limited("cpu_weight = ⟦10001⟧"), {"`cpu_weight` is at most 10000"}},
      {limited("grace = ⟦\"2h\"⟧"), {"`grace` is at most \"1h\""}},
      {limited("time = \"1s\", grace = ⟦\"2s\"⟧"),
       {"`grace` is longer than `time`: a program would get longer to end than to run; make it shorter"}},
      {limited("grace = ⟦\"31s\"⟧"), {"`grace` is longer than `time`"}},
      {limited("⟦timeout⟧ = \"1s\""), {"unknown key `timeout` in"}},
      {in_route("cgi.program = \"x\"\ncgi_body = ⟦\"buffer\"⟧"), {"`cgi_body` is one of gather, stream, not `buffer`"}},
  });
}

TEST(CgiRouteMistakes, sandboxes) {
  const auto with = [](std::string_view text) { return in_route("cgi.program = \"/x\"\n" + std::string(text)); };
  const auto reads = [&](std::string_view path) { return with("sandbox = { read = " + std::string(path) + " }"); };
  expect_mistakes({
      {with("sandbox = ⟦\"on\"⟧"), {"`sandbox` is a table, or \"off\", not `on`; leave it out: that holds without it"}},
      {with("sandbox = ⟦\"default\"⟧"), {"leave it out: that holds without it"}},
      {with("sandbox = ⟦\"none\"⟧"), {"`sandbox` is a table, or \"off\", not `none`; write \"off\""}},
      {with("sandbox = ⟦\"OFF\"⟧"), {"write \"off\""}},
      {with("sandbox = ⟦\"of\"⟧"), {"did you mean `off`?"}},
      {with("sandbox = ⟦true⟧"), {"`sandbox` is a table, or \"off\", not a truth value; leave it out"}},
      {with("sandbox = ⟦false⟧"), {"write \"off\""}},
      {with("sandbox = ⟦\"/srv/git\"⟧"), {"write sandbox = { read = \"/srv/git\" }"}},
      {with("sandbox = ⟦[\"/srv/git\"]⟧"), {"`sandbox` is a table, or \"off\", not a list; write sandbox = { read ="}},
      {with("sandbox = ⟦1⟧"), {"`sandbox` is a table, or \"off\", not an integer"}},
      {with("sandbox = { ⟦reed⟧ = \"/x\" }"),
       {"unknown key `reed` in [vhost.\"*\".route.\"/x/\".sandbox]; did you mean `read`?"}},
      {with("sandbox = { network = ⟦\"true\"⟧ }"), {"`network` is true or false, not a text; write true without"}},
      {reads("[\"/srv\", ⟦\"\"⟧]"), {"`read` is an empty path"}},
      {reads("[\"/srv\", ⟦1⟧]"), {"`read` is a list of texts, and an integer stands in it"}},
      {reads("⟦\"~/site\"⟧"), {"write the whole path"}},
      {reads("⟦\"/\"⟧"), {"`/` is all of the machine, and so no sandbox; name what programs need, or write"}},
      {reads("⟦\"../..\"⟧"), {"`../..` is all of the machine"}},
      {reads("[⟦\".\"⟧, ⟦\"..\"⟧, ⟦\"/etc/\"⟧]"),
       {"`.` holds the configuration, which programs may not reach; name a folder within it", "`..` holds",
        "`/etc/` holds"}},
      {with("sandbox = { write = [⟦\"a.toml\"⟧, ⟦\"/etc/webserv\"⟧] }"),
       {"`a.toml` is the configuration itself, which programs may not reach; remove it", "`/etc/webserv` holds"}},
  });
}

TEST(CgiRouteMistakes, keys_without_programs) {
  expect_mistakes({
      {in_host("root = \"x\"\n⟦environment⟧ = { A = \"b\" }\n⟦cgi_limits⟧ = {}\n⟦sandbox⟧ = \"off\""),
       {"`environment` has no meaning without programs; say with `scripts` which files are some",
        "`cgi_limits` has no meaning without programs", "`sandbox` has no meaning without programs"}},
      {in_route("respond = {}\n⟦cgi_body⟧ = \"stream\"\n⟦sendfile_roots⟧ = \"x\"\n⟦sandbox⟧ = {}"),
       {"`cgi_body` has no meaning beside `respond`; it belongs to a route with `cgi` or `scripts`",
        "`sendfile_roots` has no meaning beside `respond`", "`sandbox` has no meaning beside `respond`"}},
      {in_route("redirect.to = \"/y\"\n⟦scripts⟧ = { \".a\" = \"\" }\n⟦environment⟧ = {}"),
       {"`scripts` has no meaning beside `redirect`; it belongs to a route with a `root`",
        "`environment` has no meaning beside `redirect`"}},
  });
}

}  // namespace
}  // namespace webserv::app
