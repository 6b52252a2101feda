#include "webserv/handlers/respond.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ask.h"

namespace webserv::detail {
namespace {

using test::ask;
using test::Reply;

TEST(Respond, says_what_it_is_given) {
  struct Case {
    Status status;
    std::string_view text, type, length, body, sent_type;
  };
  for (Case c : std::vector<Case>{
           {Status::ok, "hello\n", "text/plain; charset=utf-8", "6", "hello\n", "text/plain; charset=utf-8"},
           {Status::ok, "", "text/plain; charset=utf-8", "0", "", "text/plain; charset=utf-8"},
           {Status::gone, "{}", "application/json", "2", "{}", "application/json"},
           {static_cast<Status>(299), "x", "text/html", "1", "x", "text/html"},
           {Status::no_content, "", "text/plain", "(none)", "", "(none)"},
           {Status::not_modified, "never sent", "text/plain", "(none)", "", "(none)"},
       }) {
    Handler handler = respond(c.status, c.text, c.type, {});
    for (std::string_view method : {"GET", "HEAD", "POST"}) {
      Reply reply = ask(handler, std::string(method) + " /");
      EXPECT_EQ(reply.status, static_cast<int>(code(c.status)));
      EXPECT_EQ(reply.field("Content-Length"), c.length);
      EXPECT_EQ(reply.field("Content-Type"), c.sent_type);
      EXPECT_EQ(reply.body, method == "HEAD" ? "" : c.body);
      EXPECT_NE(reply.field("Date"), "(none)");
    }
  }
}

TEST(Respond, has_the_fields_of_its_route) {
  Handler handler =
      respond(Status::ok, "x", "text/html", {{"X-Added", "yes"}, {"content-type", "text/css"}, {"B", ""}});
  Reply reply = ask(handler, "GET /");
  EXPECT_EQ(reply.field("X-Added"), "yes");
  EXPECT_EQ(reply.field("Content-Type"), "text/css");
  EXPECT_EQ(reply.field("B"), "(none)");
}

TEST(Respond, has_nothing_that_preconditions_or_ranges_apply_to) {
  Handler handler = respond(Status::ok, "hello", "text/plain", {});
  Reply reply = ask(handler, "GET /", "Host: a.test\r\nIf-None-Match: \"x\"\r\nRange: bytes=0-1\r\n");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "hello");
}

TEST(MemoryFile, has_a_strong_etag_of_its_content) {
  Handler one = memory_file("<p>one", "text/html; charset=utf-8");
  Handler two = memory_file("<p>two", "text/html; charset=utf-8");
  Reply reply = ask(one, "GET /");
  std::string etag = reply.field("ETag");
  EXPECT_EQ(etag.size(), 18u);
  EXPECT_EQ(reply.body, "<p>one");
  EXPECT_EQ(reply.field("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(ask(one, "GET /").field("ETag"), etag);
  EXPECT_NE(ask(two, "GET /").field("ETag"), etag);
  EXPECT_EQ(ask(one, "GET /", "Host: a\r\nIf-None-Match: " + etag + "\r\n").status, 304);
  EXPECT_EQ(ask(two, "GET /", "Host: a\r\nIf-None-Match: " + etag + "\r\n").status, 200);
  EXPECT_EQ(ask(two, "GET /", "Host: a\r\nIf-Match: " + etag + "\r\n").status, 412);
}

TEST(FieldRules, merge_without_regard_to_case) {
  FieldRules wider = {{"Server", "webserv"}, {"X-Frame-Options", "DENY"}, {"A", "1"}};
  FieldRules narrower = {{"server", ""}, {"x-frame-options", "SAMEORIGIN"}, {"B", "2"}};
  FieldRules merged = {{"A", "1"}, {"server", ""}, {"x-frame-options", "SAMEORIGIN"}, {"B", "2"}};
  EXPECT_EQ(merge(wider, narrower), merged);
  EXPECT_EQ(merge({}, narrower), narrower);
  EXPECT_EQ(merge(wider, {}), wider);
}

TEST(FieldRules, replace_and_remove) {
  ResponseFields fields;
  fields.add("Content-Type", "text/html");
  fields.add("Set-Cookie", "a=1");
  fields.add("Set-Cookie", "b=2");
  apply({{"content-type", "text/plain"}, {"set-cookie", ""}, {"X", "1"}, {"Missing", ""}}, fields);
  EXPECT_EQ(fields.lines(), "content-type: text/plain\r\nX: 1\r\n");
}

}  // namespace
}  // namespace webserv::detail
