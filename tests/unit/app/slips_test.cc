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

TEST(Slips, errors_files_and_interpreters) {
  expect_mistakes({
      {in_host("root = \"x\"\nerror_pages = { ⟦50x⟧ = \"a\", ⟦not_found⟧ = \"b\", ⟦5o3⟧ = \"c\", ⟦9o9⟧ = \"d\" }"),
       {"4xx and 5xx are; write \"5xx\"", "`not_found` is no error: codes from 400 to 599, 4xx and 5xx are",
        "write \"503\"", "`9o9` is no error"}},
      {in_host("root = \"x\"\nindex = [⟦\"/index.html\"⟧, ⟦\"a/b\"⟧]"),
       {"write \"index.html\"", "write it without \"/\""}},
      {in_host("root = \"x\"\nscripts = { \".py\" = ⟦\"/usr/bin/env python3\"⟧, \".pl\" = ⟦\"/usr/bin/perl -w\"⟧ }"),
       {"is more than the path of a program, which gets no arguments but the script; write the whole path of the",
        "write \"/usr/bin/perl\""}},
      {in_host("root = \"x\"\nscripts = { \".py\" = \"/opt/my tools/python\", \".a\" = \"/opt/my python\" }"), {}},
  });
}

}  // namespace
}  // namespace webserv
