#include "app/config/redirect_circles.h"

#include <gtest/gtest.h>

#include "unit/app/config/mistakes.h"

namespace webserv::app {
namespace {

TEST(RedirectCircles, of_one_route) {
  expect_mistakes({
      {in_route("redirect = { to = ⟦\"/x/\"⟧ }"), {"`/x/` leads back to this route: the redirect has no end"}},
      {in_route("redirect = { to = ⟦\"/x\"⟧ }"), {"leads back to this route"}},
      {in_route("redirect = { to = ⟦\"/x/y\"⟧ }"), {"leads back to this route"}},
      {in_route("redirect = { to = ⟦\"/%78/?a=b\"⟧ }"), {"leads back to this route"}},
      {in_route("redirect = { to = ⟦\"/y/../x/\"⟧ }"), {"leads back to this route"}},
      {"[vhost.\"*\".route.\"/a\"]\nredirect = { to = ⟦\"/a?b\"⟧ }", {"leads back to this route"}},
      {in_host("redirect = { to = ⟦\"/new\"⟧ }\n[vhost.\"*\".route.\"/new\"]\nroot = \"x\""),
       {"leads back to this route"}},
  });
}

TEST(RedirectCircles, over_several_routes) {
  const auto route = [](std::string_view path, std::string_view to) {
    return "[vhost.a.route.\"" + std::string(path) + "\"]\nredirect = { to = " + std::string(to) + " }\n";
  };
  expect_mistakes({
      {route("/a", "⟦\"/b\"⟧") + route("/b", "⟦\"/a\"⟧"),
       {"`/b` leads back to this route over 1 other:", "`/a` leads back"}},
      {route("/a/", "⟦\"/b\"⟧") + route("/b/", "⟦\"/c/x\"⟧") + route("/c/", "⟦\"/a/\"⟧"),
       {"over 2 others: the redirect has no end", "over 2 others", "over 2 others"}},
      {route("/a", "\"/b\"") + route("/b", "\"/c\"") + "[vhost.a.route.\"/c\"]\nrespond = {}", {}},
      {route("/a", "\"/b\"") + route("/b", "⟦\"/b\"⟧"), {"`/b` leads back to this route: the redirect has no end"}},
  });
}

}  // namespace
}  // namespace webserv::app
