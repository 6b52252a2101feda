#include "webserv/handlers/redirect.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ask.h"

namespace webserv::detail {
namespace {

TEST(Redirect, leads_where_it_says) {
  struct Case {
    std::string_view to, route, target, location;
  };
  for (Case c : std::vector<Case>{
           // The query follows, unless there is one.
           {"/new", "/old", "/old", "/new"},
           {"/new", "/old", "/old?a=1&b=%20", "/new?a=1&b=%20"},
           {"/new?own=1", "/old", "/old?a=1", "/new?own=1"},
           {"/new#part", "/old", "/old?a=1", "/new?a=1#part"},
           {"/new?own=1#part", "/old", "/old?a=1", "/new?own=1#part"},
           {"https://b.test/x", "/old", "/old?a=1", "https://b.test/x?a=1"},
           // A route without a slash at its end has no rest.
           {"/new/", "/old", "/old", "/new/"},
           // One with a slash appends it.
           {"/new/", "/old/", "/old/", "/new/"},
           {"/new/", "/old/", "/old/a/b", "/new/a/b"},
           {"/new/", "/old/", "/old/a/?q", "/new/a/?q"},
           {"/new", "/old/", "/old/", "/new"},
           {"/new", "/old/", "/old/a", "/new/a"},
           {"/new/?own", "/old/", "/old/a?q", "/new/a?own"},
           {"https://b.test", "/", "/", "https://b.test"},
           {"https://b.test", "/", "/a", "https://b.test/a"},
           {"https://b.test", "/", "/?q", "https://b.test?q"},
           {"https://b.test:8443/", "/", "/a/b?q", "https://b.test:8443/a/b?q"},
           // The rest cannot change the host, nor the fields.
           {"https://b.test", "/old/", "/old/.evil.test", "https://b.test/.evil.test"},
           {"https://b.test", "/old/", "/old/@evil.test", "https://b.test/%40evil.test"},
           {"/", "/old/", "/old//evil.test/", "/evil.test/"},
           {"/", "/old/", "/old/%5C%5Cevil.test", "/%5C%5Cevil.test"},
           {"/", "/old/", "/old/a%0D%0AX:1", "/a%0D%0AX%3A1"},
           {"/", "/old/", "/old/%25%3F%23", "/%25%3F%23"},
           {"/", "/old/", "/old/../old/x", "/x"},
           {"/", "/old/", "/old/%C3%BC", "/%C3%BC"},
           // What is no URI in the configuration becomes one.
           {"/ü \"x\"", "/old", "/old", "/%C3%BC%20%22x%22"},
           {"/a%20b", "/old", "/old", "/a%20b"},
           {"/a\r\nX: 1", "/old", "/old", "/a%0D%0AX:%201"},
       }) {
    Handler handler = redirect(c.to, Status::permanent_redirect, c.route);
    test::Reply reply = test::ask(handler, "GET " + std::string(c.target));
    EXPECT_EQ(reply.status, 308);
    EXPECT_EQ(reply.field("Location"), c.location) << c.to << " " << c.route << " " << c.target;
    EXPECT_EQ(reply.field("X"), "(none)");
  }
}

TEST(Redirect, has_the_status_it_is_given) {
  for (Status status : {Status::moved_permanently, Status::found, Status::see_other, Status::temporary_redirect}) {
    test::Reply reply = test::ask(redirect("/new", status, "/old"), "POST /old");
    EXPECT_EQ(reply.status, static_cast<int>(code(status)));
    EXPECT_EQ(reply.field("Content-Length"), "0");
  }
}

}  // namespace
}  // namespace webserv::detail
