#include "app/routes/files_route.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "unit/app/config/mistakes.h"
#include "unit/app/routes/route_of.h"

namespace webserv::app {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(FilesRoute, has_all_that_the_route_says) {
  const RouteConfig route = route_of(in_host(R"(root = "../www/./a/"
index = ["a.html", "b.html"]
listing = true
fallback = "/index.html"
cache_control = "public, max-age=3600"
precompressed = true
hidden_files = true
symlinks = ["/nix/store", "other"]
)"));
  StaticFilesOptions expected;
  expected.route = "/";
  expected.root = "/etc/www/a";
  expected.symlinks = {"/nix/store", "/etc/webserv/other"};
  expected.index = {"a.html", "b.html"};
  expected.listing = true;
  expected.hidden_files = true;
  expected.fallback = "/index.html";
  expected.cache_control = "public, max-age=3600";
  expected.precompressed = {Coding::zstd, Coding::br, Coding::gzip};
  EXPECT_EQ(handler_of<FilesRoute>(route).options(), expected);
}

TEST(FilesRoute, has_the_defaults_of_files_where_the_route_says_no_more) {
  StaticFilesOptions expected;
  expected.route = "/x/";
  expected.root = "/etc/webserv/www";
  EXPECT_EQ(handler_of<FilesRoute>(route_of(in_route("root = \"www\""))).options(), expected);
}

TEST(FilesRoute, has_scripts_among_its_files) {
  const RouteConfig route = route_of(in_host(R"(root = "x"
index = ["index.php", "index.html"]
scripts = { ".php" = "/usr/bin/php-cgi", ".cgi" = "" }
environment.A = "b"
cgi_limits.time = "1m"
methods = ["GET", "POST", "PUT", "DELETE", "PATCH"]
)"));
  const auto& files = handler_of<FilesRoute>(route);
  EXPECT_THAT(files.options().index, ElementsAre("index.php", "index.html"));
  ASSERT_TRUE(files.scripts());
  EXPECT_EQ(files.scripts()->root, "/etc/webserv/x");
  EXPECT_EQ(files.scripts()->route, "/");
  EXPECT_THAT(files.scripts()->interpreters, ElementsAre(Pair(".php", "/usr/bin/php-cgi"), Pair(".cgi", "")));
  EXPECT_THAT(files.scripts()->environment, ElementsAre(Pair("A", "b")));
  EXPECT_EQ(files.scripts()->limits.time, 1min);
  EXPECT_FALSE(handler_of<FilesRoute>(route_of(in_host("root = \"x\""))).scripts());
}

// What check --live finds in it.
std::vector<std::string> live_mistakes(const RouteConfig& route) {
  Findings findings("a.toml");
  route.handler->check_live(route.places, findings);
  std::vector<std::string> all;
  for (const Diagnostic& each : std::move(findings).take()) all.push_back(to_string(each));
  return all;
}

TEST(FilesRoute, is_looked_at_on_the_host) {
  EXPECT_THAT(live_mistakes(route_of(in_host("root = \"/\""))), IsEmpty());
  EXPECT_THAT(live_mistakes(route_of(in_host("fallback = \"/no/such/file\"\nroot = \"/\"\nsymlinks = \"/no/such/x\""))),
              ElementsAre(HasSubstr("a.toml:2:12: error: the file `//no/such/file` cannot be opened"),
                          HasSubstr("a.toml:4:12: error: the folder `/no/such/x` cannot be opened")));
  EXPECT_THAT(live_mistakes(route_of(in_host("root = \"/dev/null\""))),
              ElementsAre(HasSubstr("`/dev/null` is no folder; name a folder")));
  EXPECT_THAT(live_mistakes(route_of(in_host("root = \"/\"\nscripts = { \".a\" = \"\", \".b\" = \"/no/such/b\" }"))),
              ElementsAre(HasSubstr("a.toml:3:31: error: the program `/no/such/b` cannot be run")));
}

TEST(FilesRoute, has_a_root_that_cannot_be_looked_at) {
  const std::string too_long(300, 'a');
  EXPECT_THAT(live_mistakes(route_of("[vhost.\"*\".route.\"/x\"]\nroot = \"/" + too_long + "\"\n")),
              ElementsAre(HasSubstr("cannot be opened: File name too long")));
}

TEST(FilesRoute, misses_its_root_and_its_interpreters) {
  const RouteConfig route = route_of(in_host("root = \"/no/such/root\"\nscripts = { \".a\" = \"/no/such/program\" }"));
  const std::vector<Missing> missing = route.handler->missing();
  ASSERT_EQ(missing.size(), 2u);
  EXPECT_EQ(missing[0].event, "root_missing");
  EXPECT_EQ(missing[0].path, "/no/such/root");
  EXPECT_EQ(missing[1].event, "program_missing");
  EXPECT_EQ(missing[1].path, "/no/such/program");
}

TEST(FilesRouteMistakes, keys_of_files) {
  expect_mistakes({
      {in_host("root = ⟦\"\"⟧"), {"`root` is an empty path; write \".\" for the folder of this file"}},
      {in_host("root = ⟦\"a\\u0000b\"⟧"), {"`root` is no path: it has a NUL"}},
      {in_host("root = \"x\"\nindex = [\"a\", ⟦\"b/c\"⟧, ⟦\"\"⟧, ⟦\"..\"⟧]"),
       {"`b/c` is no name of a file in a folder", "`` is no name", "`..` is no name"}},
      {in_host("root = \"x\"\nfallback = ⟦\"index.html\"⟧"), {"does not begin with \"/\"; write \"/index.html\""}},
      {in_host("root = \"x\"\nfallback = ⟦\"/../a\"⟧"), {"has a \".\" or \"..\""}},
      {in_host("root = \"x\"\nfallback = ⟦\"/app/\"⟧"), {"is a folder; write \"/app/index.html\""}},
      {in_host("root = \"x\"\ncache_control = ⟦\"a\\nb\"⟧"), {"has a control character"}},
      {in_host("root = \"x\"\nsymlinks = [\"/a\", ⟦\"\"⟧]"), {"`symlinks` is an empty path"}},
  });
}

TEST(FilesRouteMistakes, what_other_servers_would_understand) {
  expect_mistakes({
      {in_host("root = ⟦\"~/site\"⟧"), {"in which \"~\" and variables stand for nothing; write the whole path"}},
      {in_host("root = ⟦\"file:///srv\"⟧"), {"`root` is a path, not a URL; write \"/srv\""}},
      {in_host("root = \"/x\"\nfallback = ⟦\"/x/i.html\"⟧"),
       {"is a path below the root, which has its own path in front already; write \"/i.html\""}},
      {in_host("root = \"x\"\ncache_control = ⟦\"1h\"⟧"), {"is no directive of Cache-Control; write \"max-age=3600\""}},
      {in_host("root = \"x\"\ncache_control = ⟦60⟧"), {"write \"max-age=60\""}},
      {in_host("root = \"y\"\n[vhost.\"*\".route.\"/x\"]\nroot = \"x\"\n⟦listing⟧ = true"),
       {"a route for one path alone lists nothing"}},
  });
}

}  // namespace
}  // namespace webserv::app
