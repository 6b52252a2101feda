#include "webserv/handlers/hosts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "ask.h"

namespace webserv::detail {
namespace {

VirtualHost host(std::vector<std::string> names, std::vector<std::string> listeners = {}) {
  Route route;
  route.path = "/";
  route.methods = {Method::get};
  route.handler = [name = names.front()](Request&) { return text("host " + name); };
  auto routes = std::make_shared<const Routes>(names.front(), std::vector<Route>{route}, RouteLimits{}, Finish{});
  return {std::move(names), std::move(listeners), routes};
}

std::string name_found(const Hosts& hosts, std::string_view listener, std::string_view name) {
  const Hosts::Match* match = hosts.find(listener, name);
  return match == nullptr ? "(none)" : match->name;
}

TEST(Hosts, finds_the_exact_name_then_the_longest_wildcard_then_the_default) {
  Hosts hosts({host({"a.test", "www.a.test", "*.apps.a.test"}), host({"*.a.test"}), host({"*.deep.apps.a.test"}),
               host({"[::1]"}), host({"*"})},
              {});
  struct Case {
    std::string_view asked, found;
  };
  for (Case c : std::vector<Case>{
           {"a.test", "a.test"},
           {"www.a.test", "www.a.test"},
           {"x.a.test", "*.a.test"},
           {"x.y.z.a.test", "*.a.test"},
           {"x.apps.a.test", "*.apps.a.test"},
           {"x.y.apps.a.test", "*.apps.a.test"},
           {"x.deep.apps.a.test", "*.deep.apps.a.test"},
           {"x.y.deep.apps.a.test", "*.deep.apps.a.test"},
           {"deep.apps.a.test", "*.apps.a.test"},
           {"apps.a.test", "*.a.test"},
           {"nota.test", "*"},
           {"xa.test", "*"},
           {".a.test", "*"},
           {"test", "*"},
           {"[::1]", "[::1]"},
           {"[::2]", "*"},
           {"", "*"},
           {".", "*"},
           {"......", "*"},
       }) {
    EXPECT_EQ(name_found(hosts, "http", c.asked), c.found) << c.asked;
  }
}

TEST(Hosts, keeps_names_apart_by_listener) {
  Hosts hosts({host({"a.test"}), host({"inside.test", "*.in.test"}, {"inner"}), host({"b.test"}, {"outer", "inner"}),
               host({"*"}, {"outer"})},
              {});
  struct Case {
    std::string_view listener, asked, found;
  };
  for (Case c : std::vector<Case>{
           {"inner", "a.test", "a.test"},
           {"outer", "a.test", "a.test"},
           {"other", "a.test", "a.test"},
           {"inner", "inside.test", "inside.test"},
           {"outer", "inside.test", "*"},
           {"other", "inside.test", "(none)"},
           {"inner", "x.in.test", "*.in.test"},
           {"outer", "x.in.test", "*"},
           {"inner", "b.test", "b.test"},
           {"other", "b.test", "(none)"},
           {"inner", "unknown.test", "(none)"},
           {"outer", "", "*"},
           {"inner", "", "(none)"},
       }) {
    EXPECT_EQ(name_found(hosts, c.listener, c.asked), c.found) << c.listener << " " << c.asked;
  }
}

TEST(Hosts, lets_the_same_name_stand_for_another_host_at_another_listener) {
  Hosts hosts({host({"first", "same.test"}, {"x"}), host({"second", "same.test"}, {"y"})}, {});
  EXPECT_EQ(hosts.find("x", "same.test")->routes->host(), "first");
  EXPECT_EQ(hosts.find("y", "same.test")->routes->host(), "second");
}

TEST(Hosts, takes_the_first_of_two_hosts_with_one_name) {
  Hosts hosts({host({"first", "same.test", "*.same.test"}), host({"second", "same.test", "*.same.test"})}, {});
  EXPECT_EQ(hosts.find("http", "same.test")->routes->host(), "first");
  EXPECT_EQ(hosts.find("http", "x.same.test")->routes->host(), "first");
}

TEST(Hosts, finds_each_of_a_thousand) {
  std::vector<VirtualHost> many;
  for (int i = 0; i < 1000; ++i) {
    std::string name = "site" + std::to_string(i) + ".test";
    many.push_back(host({name, "*." + name}));
  }
  Hosts hosts(many, {});
  for (int i = 0; i < 1000; ++i) {
    std::string name = "site" + std::to_string(i) + ".test";
    EXPECT_EQ(name_found(hosts, "http", name), name);
    EXPECT_EQ(name_found(hosts, "http", "www." + name), "*." + name);
    EXPECT_EQ(name_found(hosts, "http", "x" + name), "(none)");
  }
}

TEST(Hosts, answers_421_where_nobody_has_the_name) {
  Hosts hosts({host({"a.test"})}, Finish{{{"Server", "webserv"}}, {}});
  Handler handler = [&](Request& request) { return hosts(request); };
  struct Case {
    std::string_view request, fields;
    int status;
  };
  for (Case c : std::vector<Case>{
           {"GET /", "Host: a.test\r\n", 200},
           {"GET /", "Host: A.TEST.:8080\r\n", 200},
           {"GET /", "Host: b.test\r\n", 421},
           {"OPTIONS *", "Host: b.test\r\n", 421},
           {"OPTIONS *", "Host: a.test\r\n", 204},
           {"GET http://a.test/", "Host: b.test\r\n", 200},
           {"GET http://b.test/", "Host: a.test\r\n", 421},
       }) {
    test::Reply reply = test::ask(handler, c.request, c.fields);
    EXPECT_EQ(reply.status, c.status) << c.request << " " << c.fields;
    EXPECT_EQ(reply.field("Server"), c.status == 421 ? "webserv" : "(none)");
  }
}

TEST(Hosts, answers_http_1_0_without_a_host_by_the_default_alone) {
  Hosts with_default({host({"a.test"}), host({"*"})}, {});
  Hosts without({host({"a.test"})}, {});
  constexpr std::string_view request = "GET / HTTP/1.0\r\n\r\n";
  test::Conversation first([&](Request& asked) { return with_default(asked); });
  EXPECT_EQ(test::take_apart(first.all_at_once(request)).body, "host *");
  test::Conversation second([&](Request& asked) { return without(asked); });
  EXPECT_EQ(test::take_apart(second.all_at_once(request)).status, 421);
}

TEST(Hosts, give_errors_the_look_of_their_host_and_without_one_of_the_default) {
  auto look = [](std::string name) {
    auto routes = std::make_shared<const Routes>(name, std::vector<Route>(), RouteLimits(), Finish{{{"X", name}}, {}});
    return VirtualHost{{name}, {}, routes};
  };
  const Hosts hosts({look("a.test"), look("*")}, {});
  EXPECT_EQ(hosts.finish_for("http", "").fields.front().value, "*");
  EXPECT_EQ(hosts.finish_for("http", "b.test").fields.front().value, "*");
  EXPECT_EQ(hosts.finish_for("http", "a.test").fields.front().value, "a.test");
  EXPECT_EQ(Hosts({look("a.test")}, Finish{{{"X", "nobody"}}, {}}).finish_for("http", "").fields.front().value,
            "nobody");
}

}  // namespace
}  // namespace webserv::detail
