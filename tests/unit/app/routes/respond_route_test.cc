#include "app/routes/respond_route.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/app/config/mistakes.h"
#include "unit/app/routes/route_of.h"

namespace webserv::app {
namespace {

TEST(RespondRoute, says_all_of_its_answer) {
  const RouteConfig route = route_of(in_route("respond = { status = 418, text = \"tea\", type = \"text/html\" }"));
  EXPECT_EQ(handler_of<RespondRoute>(route).status(), static_cast<Status>(418));
  EXPECT_EQ(handler_of<RespondRoute>(route).text(), "tea");
  EXPECT_EQ(handler_of<RespondRoute>(route).type(), "text/html");
}

TEST(RespondRoute, answers_with_nothing_where_it_says_nothing) {
  const RouteConfig route = route_of(in_route("respond = {}"));
  EXPECT_EQ(handler_of<RespondRoute>(route).status(), Status::ok);
  EXPECT_EQ(handler_of<RespondRoute>(route).text(), "");
  EXPECT_EQ(handler_of<RespondRoute>(route).type(), "text/plain; charset=utf-8");
}

TEST(RespondRouteMistakes, bodies_and_types) {
  expect_mistakes({
      {in_route("respond = { status = 204, ⟦text⟧ = \"x\" }"), {"a response with status 204 has no body; remove it"}},
      {in_route("respond = { status = 304, ⟦type⟧ = \"text/html\" }"), {"a response with status 304 has no body"}},
      {in_route("respond = { type = ⟦\"html\"⟧ }"),
       {"`html` is no media type; write for example \"text/html; charset=utf-8\""}},
      {in_route("respond = { type = ⟦\"text/html\\n\"⟧ }"), {"is no media type"}},
  });
}

TEST(RespondRoute, media_types_have_two_parts) {
  for (std::string_view type : {"text/plain", "text/html; charset=utf-8", "application/vnd.a+json"}) {
    EXPECT_FALSE(fault_of_media_type(type)) << type;
  }
  for (std::string_view type : {"", "text", "text/", "/plain", "text/a/b", "text /a", "text/html; a=\n"}) {
    EXPECT_TRUE(fault_of_media_type(type)) << type;
  }
}

}  // namespace
}  // namespace webserv::app
