#include "app/config/config_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "app/routes/files_route.h"
#include "app/routes/redirect_route.h"
#include "app/routes/respond_route.h"
#include "unit/app/config/mistakes.h"
#include "unit/app/routes/route_of.h"

namespace webserv::app {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Config read(std::string_view text) {
  auto config = read_config(text, "a.toml", "/etc/webserv");
  if (config) return *std::move(config);
  for (const Diagnostic& diagnostic : config.error()) ADD_FAILURE() << to_string(diagnostic);
  return {};
}

std::vector<std::string> errors(std::string_view text) {
  std::vector<std::string> all;
  const auto config = read_config(text, "a.toml", "/etc/webserv");
  if (config) return all;
  for (const Diagnostic& diagnostic : config.error()) all.push_back(to_string(diagnostic));
  return all;
}

constexpr uint64_t kilo = 1024;

TEST(ConfigReader, a_host_alone_is_a_configuration) {
  const Config config = read("[vhost.\"*\"]\nroot = \"www\"");
  EXPECT_EQ(config.file, "a.toml");
  EXPECT_EQ(config.server.workers, 0u);
  EXPECT_EQ(config.log.level, Level::info);
  EXPECT_EQ(config.log.access, "journal");
  ASSERT_EQ(config.listeners.size(), 1u);
  EXPECT_EQ(config.listeners[0].name, "http");
  EXPECT_THAT(config.listeners[0].addresses, ElementsAre("127.0.0.1:8080"));
  ASSERT_EQ(config.vhosts.size(), 1u);
  const VhostConfig& host = config.vhosts[0];
  EXPECT_EQ(host.name, "*");
  EXPECT_THAT(host.aliases, IsEmpty());
  EXPECT_THAT(host.listeners, IsEmpty());
  ASSERT_EQ(host.routes.size(), 1u);
  EXPECT_EQ(host.routes[0].path, "/");
  EXPECT_TRUE(host.routes[0].methods.empty());
  EXPECT_EQ(handler_of<FilesRoute>(host.routes[0]).options().root, "/etc/webserv/www");
}

TEST(ConfigReader, right_files_are_taken) {
  const std::string rows[] = {
      before_host(""),
      before_host("# a comment \"with [ quotes ' \n\r\n"),
      before_host("server = {}\nlimits = {}\ntimeouts = {}\nlog = {}\nlistener = {}"),
      before_host("[server]\nworkers = 1024"),
      before_host("[limits]\nhead_size = 1024\nfields = 1\nbody_size = 0\nconnections = 1"),
      before_host("[limits]\nbody_size = \"unlimited\"\nconnections_per_client = \"unlimited\"\n"
                  "requests_per_connection = \"unlimited\""),
      before_host("[limits]\nbody_size = \"0K\"\nhead_size = \"00016K\""),
      before_host("[timeouts]\nidle = \"1ms\"\nhead = \"24h\"\nbody = \"1d\"\nwrite = \"5m\"\ndrain = \"0s\""),
      before_host("[listener.http]"),
      before_host("[listener.\"webserv.socket\"]\naddress = \"unix:run/x.sock\""),
      before_host("[listener.a]\naddress = \"127.0.0.1:0\"\n[listener.b]\naddress = [\"127.0.0.1:0\", \"*:0\"]"),
      before_host("[log]\nlevel = 'debug'\naccess = \"\"\"off\"\"\""),
      "vhost = { \"*\" = { root = \"x\" } }",
      "vhost.\"*\".root = \"x\"",
      "[vhost]\na.root = \"x\"\n\"*.a\".redirect.to = \"https://a/\"",
      "[vhost.a.route.\"/\"]\nroot = \"x\"\n[vhost.a]\naliases = \"b\"",
      "[vhost.a.route]\n\"/x\" = { respond = {} }\n\"/x/\" = { root = \".\" }",
      "[vhost.\"[::1]\"]\nroot = \"x\"\naliases = [\"127.0.0.1\", \"a_b.c-d.e\", \"xn--bcher-kva.example\", \"A.\"]",
      "[listener.x]\n[listener.y]\n[vhost.a]\nroot = \"x\"\nlisteners = \"x\"\n[vhost.\"A\"]\nroot = \"x\"\nlisteners "
      "= \"y\"",
      in_host("root = \"x\"\nindex = []"),
      in_host("root = \"/\"\nindex = \"a b\"\nfallback = \"/a b/ü.html\""),
      in_host("root = \"x\"\nfields = { Server = \"\", ETag = \"\", X = \"ü \\t 1\" }"),
      in_host("root = \"x\"\nerror_pages = { 400 = \"a\", 599 = \"b\", 4xx = \"c\", 5xx = \"/d\" }"),
      in_host("root = \"x\"\nmethods = [\"GET\", \"HEAD\", \"OPTIONS\"]"),
      in_route("respond = {}\nmethods = [\"GET\", \"POST\", \"PUT\", \"DELETE\", \"PATCH\"]"),
      in_route("respond = { status = 204 }"),
      in_route("respond = { status = 599, text = \"a\\u0000b\", type = \"application/json\" }"),
      in_route("redirect = { to = \"/y?z=1#w\" }"),
      in_route("redirect = { to = \"/x y/\" }"),
      in_route("redirect = { to = \"HTTPS://a.b:8443\", status = 307 }"),
      in_route("redirect = { to = \"https://[::1]/x/\", status = 303 }"),
      // It leads below its own route, where another one takes it.
      in_route("redirect = { to = \"/x/y/\" }\n[vhost.\"*\".route.\"/x/y/\"]\nroot = \"x\""),
      "[vhost.a.route.\"/x\"]\nredirect = { to = \"/x/\" }",
      "[vhost.a.route.\"/a b/ü*.%\"]\nroot = \"x\"",
  };
  for (const std::string& text : rows) EXPECT_THAT(errors(text), IsEmpty()) << text;
}

TEST(ConfigReader, tables_beside_the_hosts) {
  const Config config = read(before_host(R"(
[server]
workers = 3
[listener.web]
address = ["127.0.0.1:80", "[::1]:80", "*:8080", "unix:run/../x.sock"]
[listener.admin]
address = "unix:/run/admin.sock"
[listener.socket]
[limits]
head_size = "8K"
fields = 50
body_size = "2M"
connections = 10
connections_per_client = "unlimited"
requests_per_connection = 7
[timeouts]
idle = "1s"
head = "2s"
body = "3s"
write = "4m"
drain = "5h"
[log]
level = "debug"
access = "combined"
)"));
  EXPECT_EQ(config.server.workers, 3u);
  ASSERT_EQ(config.listeners.size(), 3u);
  EXPECT_EQ(config.listeners[0].name, "web");
  EXPECT_THAT(config.listeners[0].addresses,
              ElementsAre("127.0.0.1:80", "[::1]:80", "*:8080", "unix:/etc/webserv/x.sock"));
  EXPECT_THAT(config.listeners[1].addresses, ElementsAre("unix:/run/admin.sock"));
  EXPECT_EQ(config.listeners[2].name, "socket");
  EXPECT_THAT(config.listeners[2].addresses, IsEmpty());
  EXPECT_EQ(config.limits.head.head_size, 8 * kilo);
  EXPECT_EQ(config.limits.head.fields, 50u);
  EXPECT_EQ(config.limits.route.body_size, 2 * kilo * kilo);
  EXPECT_EQ(config.limits.connections, 10u);
  EXPECT_EQ(config.limits.connections_per_client, unlimited);
  EXPECT_EQ(config.limits.requests_per_connection, 7u);
  EXPECT_EQ(config.limits.idle, 1s);
  EXPECT_EQ(config.limits.head_time, 2s);
  EXPECT_EQ(config.limits.route.body, 3s);
  EXPECT_EQ(config.limits.route.write, 4min);
  EXPECT_EQ(config.limits.drain, 5h);
  EXPECT_EQ(config.log.level, Level::debug);
  EXPECT_EQ(config.log.access, "combined");
}

TEST(ConfigReader, a_host_with_all_that_it_may_have) {
  const Config config = read(R"([listener.http]
[listener.other]
[vhost."MySite.local."]
aliases = ["WWW.mysite.local", "*.Apps.mysite.local."]
listeners = ["http", "other"]
error_pages = { 404 = "errors/404.html", 5xx = "/srv/5xx.html" }
fields = { X-Frame-Options = "DENY", Server = "" }
[vhost."MySite.local.".route."/"]
root = "www"
methods = ["GET"]
[vhost."MySite.local.".route."/old"]
redirect = { to = "/new", status = 301 }
error_pages = { 405 = "405.html" }
fields.X-Frame-Options = ""
[vhost."MySite.local.".route."/hello"]
respond = { status = 418, text = "tea", type = "text/html" }
)");
  ASSERT_EQ(config.vhosts.size(), 1u);
  const VhostConfig& host = config.vhosts[0];
  EXPECT_EQ(host.name, "mysite.local");
  EXPECT_THAT(host.aliases, ElementsAre("www.mysite.local", "*.apps.mysite.local"));
  EXPECT_THAT(host.listeners, ElementsAre("http", "other"));
  EXPECT_THAT(host.error_pages,
              ElementsAre(ErrorPageConfig{404, "/etc/webserv/errors/404.html"}, ErrorPageConfig{5, "/srv/5xx.html"}));
  EXPECT_THAT(host.fields, ElementsAre(FieldRule{"X-Frame-Options", "DENY"}, FieldRule{"Server", ""}));
  ASSERT_EQ(host.routes.size(), 3u);
  EXPECT_EQ(host.routes[0].path, "/");
  EXPECT_EQ(host.routes[0].methods, (MethodSet{Method::get, Method::head}));
  EXPECT_EQ(handler_of<FilesRoute>(host.routes[0]).options().route, "/");
  EXPECT_EQ(host.routes[1].path, "/old");
  EXPECT_EQ(handler_of<RedirectRoute>(host.routes[1]).to(), "/new");
  EXPECT_THAT(host.routes[1].fields, ElementsAre(FieldRule{"X-Frame-Options", ""}));
  EXPECT_THAT(host.routes[1].error_pages, ElementsAre(ErrorPageConfig{405, "/etc/webserv/405.html"}));
  EXPECT_EQ(handler_of<RespondRoute>(host.routes[2]).text(), "tea");
}

TEST(ConfigReader, keys_of_a_host_are_those_of_its_route_slash) {
  const Config config = read(R"([vhost.a]
root = "x"
index = "i"
[vhost.a.route."/b/"]
root = "y"
[vhost.a.route."/"]
listing = true
fields = { X = "1" }
)");
  const std::vector<RouteConfig>& routes = config.vhosts[0].routes;
  ASSERT_EQ(routes.size(), 2u);
  EXPECT_EQ(routes[1].path, "/");
  const StaticFilesOptions& files = handler_of<FilesRoute>(routes[1]).options();
  EXPECT_EQ(files.root, "/etc/webserv/x");
  EXPECT_THAT(files.index, ElementsAre("i"));
  EXPECT_TRUE(files.listing);
  EXPECT_THAT(routes[1].fields, ElementsAre(FieldRule{"X", "1"}));
  EXPECT_THAT(config.vhosts[0].fields, IsEmpty());
  EXPECT_THAT(handler_of<FilesRoute>(routes[0]).options().index, ElementsAre("index.html"));
}

TEST(ConfigReader, fields_and_error_pages_of_a_host_are_not_repeated_in_its_route) {
  const Config config = read(in_host("root = \"x\"\nfields = { X = \"1\" }\nerror_pages = { 404 = \"y\" }"));
  EXPECT_EQ(config.vhosts[0].fields.size(), 1u);
  EXPECT_EQ(config.vhosts[0].error_pages.size(), 1u);
  EXPECT_THAT(config.vhosts[0].routes[0].fields, IsEmpty());
  EXPECT_THAT(config.vhosts[0].routes[0].error_pages, IsEmpty());
}

TEST(ConfigReader, the_narrowest_limit_holds) {
  const Config config = read(R"(
[limits]
body_size = "1K"
[timeouts]
body = "1s"
write = "1s"
[vhost.a]
root = "x"
body_size = "2K"
body = "2s"
[vhost.a.route."/y"]
root = "x"
body_size = "unlimited"
[vhost.b]
root = "x"
)");
  const auto check = [](const RouteLimits& limits, uint64_t size, Clock::duration body, Clock::duration write) {
    EXPECT_EQ(limits.proxy_write, write);
    EXPECT_EQ(limits.body_size, size);
    EXPECT_EQ(limits.body, body);
    EXPECT_EQ(limits.write, write);
  };
  check(config.vhosts[0].limits, 2 * kilo, 2s, 1s);
  check(config.vhosts[0].routes[0].limits, 2 * kilo, 2s, 1s);
  check(config.vhosts[0].routes[1].limits, unlimited, 2s, 1s);
  check(config.vhosts[1].limits, kilo, 1s, 1s);
  check(config.vhosts[1].routes[0].limits, kilo, 1s, 1s);
}

TEST(ConfigReader, keeps_the_order_of_the_file_and_the_places) {
  const Config config = read(R"([listener.z]
[limits]
  body_size = 1
[vhost.z]
root = "ü"
[vhost.a]
fields = { X = "1" }
  [vhost.a.route."/z"]
  root = "x"
  hidden_files = true
  [vhost.a.route."/a"]
  root = "x"
[listener.a]
)");
  EXPECT_EQ(config.listeners[0].place, (SourcePlace{1, 11}));
  EXPECT_EQ(config.listeners[1].place, (SourcePlace{13, 11}));
  EXPECT_EQ(config.places.of("body_size"), (SourcePlace{3, 3}));
  EXPECT_EQ(config.places.of("idle"), (SourcePlace{0, 0}));
  EXPECT_EQ(config.vhosts[0].name, "z");
  EXPECT_EQ(config.vhosts[0].routes[0].place, (SourcePlace{4, 8}));
  EXPECT_EQ(config.vhosts[0].routes[0].places.of("root"), (SourcePlace{5, 1}));
  EXPECT_EQ(config.vhosts[1].place, (SourcePlace{6, 8}));
  EXPECT_EQ(config.vhosts[1].places.of("fields"), (SourcePlace{7, 1}));
  EXPECT_EQ(config.vhosts[1].routes[0].path, "/z");
  EXPECT_EQ(config.vhosts[1].routes[0].place, (SourcePlace{8, 18}));
  EXPECT_EQ(config.vhosts[1].routes[0].places.of("hidden_files"), (SourcePlace{10, 3}));
  EXPECT_EQ(config.vhosts[1].routes[1].path, "/a");
}

TEST(ConfigReader, shows_a_bounded_number_of_errors_and_counts_the_rest) {
  std::string text = "[server]\n";
  for (int i = 0; i < 300; ++i) text += "a" + std::to_string(i) + " = 1\n";
  const std::vector<std::string> all = errors(before_host(text));
  ASSERT_EQ(all.size(), Findings::most_shown + 1);
  EXPECT_THAT(all.front(), HasSubstr("a.toml:2:1: error: unknown key `a0`"));
  EXPECT_THAT(all.back(), HasSubstr("a.toml:101:1: error: 200 more errors are not shown"));
}

TEST(ConfigReader, no_control_byte_of_the_file_reaches_a_message) {
  EXPECT_THAT(errors(before_host("\"\\u001b[31m\\n\" = 1")), ElementsAre(HasSubstr("unknown key `\\x1b[31m\\x0a`")));
}

TEST(ConfigReader, long_texts_are_cut_in_messages) {
  const std::vector<std::string> all = errors(before_host("\"" + std::string(79, 'a') + "üüü\" = 1"));
  EXPECT_THAT(all, ElementsAre(HasSubstr("`" + std::string(79, 'a') + "...`")));
}

TEST(ConfigReader, shortens_names_where_it_names_their_tables) {
  const std::string name(1000, 'x');
  EXPECT_THAT(errors("[vhost." + name + "]\nroot = 1\n[vhost.a.route.\"/\\\\\\\"\"]\nrot = 1"),
              ElementsAre(HasSubstr("a.toml:1:8: error: `" + std::string(80, 'x') + "...` is no host name"),
                          HasSubstr("a.toml:2:8: error: `root` is a text"),
                          HasSubstr("in [vhost.a.route.\"/\\\\\\\"\"]; did you mean `root`?")));
}

TEST(ConfigReader, reads_many_hosts_and_routes) {
  std::string text;
  for (int host = 0; host < 100; ++host) {
    const std::string name = "[vhost.\"h" + std::to_string(host) + ".example\"";
    text += name + "]\nroot = \"x\"\naliases = [\"www.h" + std::to_string(host) + ".example\"]\n";
    for (int route = 0; route < 10; ++route)
      text += name + ".route.\"/" + std::to_string(route) + "/\"]\nroot = \"y\"\n";
  }
  const Config config = read(text);
  ASSERT_EQ(config.vhosts.size(), 100u);
  for (const VhostConfig& host : config.vhosts) EXPECT_EQ(host.routes.size(), 11u);
}

TEST(ConfigReader, who_may_say_who_the_client_is) {
  const Config config = read(R"(
[listener.a]
address = "*:80"
trusted_proxies = ["unix", "10.0.0.0/8", "192.0.2.7", "::ffff:10.1.0.0/112"]
proxy_protocol = true
[listener.b]
address = "*:81"
[vhost.a]
root = "x"
[vhost.b]
root = "x"
write = "7s"
)");
  const ListenerConfig& trusting = config.listeners[0];
  EXPECT_TRUE(trusting.proxy_protocol);
  EXPECT_TRUE(trusting.trusted_proxies.unix_sockets);
  std::vector<std::string> networks;
  for (const AddressPrefix& each : trusting.trusted_proxies.networks) networks.push_back(each.text());
  EXPECT_THAT(networks, ElementsAre("10.0.0.0/8", "192.0.2.7/32", "10.1.0.0/16"));
  EXPECT_TRUE(config.listeners[1].trusted_proxies.empty());
  EXPECT_FALSE(config.listeners[1].proxy_protocol);
  // What the file does not say is longer for them.
  EXPECT_EQ(config.limits.proxy_idle, 75s);
  EXPECT_EQ(config.vhosts[0].limits.proxy_write, 5min);
  EXPECT_EQ(config.vhosts[1].routes[0].limits.proxy_write, 7s);
}

}  // namespace
}  // namespace webserv::app
