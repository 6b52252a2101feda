#include "app/routes/redirect_route.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/app/config/mistakes.h"
#include "unit/app/routes/route_of.h"

namespace webserv::app {
namespace {

TEST(RedirectRoute, says_where_to_and_how) {
  const RouteConfig route = route_of(in_route("redirect = { to = \"/new\", status = 301 }"));
  EXPECT_EQ(handler_of<RedirectRoute>(route).to(), "/new");
  EXPECT_EQ(handler_of<RedirectRoute>(route).status(), Status::moved_permanently);
}

TEST(RedirectRoute, is_permanent_without_a_status) {
  const RouteConfig route = route_of(in_route("redirect = { to = \"/y\" }"));
  EXPECT_EQ(handler_of<RedirectRoute>(route).status(), Status::permanent_redirect);
}

TEST(RedirectRoute, knows_the_path_that_clients_ask_for_next) {
  const auto next = [](std::string_view to) {
    const RouteConfig route = route_of(in_route("redirect.to = \"" + std::string(to) + "\""));
    const std::optional<LocalRedirect> local = route.handler->local_redirect();
    return local ? local->path : "elsewhere";
  };
  EXPECT_EQ(next("/y"), "/y/");
  EXPECT_EQ(next("/a/../%79/?q#f"), "/y/");
  EXPECT_EQ(next("https://a.test/x/"), "elsewhere");
}

TEST(RedirectRouteMistakes, targets) {
  expect_mistakes({
      {in_route("⟦redirect⟧ = {}"),
       {"`to` is missing in [vhost.\"*\".route.\"/x/\".redirect]; write for example to = \"/new\""}},
      {in_route("⟦redirect⟧ = { status = 301 }"), {"`to` is missing"}},
      {in_route("redirect = { to = ⟦\"\"⟧ }"), {"is neither a path nor a URI of http or https; write \"/\""}},
      {in_route("redirect = { to = ⟦\"y\"⟧ }"), {"write \"/y\""}},
      {in_route("redirect = { to = ⟦\"//a.b/\"⟧ }"), {"has a host but no scheme; write \"https://a.b/\""}},
      {in_route("redirect = { to = ⟦\"https://\"⟧ }"), {"has no host, or a wrong one"}},
      {in_route("redirect = { to = ⟦\"https://a b/\"⟧ }"), {"has no host, or a wrong one"}},
      {in_route("redirect = { to = ⟦\"javascript:alert(1)\"⟧ }"), {"is neither a path nor a URI"}},
      {in_route("redirect = { to = ⟦\"/y\\r\\nSet-Cookie: a\"⟧ }"), {"has a control character"}},
  });
}

TEST(RedirectRouteMistakes, what_other_servers_would_understand) {
  expect_mistakes({
      {in_route("redirect = { to = ⟦\"/y/$1\"⟧ }"), {"has a variable, and webserv has none"}},
      {in_route("redirect = { to = ⟦\"https://a.b{uri}\"⟧ }"), {"has a variable"}},
      {in_route("redirect = { to = ⟦\"a.b/x\"⟧ }"), {"write \"https://a.b/x\""}},
      {in_route("redirect = { to = \"/y?price=$\" }"), {}},
  });
}

TEST(RedirectRoute, targets_are_paths_or_uris) {
  for (std::string_view to : {"/", "/a?b#c", "/a b", "http://a", "https://a.b:80/c", "HTTP://[::1]/", "https://a?b"}) {
    EXPECT_FALSE(fault_of_target(to)) << to;
  }
  for (std::string_view to : {"", "a", "//a", "http://", "http:///a", "https:/a", "ftp://a/", "mailto:a@b",
                              "https://u@a/", "https://a:99999/", "/a\n", "?a"}) {
    EXPECT_TRUE(fault_of_target(to)) << to;
  }
}

}  // namespace
}  // namespace webserv::app
