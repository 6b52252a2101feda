// Mistakes in virtual hosts and their routes.
#include <gtest/gtest.h>

#include "unit/app/config/mistakes.h"

namespace webserv::app {
namespace {

TEST(HostMistakes, names_of_hosts) {
  expect_mistakes({
      {"[vhost.⟦\"a b\"⟧]\nroot = \"x\"",
       {"`a b` is no host name: letters, digits, \"-\", \"_\" and dots may stand in it"}},
      {"[vhost.⟦\"\"⟧]\nroot = \"x\"", {"`` is no host name: it is empty; write \"*\" for all names"}},
      {"[vhost.⟦_⟧]\nroot = \"x\"", {"`_` is no host name; write \"*\" for all other names"}},
      {"[vhost.⟦\"bücher.example\"⟧]\nroot = \"x\"", {"write its ASCII form, which begins with xn--"}},
      {"[vhost.⟦\"a.b:8080\"⟧]\nroot = \"x\"", {"it has a port; write \"a.b\", ports belong to listeners"}},
      {"[vhost.⟦\"http://a.b\"⟧]\nroot = \"x\"", {"it has a scheme or a path; write \"a.b\""}},
      {"[vhost.⟦\"a.b/c\"⟧]\nroot = \"x\"", {"it has a scheme or a path"}},
      {"[vhost.⟦\"::1\"⟧]\nroot = \"x\"", {"an IPv6 address stands in brackets here; write \"[::1]\""}},
      {"[vhost.⟦\"[::1]:80\"⟧]\nroot = \"x\"", {"in brackets stands an IPv6 address, and nothing behind it"}},
      {"[vhost.⟦\"[a.b]\"⟧]\nroot = \"x\"", {"in brackets stands an IPv6 address"}},
      {"[vhost.⟦\"*.[::1]\"⟧]\nroot = \"x\"", {"no names are below an address"}},
      {"[vhost.⟦\"a.*\"⟧]\nroot = \"x\"", {"\"*\" stands alone or for the first labels; as in \"*.a.b\""}},
      {"[vhost.⟦\"*a.b\"⟧]\nroot = \"x\"", {"\"*\" stands alone or for the first labels"}},
      {"[vhost.⟦\"*.\"⟧]\nroot = \"x\"", {"it is empty"}},
      {"[vhost.⟦\".a.b\"⟧]\nroot = \"x\"", {"a label between dots is empty; write \"*.a.b\""}},
      {"[vhost.⟦\"a..b\"⟧]\nroot = \"x\"", {"a label between dots is empty"}},
      {"[vhost.⟦\"-a.b\"⟧]\nroot = \"x\"", {"a label begins or ends with \"-\""}},
      {"[vhost.⟦\"" + std::string(64, 'a') + ".b\"⟧]\nroot = \"x\"",
       {"a label has 64 bytes, and at most 63 are allowed"}},
      {"[vhost.⟦a⟧]\n", {"the host `a` serves nothing; give it a `root`, or routes"}},
      {"[vhost.⟦a⟧.route]\n", {"the host `a` serves nothing"}},
      {"[vhost.⟦a⟧]\naliases = [\"b\"]\n", {"the host `a` serves nothing"}},
      {in_host("root = \"x\"\naliases = [\"ok\", ⟦\"a b\"⟧, ⟦\"c:1\"⟧]"), {"`a b` is no host name", "it has a port"}},
      {in_host("root = \"x\"\naliases = [\"a.b\", ⟦\"A.B.\"⟧]"), {"`A.B.` is a name of this host already; remove it"}},
      {in_host("root = \"x\"\naliases = ⟦\"*\"⟧"), {"`*` is a name of this host already"}},
  });
}

TEST(HostMistakes, the_same_name_twice_at_a_listener) {
  expect_mistakes({
      {"[vhost.\"a.b\"]\nroot = \"x\"\n[vhost.⟦\"A.b\"⟧]\nroot = \"x\"",
       {"`a.b` is a name of the host `a.b` already, at line 1; remove one, or give the hosts different listeners"}},
      {"[vhost.a]\nroot = \"x\"\naliases = [\n  \"c\"]\n[vhost.b]\nroot = \"x\"\naliases = ⟦\"C\"⟧",
       {"`c` is a name of the host `a` already, at line 4"}},
      {"[vhost.a]\nroot = \"x\"\naliases = \"b\"\n[vhost.⟦b⟧]\nroot = \"x\"", {"at line 3"}},
      {"[listener.x]\n[listener.y]\n[vhost.a]\nroot = \"x\"\nlisteners = \"x\"\n"
       "[vhost.⟦\"A\"⟧]\nroot = \"x\"\nlisteners = [\"y\", \"x\"]",
       {"`a` is a name of the host `a` already, at line 3"}},
      {"[vhost.a]\nroot = \"x\"\nlisteners = \"http\"\n[vhost.⟦\"A\"⟧]\nroot = \"x\"", {"at line 1"}},
  });
}

TEST(HostMistakes, listeners_that_are_not_there) {
  expect_mistakes({
      {in_host("root = \"x\"\nlisteners = ⟦\"htp\"⟧"), {"there is no listener `htp`; did you mean `http`?"}},
      {in_host("root = \"x\"\nlisteners = [\"http\", ⟦\"internal\"⟧]"), {"add [listener.\"internal\"]"}},
      {"[listener.web]\n" + in_host("root = \"x\"\nlisteners = ⟦\"http\"⟧"), {"there is no listener `http`"}},
      {in_host("root = \"x\"\nlisteners = ⟦[]⟧"), {"`listeners` has no element; leave it out for all listeners"}},
  });
}

TEST(HostMistakes, paths_of_routes) {
  const auto route = [](std::string_view path) {
    return in_host("root = \"y\"\n[vhost.\"*\".route.⟦\"" + std::string(path) + "\"⟧]\nroot = \"x\"");
  };
  expect_mistakes({
      {route("x"), {"the path `x` does not begin with \"/\"; write \"/x\""}},
      {route(""), {"the path `` does not begin with \"/\"; write \"/\""}},
      {route("/a/../b"), {"has a \".\" or \"..\" in it; write the path that it stands for"}},
      {route("/a/.."), {"has a \".\" or \"..\""}},
      {route("/./a"), {"has a \".\" or \"..\""}},
      {route("/a//b"), {"has an empty name between slashes; write one \"/\""}},
      {route("/a?b=c"), {"has a query"}},
      {route("/a#b"), {"has a fragment"}},
      {route("/a%20b"), {"is encoded, but routes are compared with decoded paths; write \"/a b\""}},
      {route("/a/*"), {"ends with \"*\"; write \"/a/\", which stands for all below it"}},
      {route("/a\\u0000b"), {"has a control character"}},
      {route("~ \\\\.php$"), {"is a pattern, but a route is a path; write the path alone"}},
      {"[vhost.\"*\"]\nroot = \"y\"\n[vhost.\"*\".route.⟦x⟧]\nroot = \"x\"", {"write \"/x\""}},
  });
}

TEST(HostMistakes, handlers_of_routes) {
  expect_mistakes({
      {"[vhost.\"*\".route.⟦\"/x/\"⟧]",
       {"the route `/x/` has no handler; give it a `root`, `cgi`, `redirect` or `respond`"}},
      {"[vhost.\"*\".route.⟦\"/x/\"⟧]\nindex = \"a\"\nmethods = \"GET\"", {"the route `/x/` has no handler"}},
      {"[vhost.⟦\"*\"⟧]\nlisting = true", {"the route `/` has no handler"}},
      {in_route("root = \"x\"\n⟦redirect⟧ = { to = \"/y\" }"),
       {"`redirect` stands beside `root`: a route has exactly one"}},
      {in_route("respond = { status = 404 }\n⟦root⟧ = \"x\"\n⟦redirect⟧ = { to = \"/y\" }"),
       {"`root` stands beside `respond`", "`redirect` stands beside `respond`"}},
      {in_host("root = \"x\"\n⟦respond⟧ = { text = \"y\" }"), {"`respond` stands beside `root`"}},
      {in_host("root = \"x\"\n[vhost.\"*\".route.\"/\"]\n⟦root⟧ = \"y\""),
       {"`root` stands in the host too, at line 2, and means this route there; remove one of the two"}},
      {in_host("root = \"x\"\nlisting = true\n[vhost.\"*\".route.\"/\"]\n⟦listing⟧ = false"),
       {"`listing` stands in the host too, at line 3"}},
      {in_host("root = \"x\"\n[vhost.\"*\".route.\"/\"]\n⟦respond⟧ = {}"), {"`respond` stands beside `root`"}},
      {in_route("redirect = { to = \"/y\" }\n⟦index⟧ = \"a\"\n⟦listing⟧ = true"),
       {"`index` has no meaning beside `redirect`; it belongs to a route with a `root`",
        "`listing` has no meaning beside `redirect`"}},
      {in_route("respond = { text = \"x\" }\n⟦precompressed⟧ = true"),
       {"`precompressed` has no meaning beside `respond`"}},
      {in_route("respond = { text = \"x\" }\n⟦cache_control⟧ = \"no-store\""), {"`cache_control` has no meaning"}},
  });
}

TEST(HostMistakes, methods) {
  expect_mistakes({
      {in_host("root = \"x\"\nmethods = [\"GET\", ⟦\"FETCH\"⟧]"), {"`FETCH` is no method"}},
      {in_host("root = \"x\"\nmethods = ⟦\"get\"⟧"), {"`get` is no method; did you mean `GET`?"}},
      {in_host("root = \"x\"\nmethods = ⟦\"POST\"⟧"),
       {"`POST` is nothing that files can do; GET, HEAD and OPTIONS are"}},
      {in_route("respond = {}\nmethods = [⟦\"TRACE\"⟧, \"DELETE\", ⟦\"CONNECT\"⟧]"),
       {"`TRACE` is always refused", "`CONNECT` is always refused"}},
      {in_host("root = \"x\"\nmethods = ⟦[]⟧"), {"`methods` has no element"}},
      {in_host("root = \"x\"\nmethods = ⟦\"OPTIONS\"⟧"), {"no request gets to this route"}},
  });
}

TEST(HostMistakes, fields) {
  expect_mistakes({
      {in_host(
           "root = \"x\"\nfields = { ⟦Date⟧ = \"now\", ⟦content-length⟧ = \"0\", ⟦Transfer-Encoding⟧ = \"chunked\" }"),
       {"`Date` is a field that the server alone sets; remove it", "`content-length` is a field",
        "`Transfer-Encoding` is a field"}},
      {in_host(
           "root = \"x\"\nfields = { ⟦Connection⟧ = \"x\", ⟦Upgrade⟧ = \"x\", ⟦Keep-Alive⟧ = \"x\", ⟦Trailer⟧ = \"x\", "
           "⟦TE⟧ = \"x\" }"),
       {"`Connection` is", "`Upgrade` is", "`Keep-Alive` is", "`Trailer` is", "`TE` is"}},
      {in_host("root = \"x\"\nfields = { ⟦Date⟧ = \"\" }"), {"the server alone sets"}},
      {in_host("root = \"x\"\nfields = { ⟦\"X Y\"⟧ = \"1\", ⟦\"X:\"⟧ = \"1\", ⟦\"\"⟧ = \"1\", ⟦\"Ü\"⟧ = \"1\" }"),
       {"`X Y` is no field name", "`X:` is no field name", "`` is no field name", "`Ü` is no field name"}},
      {in_host("root = \"x\"\nfields = { X = ⟦\"a\\u0007b\"⟧, Y = ⟦\"a\\r\\nZ: b\"⟧, Z = ⟦\" a\"⟧ }"),
       {"`a\\x07b` has a control character", "has a control character", "has spaces at its ends"}},
      {in_host("root = \"x\"\n[vhost.\"*\".fields]\nX-A = \"1\"\n⟦x-a⟧ = \"2\""), {"`x-a` stands twice here"}},
      {in_route("root = \"x\"\nfields.⟦Date⟧ = \"x\""), {"the server alone sets"}},
  });
}

TEST(HostMistakes, error_pages) {
  expect_mistakes({
      {in_host("root = \"x\"\nerror_pages = { ⟦399⟧ = \"a\", ⟦600⟧ = \"a\", ⟦0404⟧ = \"a\" }"),
       {"`399` is no error: codes from 400 to 599, 4xx and 5xx are", "`600` is no error", "`0404` is no error"}},
      {in_host("root = \"x\"\nerror_pages = { ⟦4XX⟧ = \"a\", ⟦3xx⟧ = \"a\", ⟦40x⟧ = \"a\", "
               "⟦default⟧ = \"a\" }"),
       {"`4XX` is no error: codes from 400 to 599, 4xx and 5xx are; write \"4xx\"", "`3xx` is", "`40x` is",
        "`default` is"}},
      {in_host("root = \"x\"\nerror_pages = { 404 = ⟦\"\"⟧, 500 = ⟦\"errors/\"⟧, 4xx = ⟦4⟧ }"),
       {"`` is no path of a file", "`errors/` is no path of a file",
        "`4xx` in `error_pages` is a text, not an integer"}},
      {in_route("root = \"x\"\nerror_pages.⟦200⟧ = \"a\""), {"`200` is no error"}},
      {in_host("root = \"x\"\nerror_pages = { 404 = ⟦\"https://a.b/\"⟧, ⟦4o4⟧ = \"x\", ⟦default⟧ = \"y\" }"),
       {"is a URL, but error pages are files", "write \"404\"", "write \"4xx\""}},
  });
}

TEST(HostMistakes, listeners_that_nobody_answers_at) {
  expect_mistakes({
      {"[listener.a]\n[listener.⟦b⟧]\n[vhost.x]\nroot = \"x\"\nlisteners = \"a\"",
       {"no host answers at the listener `b`; name it in the `listeners` of a host, or remove it"}},
      {"[listener.a]\n[listener.b]\n[vhost.x]\nroot = \"x\"\nlisteners = [\"a\", \"b\", ⟦\"a\"⟧]",
       {"`a` stands twice here"}},
  });
}

TEST(HostMistakes, addresses_that_another_listener_has) {
  const auto two = [](std::string_view first, std::string_view second) {
    return before_host("[listener.a]\naddress = \"" + std::string(first) + "\"\n[listener.b]\naddress = \"" +
                       std::string(second) + "\"");
  };
  expect_mistakes({
      {before_host("[listener.a]\naddress = \"*:80\"\n[listener.b]\naddress = ⟦\"127.0.0.1:80\"⟧"),
       {"`127.0.0.1:80` cannot be had beside `*:80` of [listener.a]"}},
      {before_host("[listener.a]\naddress = [⟦\"[::1]:80\"⟧, ⟦\"0.0.0.0:80\"⟧]\n[listener.b]\naddress = \"*:80\""),
       {"beside `*:80` of [listener.b]", "beside `*:80`"}},
      {before_host("[listener.a]\naddress = [\"[::]:80\", ⟦\"[::1]:80\"⟧]"), {"beside `[::]:80`"}},
      {two("0.0.0.0:80", "[::]:80"), {}},
      {two("*:0", "127.0.0.1:0"), {}},
      {two("*:80", "127.0.0.1:81"), {}},
  });
}

TEST(HostMistakes, limits_that_contradict_each_other) {
  expect_mistakes({
      {before_host("[limits]\nconnections = 10\nconnections_per_client = ⟦11⟧"),
       {"one client may have 11 connections, and all together no more than the 10 of `connections`; lower it, or "
        "raise"}},
      {before_host("[limits]\nconnections_per_client = ⟦9000⟧"),
       {"no more than the 8192 of `connections`, its default; lower it, or set `connections`, too"}},
      {before_host("[limits]\nconnections_per_client = 9000\nconnections = ⟦0⟧"), {"`connections` is at least 1"}},
      {before_host("[limits]\nconnections_per_client = 9000\n⟦connections 9000⟧"), {"\"=\" is missing"}},
      {before_host("[limits]\nconnections_per_client = 9000\n⟦conections⟧ = 9000"), {"did you mean `connections`?"}},
      {before_host("[limits]\nconnections_per_client = 8192\nfields = 4096"), {}},
      {before_host("[limits]\nfields = ⟦4097⟧"),
       {"no more than 4096 fields fit into a `head_size` of 16384 bytes, its default; lower it, or set `head_size`, "
        "too"}},
      {before_host("[limits]\nconnections = 10\nconnections_per_client = \"unlimited\""), {}},
      {before_host("[limits]\nconnections = 10"), {}},
      {before_host("[limits]\nhead_size = \"1K\"\nfields = ⟦257⟧"),
       {"no more than 256 fields fit into a `head_size` of 1024 bytes"}},
  });
}

TEST(HostMistakes, aliases_that_a_wildcard_covers) {
  expect_mistakes({
      {"[vhost.\"*.a.b\"]\nroot = \"x\"\naliases = [⟦\"c.a.b\"⟧, ⟦\"*.c.a.b\"⟧, \"a.b\"]",
       {"`c.a.b` is a name below `*.a.b` of this host already; remove it", "`*.c.a.b` is a name below"}},
      {in_host("root = \"x\"\naliases = \"a.b\""), {}},
      // Another host would take it.
      {"[vhost.\"*.b\"]\nroot = \"x\"\naliases = \"c.a.b\"\n[vhost.\"*.a.b\"]\nroot = \"x\"", {}},
      {"[listener.x]\n[listener.y]\n[vhost.\"*.b\"]\nroot = \"x\"\nlisteners = \"x\"\naliases = \"a.b\"\n"
       "[vhost.\"*.B\"]\nroot = \"x\"\nlisteners = \"y\"",
       {}},
  });
}

}  // namespace
}  // namespace webserv::app
