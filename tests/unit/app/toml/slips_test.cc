// Slips of people who think of another server, or of another language: the message says how it is written here.
#include <gtest/gtest.h>

#include "unit/app/config/mistakes.h"

namespace webserv::app {
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

TEST(Slips, values_of_another_type) {
  expect_mistakes({
      {before_host("[server]\nworkers = ⟦\"auto\"⟧"), {"an integer, not a text; leave it out: 0 holds then"}},
      {before_host("[limits]\nfields = ⟦\"many\"⟧"), {"an integer, not a text; write for example 100"}},
      {before_host("[timeouts]\nidle = ⟦0⟧\nhead = ⟦1_000⟧\ndrain = ⟦0⟧"),
       {"a time, not an integer; at least \"1ms\" may stand here", "write \"1000s\"", "write \"0s\""}},
      {before_host("[log]\naccess = ⟦\"/var/log/a.log\"⟧"), {"not `/var/log/a.log`; write \"journal\""}},
      {in_host("root = \"x\"\nlisting = ⟦{ sort = \"name\" }⟧\nprecompressed = ⟦\"gzip\"⟧"),
       {"not a table; write true or false", "not a text; write true or false"}},
      {in_host("root = ⟦{ path = \"/srv\", listing = true }⟧"), {"`root` is a text, not a table; write \"/srv\""}},
      {in_host("root = \"x\"\nerror_pages = ⟦[\"404.html\"]⟧\nscripts = ⟦[\".php\"]⟧"),
       {"write error_pages = { 404 = \"404.html\" }", "write scripts = { \".php\" = \"/usr/bin/php-cgi\" }"}},
      {in_route("cgi = ⟦true⟧"), {"`cgi` is a table, not a truth value; write cgi = { root = \"...\" }"}},
      {in_route("redirect = ⟦[\"/y\", 301]⟧"), {"`redirect` is a table, not a list; write redirect = { to = \"/y\" }"}},
      {in_route("redirect = { to = \"/y\", status = ⟦\"permanent\"⟧ }"),
       {"`status` is one of 301, 302, 303, 307, 308, not a text"}},
      {in_route("redirect = { to = \"/y\", status = ⟦\"301\"⟧ }"), {"write 301 without quotes"}},
  });
}

TEST(Slips, keys_of_other_servers) {
  expect_mistakes({
      {in_route("⟦file⟧ = \"/x/y\""), {"write root = \"...\": of one file, where the route's path has no"}},
      {in_route("⟦php⟧ = \"/usr/bin/php-cgi\""),
       {"write scripts = { \".php\" = \"/usr/bin/php-cgi\" } beside a `root`"}},
      {in_route("⟦handler⟧ = \"static\"\nroot = \"x\""), {"`root`, `cgi`, `redirect` or `respond` says what answers"}},
      {in_route("redirect = { ⟦from⟧ = \"/a\", to = \"/y\" }"), {"what is redirected is the path of the route"}},
      {in_host("root = \"x\"\n⟦hsts⟧ = true\n⟦https_redirect⟧ = true"), {"serves no TLS", "serves no TLS"}},
      {before_host("[listener.a]\naddress = \"unix:x\"\n⟦mode⟧ = 660"),
       {"the socket unit sets this, as in SocketMode="}},
      {before_host("[log]\n⟦error⟧ = \"/var/log/e\""), {"remove it: the log goes to standard error"}},
      {before_host("[limits]\n⟦rate⟧ = \"10r/s\""), {"webserv limits no rates of requests"}},
      {in_route("cgi = { root = \"x\" }\ncgi_limits = { ⟦timeout⟧ = \"5s\", ⟦procs⟧ = 3, ⟦cpu⟧ = 1 }"),
       {"did you mean `time`?", "did you mean `tasks`?", "did you mean `cpu_weight`?"}},
  });
}

TEST(Slips, tables_that_are_written_otherwise) {
  expect_mistakes({
      // A host elsewhere, so that none is missing.
      {"[[⟦server⟧]]\nlisten = 80\nserver_name = \"a.b\"", {"the keys of a host stand in [vhost.\"example.org\"]"}},
      {"[vhost.a]\n⟦\"/x/\"⟧ = { root = \"x\" }", {"unknown key `/x/` in [vhost.a]; write [vhost.a.route.\"/x/\"]"}},
      {"[vhost.a.⟦\"/x/\"⟧]\nroot = \"x\"", {"write [vhost.a.route.\"/x/\"]"}},
      {"[vhost.a.route]\n⟦\"/x/\"⟧ = \"x\"", {"is not a table; write [vhost.a.route.\"/x/\"], and its keys below"}},
      {before_host("[listener]\n⟦http⟧ = \"*:80\""), {"is not a table; write [listener.http], and its keys below"}},
  });
}

TEST(Slips, lines_of_other_languages) {
  expect_mistakes({
      {in_host("root = \"x\"\nindex = ⟦index.html index.htm⟧"),
       {"`index.html index.htm` is a text, which needs quotes; write [\"index.html\", \"index.htm\"]"}},
      {in_host("root = \"x\"\nfields = { ⟦\"X-A: b c\"⟧ }"),
       {"\"=\" is missing behind `\"X-A: b c\"`; write X-A = \"b c\""}},
      {before_host("⟦-- of SQL⟧"), {"a comment begins with \"#\" in TOML; write # of SQL"}},
      {"⟦listener:⟧\n  ⟦http:⟧\n    ⟦address: \"*:80\"⟧",
       {"write [listener.NAME]", "write the name of its table in brackets", "write address = \"*:80\""}},
  });
}

TEST(Slips, characters_that_nobody_sees) {
  expect_mistakes({
      {in_host("⟦\u00A0root⟧ = \"x\"\n⟦listng⟧ = true"),
       {"the character U+00A0, which looks like a space or nothing, stands here; write a space", "`listing`"}},
      {in_host("root = \"x\"\n⟦listing\u200B⟧ = true"),
       {"U+200B, which looks like a space or nothing, stands here; remove it"}},
      {in_host("root = \"x\"\nindex =⟦\u00A0\"a\"⟧"), {"U+00A0"}},
      {in_host("root = \"x\"\nlisting = ⟦true\x08⟧"), {"a control character stands here; remove it"}},
      {"[vhost.⟦\u00A0a⟧]\nroot = \"x\"", {"U+00A0"}},
      {before_host("⟦\x01\x02⟧"), {"a control character stands here"}},
      {"[vhost.a]\r⟦root = \"x\"⟧\r", {"lines end with LF, or CR LF, and not with CR alone"}},
      // In a text they are what they are.
      {in_host("root = \"x\u00A0y\""), {}},
  });
}

TEST(Slips, quotes_of_word_processors) {
  expect_mistakes({
      {"[vhost.⟦“a.b”⟧]\nroot = ⟦“x”⟧", {"these are no quotes in TOML; write [vhost.\"a.b\"]", "write \"x\""}},
      {"[vhost.⟦„a.b“⟧.route.\"/\"]\nroot = \"x\"", {"write [vhost.\"a.b\".route.\"/\"]"}},
      {"[vhost.⟦“a.b⟧]\nroot = \"x\"", {"these are no quotes in TOML"}},
  });
}

TEST(Slips, words_without_quotes_where_none_belong) {
  expect_mistakes({
      {before_host("[limits]\nconnections = ⟦10k⟧\nbody_size = ⟦10 kb⟧\nhead_size = ⟦large⟧"),
       {"`10k` is no integer; write for example 8192", "write \"10K\"",
        "`large` is no size; write for example \"16K\""}},
      {before_host("[timeouts]\nidle = ⟦00:30⟧\nhead = ⟦5s⟧"),
       {"`00:30` is no time; write for example \"15s\"", "write \"5s\""}},
      {in_host("root = \"x\"\nlisting = ⟦tru⟧\nhidden_files = ⟦maybe⟧\nbody_size = ⟦unlimited⟧"),
       {"`tru` is neither true nor false; write true", "`maybe` is neither true nor false", "write \"unlimited\""}},
      {in_host("root = \"x\"\n⟦lsting true⟧\n⟦xyzzy true⟧"),
       {"did you mean listing = true?", "\"=\" is missing behind `xyzzy`"}},
  });
}

TEST(Slips, names_of_hosts_and_listeners) {
  expect_mistakes({
      {"[vhost.⟦\"https://a.b/\"⟧]\nroot = \"x\"", {"it has a scheme or a path; write \"a.b\""}},
      {"[vhost.⟦\"http://a.b:80/x\"⟧]\nroot = \"x\"", {"write \"a.b\""}},
      {"[vhost.⟦\"${HOST}\"⟧]\nroot = \"x\"", {"webserv has no variables; write the name itself"}},
      {"[vhost.⟦\"a.b,c.d\"⟧]\nroot = \"x\"\n[vhost.⟦\"e.f g.h\"⟧]\nroot = \"x\"",
       {"these are several; name the host by one, the others are its `aliases`", "these are several"}},
      {in_host("root = \"x\"\nlisteners = [\"http\", ⟦\"https\"⟧]"),
       {"there is no listener `https`; add [listener.\"https\"]"}},
  });
}

TEST(Slips, routes_that_are_patterns) {
  const auto route = [](std::string_view path) {
    return "[vhost.a.route.⟦\"" + std::string(path) + "\"⟧]\nroot = \"x\"";
  };
  for (std::string_view path : {"*.php", "= /x", "/x/**", "/user/{id}", "^/x", "@api"}) {
    expect_mistakes({{route(path), {"is a pattern, but a route is a path; write the path alone, as in \"/x/\""}}});
  }
}

TEST(Slips, lists_of_yaml) {
  expect_mistakes({
      {in_host("root = \"x\"\n⟦index:⟧\n  - a.html\n  - \"b.html\"\n⟦listng⟧ = true"),
       {"write index = [\"a.html\", \"b.html\"]", "`listng`"}},
      {in_route("cgi = { ⟦directory⟧ = \"x\", ⟦handlers⟧ = {} }"),
       {"did you mean `root`?", "did you mean `interpreters`?"}},
      {before_host("[limits]\nbody_size = ⟦1e6⟧\n[log]\naccess = ⟦true⟧"), {"write 1000000", "not a truth value"}},
  });
}

}  // namespace
}  // namespace webserv::app
