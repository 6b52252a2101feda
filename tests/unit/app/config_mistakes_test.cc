// Mistakes in files: in what they are written, in which keys stand where, and in the tables beside the hosts.
#include <gtest/gtest.h>

#include "mistakes.h"

namespace webserv {
namespace {

TEST(ConfigMistakes, keys_that_are_not_known) {
  expect_mistakes({
      {before_host("⟦servr⟧ = 1"), {"unknown key `servr` in the file; did you mean `server`?"}},
      {before_host("[⟦sever⟧]"), {"unknown key `sever` in the file; did you mean `server`?"}},
      {before_host("[⟦listeners⟧.http]"), {"`listeners` does not stand in the file; it belongs in [vhost.NAME]"}},
      {before_host("[⟦logs⟧]\nlevel = \"info\""), {"did you mean `log`?"}},
      {before_host("[⟦vhosts⟧.a]"), {"did you mean `vhost`?"}},
      {before_host("⟦workers⟧ = 4"), {"`workers` does not stand in the file; it belongs in [server]"}},
      {before_host("⟦workrs⟧ = 4"), {"unknown key `workrs` in the file; did you mean `workers` in [server]?"}},
      {before_host("⟦xyzzy⟧ = 4"), {"unknown key `xyzzy` in the file"}},
      {before_host("⟦\"\"⟧ = 4"), {"unknown key `` in the file"}},
      {before_host("[server]\n⟦log⟧ = \"info\""), {"`log` does not stand in [server]; write [log]"}},
      {before_host("[server]\n⟦listener⟧ = 80\n⟦listen⟧ = 80"),
       {"`listener` does not stand in [server]; write [listener.NAME]", "did you mean [listener.NAME]?"}},
      {before_host("[server]\n⟦session⟧ = \"x\"\n⟦server_name⟧ = \"x\""),
       {"write [session]", "unknown key `server_name` in"}},
      {before_host("[server]\n⟦workres⟧ = 1"), {"unknown key `workres` in [server]; did you mean `workers`?"}},
      {before_host("[server]\n  ⟦\"work ers\"⟧ = 1"), {"unknown key `work ers` in [server]; did you mean `workers`?"}},
      {before_host("server = { ⟦worker⟧ = 1 }"), {"unknown key `worker` in [server]; did you mean `workers`?"}},
      {before_host("server.⟦worker⟧ = 1"), {"did you mean `workers`?"}},
      {before_host("[listener.http]\n⟦adress⟧ = \"*:80\""), {"in [listener.http]; did you mean `address`?"}},
      {before_host("[listener.\"a b\"]\n⟦addresses⟧ = \"*:80\""), {"in [listener.\"a b\"]; did you mean `address`?"}},
      {before_host("[limits]\n⟦Head-Size⟧ = 1024"), {"did you mean `head_size`?"}},
      {before_host("[limits]\n⟦idle⟧ = \"3s\""), {"`idle` does not stand in [limits]; it belongs in [timeouts]"}},
      {before_host("[timeouts]\n⟦body_size⟧ = 3"),
       {"it belongs in [limits] or [vhost.NAME] or [vhost.NAME.route.PATH]"}},
      {before_host("[timeouts]\n⟦idel⟧ = \"3s\"\n⟦drian⟧ = \"3s\""), {"did you mean `idle`?", "did you mean `drain`?"}},
      {before_host("[log]\n⟦acces⟧ = \"off\""), {"did you mean `access`?"}},
      {"[⟦vhosts⟧.a]\nroot = \"x\"", {"unknown key `vhosts` in the file; did you mean `vhost`?"}},
      {"⟦⟧[⟦sites⟧.a]\nroot = \"x\"", {"[vhost.NAME] is missing in the file", "unknown key `sites` in the file"}},
      {"[vhost.a.⟦routes⟧.\"/\"]\nroot = \"x\"", {"did you mean `route`?"}},
      {in_host("⟦rot⟧ = \"www\""), {"unknown key `rot` in [vhost.\"*\"]; did you mean `root`?"}},
      {in_host("root = \"x\"\n⟦directory_listing⟧ = true"), {"unknown key `directory_listing`"}},
      {in_host("root = \"x\"\n⟦symlink⟧ = \"/nix/store\""), {"did you mean `symlinks`?"}},
      {in_host("root = \"x\"\n⟦address⟧ = \"*:80\""),
       {"`address` does not stand in [vhost.\"*\"]; it belongs in [listener.NAME]"}},
      {in_route("root = \"x\"\n⟦aliases⟧ = \"a\""),
       {"`aliases` does not stand in [vhost.\"*\".route.\"/x/\"]; it belongs in [vhost.NAME]"}},
      {in_route("redirect = { to = \"/y\", ⟦code⟧ = 301 }"),
       {"unknown key `code` in [vhost.\"*\".route.\"/x/\".redirect]"}},
      {in_route("redirect = { ⟦url⟧ = \"/y\", to = \"/y\" }"), {"unknown key `url`"}},
      {in_route("respond = { ⟦tpye⟧ = \"text/plain\" }"), {"did you mean `type`?"}},
      {in_route("respond.⟦body⟧ = \"x\""),
       {"`body` does not stand in [vhost.\"*\".route.\"/x/\".respond]; it belongs in"}},
  });
}

TEST(ConfigMistakes, values_of_another_type) {
  expect_mistakes({
      {before_host("server = ⟦4⟧"), {"`server` is a table, not an integer"}},
      {before_host("⟦[[server]]⟧"), {"`server` is a table, not a list"}},
      {before_host("listener = ⟦\"127.0.0.1:80\"⟧"),
       {"`listener` is a table of tables, each with a name, not a text; write [listener.NAME]"}},
      {before_host("[listener]\n⟦address⟧ = \"*:80\""),
       {"`address` in [listener] is not a table; give the table a name: [listener.NAME]"}},
      {before_host("[listener]\n⟦http⟧ = \"*:80\""), {"`http` in [listener] is not a table"}},
      {before_host("[server]\nworkers = ⟦\"4\"⟧"), {"`workers` is an integer, not a text; write 4 without quotes"}},
      {before_host("[server]\nworkers = ⟦\"auto\"⟧"), {"`workers` is an integer, not a text"}},
      {before_host("[server]\nworkers = ⟦4.0⟧"), {"`workers` is an integer, not a number with a point"}},
      {before_host("[server]\nworkers = ⟦true⟧"), {"`workers` is an integer, not a truth value"}},
      {before_host("[server]\nworkers = ⟦2026-11-21⟧"), {"`workers` is an integer, not a date or a time of day"}},
      {before_host("[server]\nworkers = ⟦[4]⟧"), {"`workers` is an integer, not a list"}},
      {before_host("[listener.http]\naddress = ⟦8080⟧"),
       {"`address` is a text or a list of texts, not an integer; put it in quotes"}},
      {before_host("[listener.http]\naddress = [\"*:80\", ⟦443⟧, ⟦true⟧]"),
       {"`address` is a list of texts, and an integer stands in it", "and a truth value stands in it"}},
      {before_host("[limits]\nhead_size = ⟦1.5⟧"), {"`head_size` is a size, not a number with a point"}},
      {before_host("[log]\nlevel = ⟦3⟧"), {"`level` is a text, not an integer; put it in quotes"}},
      {before_host("[log]\nlevel = ⟦[\"info\"]⟧"), {"`level` is a text, not a list"}},
      {in_host("root = ⟦true⟧"), {"`root` is a text, not a truth value; put it in quotes"}},
      {in_host("root = ⟦[\"a\"]⟧"), {"`root` is a text, not a list"}},
      {in_host("root = \"x\"\nlisting = ⟦\"true\"⟧"),
       {"`listing` is true or false, not a text; write true without quotes"}},
      {in_host("root = \"x\"\nlisting = ⟦\"on\"⟧"), {"`listing` is true or false, not a text"}},
      {in_host("root = \"x\"\nhidden_files = ⟦1⟧"), {"`hidden_files` is true or false, not an integer"}},
      {in_host("root = \"x\"\nfields = ⟦[\"X: y\"]⟧"), {"`fields` is a table of texts, not a list"}},
      {in_host("root = \"x\"\nfields = { X = ⟦1⟧, Y = ⟦[]⟧ }"),
       {"`X` in `fields` is a text, not an integer; put it in quotes", "`Y` in `fields` is a text, not a list"}},
      {in_host("route = ⟦\"/\"⟧"), {"write [vhost.NAME.route.PATH]"}},
      {in_host("route.⟦root⟧ = \"x\""), {"`root` in [vhost.\"*\".route] is not a table; give the table a name"}},
      {in_route("redirect = ⟦\"/y\"⟧"), {"`redirect` is a table, not a text; write redirect = { to = \"...\" }"}},
      {in_route("respond = ⟦\"hello\"⟧"), {"write respond = { text = \"...\" }"}},
      {in_route("respond = ⟦404⟧"), {"`respond` is a table, not an integer"}},
      {in_route("redirect = { to = ⟦1⟧ }"), {"`to` is a text, not an integer"}},
      {in_route("redirect = { to = \"/y\", status = ⟦\"301\"⟧ }"), {"write 301 without quotes"}},
  });
}

TEST(ConfigMistakes, numbers_units_and_ranges) {
  expect_mistakes({
      {before_host("[server]\nworkers = ⟦-1⟧"), {"`workers` is at least 0"}},
      {before_host("[server]\nworkers = ⟦1025⟧"), {"`workers` is at most 1024"}},
      {before_host("[server]\nworkers = ⟦\"unlimited\"⟧"),
       {"`workers` cannot be unlimited; at most 1024 may stand here"}},
      {before_host("[limits]\nhead_size = ⟦\"16KB\"⟧"),
       {"is a size: a number of bytes, or one number and K, M or G, without a space; write \"16K\""}},
      {before_host("[limits]\nhead_size = ⟦\"16k\"⟧"), {"write \"16K\""}},
      {before_host("[limits]\nhead_size = ⟦\"16 K\"⟧"), {"write \"16K\""}},
      {before_host("[limits]\nhead_size = ⟦\"1MiB\"⟧"), {"write \"1M\""}},
      {before_host("[limits]\nhead_size = ⟦\"\"⟧"), {"write for example \"16K\""}},
      {before_host("[limits]\nhead_size = ⟦\"K\"⟧"), {"write for example \"16K\""}},
      {before_host("[limits]\nhead_size = ⟦\"1.5K\"⟧"), {"write for example \"16K\""}},
      {before_host("[limits]\nhead_size = ⟦\"-1K\"⟧"), {"write for example \"16K\""}},
      {before_host("[limits]\nhead_size = ⟦1023⟧"), {"`head_size` is at least \"1K\""}},
      {before_host("[limits]\nhead_size = ⟦\"2M\"⟧"), {"`head_size` is at most \"1M\""}},
      {before_host("[limits]\nhead_size = ⟦-16⟧"), {"`head_size` is at least \"1K\""}},
      {before_host("[limits]\nbody_size = ⟦\"9999999999G\"⟧"), {"`body_size` is too large"}},
      {before_host("[limits]\nbody_size = ⟦\"9999G\"⟧"),
       {"is at most \"1024G\"; write \"unlimited\" to lift the limit"}},
      {before_host("[limits]\nbody_size = ⟦\"Unlimited\"⟧"), {"`body_size` is a size"}},
      {before_host("[limits]\nfields = ⟦0⟧"), {"`fields` is at least 1"}},
      {before_host("[limits]\nconnections = ⟦0⟧"), {"`connections` is at least 1"}},
      {before_host("[limits]\nconnections = ⟦\"unlimited\"⟧"), {"`connections` cannot be unlimited"}},
      {before_host("[limits]\nrequests_per_connection = ⟦\"1K\"⟧"),
       {"`requests_per_connection` is an integer, not a text"}},
      {before_host("[timeouts]\nidle = ⟦30⟧"), {"`idle` is a time, not an integer; write \"30s\""}},
      {before_host("[timeouts]\nidle = ⟦1.5⟧"), {"`idle` is a time, not a number with a point"}},
      {before_host("[timeouts]\nidle = ⟦\"30\"⟧"),
       {"is a time: one number and one of the units ms, s, m, h and d, without a space; write \"30s\""}},
      {before_host("[timeouts]\nidle = ⟦\"30 s\"⟧"), {"write \"30s\""}},
      {before_host("[timeouts]\nidle = ⟦\"30S\"⟧"), {"write \"30s\""}},
      {before_host("[timeouts]\nidle = ⟦\"2 minutes\"⟧"), {"write \"2m\""}},
      {before_host("[timeouts]\nidle = ⟦\"1m30s\"⟧"), {"write for example \"30s\""}},
      {before_host("[timeouts]\nidle = ⟦\"forever\"⟧"), {"write for example \"30s\""}},
      {before_host("[timeouts]\nidle = ⟦\"unlimited\"⟧"),
       {"`idle` cannot be unlimited; at most \"1d\" may stand here"}},
      {before_host("[timeouts]\nidle = ⟦\"0s\"⟧"), {"`idle` is at least \"1ms\""}},
      {before_host("[timeouts]\nidle = ⟦\"25h\"⟧"), {"`idle` is at most \"1d\""}},
      {before_host("[timeouts]\nidle = ⟦00:00:30⟧"), {"`idle` is a time, not a date or a time of day"}},
      {in_host("root = \"x\"\nbody = ⟦5⟧\nwrite = ⟦\"5sec\"⟧"), {"write \"5s\"", "write \"5s\""}},
      {in_route("redirect = { to = \"/y\", status = ⟦200⟧ }"), {"`status` is at least 301"}},
      {in_route("redirect = { to = \"/y\", status = ⟦404⟧ }"), {"`status` is at most 308"}},
      {in_route("redirect = { to = \"/y\", status = ⟦304⟧ }"), {"304 is no redirect: 301, 302, 303, 307 and 308 are"}},
      {in_route("respond = { status = ⟦101⟧ }"), {"`status` is at least 200"}},
      {in_route("respond = { status = ⟦600⟧ }"), {"`status` is at most 599"}},
      {before_host("[log]\nlevel = ⟦\"warn\"⟧"),
       {"`level` is one of error, warning, notice, info, debug, not `warn`; did you mean `warning`?"}},
      {before_host("[log]\nlevel = ⟦\"INFO\"⟧"), {"did you mean `info`?"}},
      {before_host("[log]\nlevel = ⟦\"loud\"⟧"), {"not `loud`"}},
      {before_host("[log]\naccess = ⟦\"jsno\"⟧"), {"did you mean `json`?"}},
      {before_host("[log]\naccess = ⟦\"/var/log/access.log\"⟧"), {"`access` is one of journal, json, combined, off"}},
  });
}

TEST(ConfigMistakes, what_this_version_does_not_serve) {
  expect_mistakes({
      {before_host("[⟦session⟧]\ncookie = \"x\"\nnonsense = 1"), {"`session` is not served by this version"}},
      {before_host("[listener.https]\n⟦tls⟧ = { certificate = \"a\", key = \"b\" }"), {"`tls` is not served"}},
      {in_route("⟦cgi⟧ = { root = \"cgi-bin\" }\n⟦environment⟧ = { A = \"b\" }\n⟦cgi_limits⟧ = { time = \"30s\" }"),
       {"`cgi` is not served by this version of webserv; remove it", "`environment` is not served",
        "`cgi_limits` is not served"}},
      {in_route("⟦cgi⟧ = 1\n⟦cgi_body⟧ = \"stream\""), {"`cgi` is not served", "`cgi_body` is not served"}},
      {in_route("⟦upload⟧ = { directory = \"uploads\" }\nbody_size = \"200M\""), {"`upload` is not served"}},
      {in_route("⟦websocket⟧ = { handler = \"echo\" }\n⟦websocket_limits⟧ = { queue = \"4M\" }"),
       {"`websocket` is not served", "`websocket_limits` is not served"}},
      {in_route("⟦status⟧ = true"), {"`status` is not served"}},
      {in_route("root = \"x\"\n⟦require_session⟧ = \"user\"\n⟦login⟧ = \"/login\""),
       {"`require_session` is not served", "`login` is not served"}},
      {in_route("root = \"x\"\n⟦scripts⟧ = { \".php\" = \"/usr/bin/php-cgi\" }\n⟦compression⟧ = [\"zstd\"]"),
       {"`scripts` is not served", "`compression` is not served"}},
      {in_host("⟦status⟧ = true"), {"`status` is not served"}},
  });
}

TEST(ConfigMistakes, listeners) {
  expect_mistakes({
      {before_host("[listener.http]\naddress = ⟦\"localhost:80\"⟧"),
       {"`localhost:80` is no address: names are not looked up"}},
      {before_host("[listener.http]\naddress = ⟦\"8080\"⟧"), {"write *:8080 or 127.0.0.1:8080"}},
      {before_host("[listener.http]\naddress = ⟦\"127.0.0.1\"⟧"), {"the port is missing: write 127.0.0.1:8080"}},
      {before_host("[listener.http]\naddress = [\"*:80\", ⟦\"::1:80\"⟧, ⟦\"*:99999\"⟧]"),
       {"stands in brackets", "from 0 to 65535"}},
      {before_host("[listener.http]\naddress = ⟦\"unix:\"⟧"), {"the path of the socket is missing"}},
      {before_host("[listener.http]\naddress = ⟦\"unix:" + std::string(200, 'x') + "\"⟧"), {"at most 107 bytes"}},
      {before_host("[listener.http]\naddress = ⟦[]⟧"), {"`address` has no element; leave it out"}},
      {before_host("[listener.http]\naddress = [\"*:80\", ⟦\"*:80\"⟧]"),
       {"`*:80` is an address of [listener.http] already"}},
      {before_host("[listener.a]\naddress = \"unix:x/../y\"\n[listener.b]\naddress = ⟦\"unix:y\"⟧"),
       {"`unix:y` is an address of [listener.a] already"}},
      {before_host("[listener.⟦\"a:b\"⟧]"), {"`a:b` is no name of a listener"}},
      {before_host("[listener.⟦\"\"⟧]"), {"`` is no name of a listener"}},
      {before_host("[listener.⟦\"bücher\"⟧]"), {"`bücher` is no name of a listener"}},
  });
}

TEST(ConfigMistakes, syntax_is_told_with_its_place) {
  expect_mistakes({
      {"⟦⟧", {"[vhost.NAME] is missing in the file"}},
      {"⟦⟧# nothing\n", {"[vhost.NAME] is missing in the file"}},
      {"⟦⟧[vhost]\n", {"[vhost.NAME] is missing in the file"}},
      {"[server]\nworkers = ⟦⟧\n", {"this is no TOML: key-value pair: expected value, saw '\\n'"}},
      {"[server]\nworkers ⟦⟧4\n", {"expected '=', saw '4'"}},
      {"[server⟦⟧\n", {"expected ']', saw"}},
      {"[server]\nworkers = 1\nworkers = ⟦⟧2\n", {"cannot redefine existing integer 'workers'"}},
      {"[server]\n\n⟦⟧[server]\n", {"cannot redefine existing table 'server'"}},
      {"[vhost.\"a\"]\nroot = ⟦⟧www\n", {"this is no TOML"}},
      {"[vhost.\"a\"]\nroot = \"www⟦⟧\n", {"this is no TOML: string"}},
      {"[vhost.\"a\"]\nroot = \"www\" ⟦⟧listing = true\n", {"expected a comment or whitespace, saw 'l'"}},
      {"[vhost.\"a\"]\nindex = [\"a\" ⟦⟧\"b\"]\n", {"expected comma or closing ']', saw '\"'"}},
      {"[vhost.\"a\"]\nlocation ⟦⟧/ {\n", {"this is no TOML: key-value pair: expected '=', saw '/'"}},
      {"⟦⟧{ \"server\": {} }\n", {"expected keys, tables, whitespace or comments"}},
  });
}

TEST(ConfigMistakes, all_of_them_are_told_in_the_order_of_the_file) {
  expect_mistakes({
      {R"(⟦z⟧ = 1
[timeouts]
write = ⟦30⟧
body = ⟦30⟧
[vhost."*"]
root = ⟦1⟧
⟦a⟧ = 2
[server]
workers = ⟦-1⟧
[vhost."*".route."/x"]
⟦b⟧ = 3
root = "ü" # ü
index = ["ü", ⟦3⟧]
)",
       {"unknown key `z`", "`write` is a time", "`body` is a time", "`root` is a text", "unknown key `a`",
        "`workers` is at least 0", "unknown key `b`", "`index` is a list of texts"}},
  });
}

}  // namespace
}  // namespace webserv
