// Slips of people who think of another server, or of another language: the message says how it is written here.
#include <gtest/gtest.h>

#include "mistakes.h"

namespace webserv {
namespace {

TEST(Slips, several_words_in_one_text) {
  expect_mistakes({
      {in_host("root = \"x\"\nmethods = ⟦\"GET, HEAD\"⟧"), {"`GET, HEAD` is no method; write [\"GET\", \"HEAD\"]"}},
      {in_host("root = \"x\"\naliases = ⟦\"a.b c.d\"⟧"), {"`a.b c.d` is no host name; write [\"a.b\", \"c.d\"]"}},
      {in_host("root = \"x\"\naliases = [\"a.b\", ⟦\"a,b\"⟧, ⟦\"A.b\"⟧]"), {"write [\"a\", \"b\"]", "already"}},
      {in_host("root = \"x\"\nlisteners = ⟦\"http,https\"⟧"),
       {"there is no listener `http,https`; write [\"http\", \"https\"]"}},
  });
}

}  // namespace
}  // namespace webserv
