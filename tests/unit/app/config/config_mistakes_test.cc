// Mistakes in files: in what they are written, in which keys stand where, and in the tables beside the hosts.
#include <gtest/gtest.h>

#include "unit/app/config/mistakes.h"

namespace webserv::app {
namespace {

TEST(ConfigMistakes, keys_that_are_not_known) {
  expect_mistakes({
      {before_host("⟦servr⟧ = 1"), {"unknown key `servr` in the file; did you mean `server`?"}},
      {before_host("[⟦sever⟧]"), {"unknown key `sever` in the file; did you mean `server`?"}},
      {before_host("[⟦listeners⟧.http]"), {"unknown key `listeners` in the file; write a table [listener.http]"}},
      {before_host("[⟦logs⟧]\nlevel = \"info\""), {"did you mean `log`?"}},
      {before_host("[⟦vhosts⟧.a]"), {"did you mean `vhost`?"}},
      {before_host("⟦workers⟧ = 4"), {"`workers` does not stand in the file; it belongs in [server]"}},
      {before_host("⟦workrs⟧ = 4"), {"unknown key `workrs` in the file; did you mean `workers` in [server]?"}},
      {before_host("⟦xyzzy⟧ = 4"),
       {"unknown key `xyzzy` in the file; these may stand there: [server], [listener.NAME], [limits], [timeouts], "
        "[log], [vhost.NAME]"}},
      {before_host("[⟦limit⟧]"), {"did you mean `limits`?"}},
      {before_host("[log]\n⟦xyzzy⟧ = 4"), {"these may stand there: `level`, `access`"}},
      {before_host("[timeouts]\n⟦read⟧ = \"5s\"\n⟦connect⟧ = \"5s\""),
       {"`head` is how long a request's line and fields may take, and `body` how long", "passes no requests on"}},
      {in_host("root = \"x\"\n⟦xyzzy⟧ = 4"), {"in [vhost.\"*\"]; webserv.toml(5) lists what may stand there"}},
      {"[[⟦host⟧]]\nname = \"a\"\nroot = \"x\"",
       {"unknown key `host` in the file; write a table [vhost.\"example.org\"]"}},
      {before_host("⟦\"\"⟧ = 4"), {"unknown key `` in the file"}},
      {before_host("[server]\n⟦log⟧ = \"info\""), {"`log` does not stand in [server]; write [log]"}},
      {before_host("[server]\n⟦listener⟧ = 80\n⟦listen⟧ = 80"),
       {"`listener` does not stand in [server]; write [listener.NAME]",
        "write address = \"*:80\" in a table [listener.http]"}},
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
      {"⟦⟧[⟦xyzzy⟧.a]\nroot = \"x\"", {"[vhost.NAME] is missing in the file", "unknown key `xyzzy` in the file"}},
      {"[⟦sites⟧.a]\nroot = \"x\"", {"unknown key `sites` in the file; write a table [vhost.\"example.org\"]"}},
      {"[vhost.a.⟦routes⟧.\"/\"]\nroot = \"x\"", {"did you mean `route`?"}},
      {in_host("⟦rot⟧ = \"www\""), {"unknown key `rot` in [vhost.\"*\"]; did you mean `root`?"}},
      {in_host("root = \"x\"\n⟦directory_listing⟧ = true"), {"unknown key `directory_listing`"}},
      {in_host("root = \"x\"\n⟦symlink⟧ = \"/nix/store\""),
       {"folders elsewhere that they may lead into are `symlinks`"}},
      {in_host("root = \"x\"\n⟦address⟧ = \"*:80\""),
       {"`address` does not stand in [vhost.\"*\"]; it belongs in [listener.NAME]"}},
      {in_route("root = \"x\"\n⟦aliases⟧ = \"a\""),
       {"`aliases` does not stand in [vhost.\"*\".route.\"/x/\"]; it belongs in [vhost.NAME]"}},
      {in_route("redirect = { to = \"/y\", ⟦code⟧ = 301 }"),
       {"unknown key `code` in [vhost.\"*\".route.\"/x/\".redirect]"}},
      {in_route("redirect = { ⟦url⟧ = \"/y\", to = \"/y\" }"), {"unknown key `url`"}},
      {in_route("respond = { ⟦tpye⟧ = \"text/plain\" }"), {"did you mean `type`?"}},
      {in_route("respond.⟦body⟧ = \"x\""),
       {"unknown key `body` in [vhost.\"*\".route.\"/x/\".respond]; did you mean `text`?"}},
  });
}

TEST(ConfigMistakes, values_of_another_type) {
  expect_mistakes({
      {before_host("server = ⟦4⟧"), {"`server` is a table, not an integer"}},
      {before_host("[[⟦server⟧]]"), {"`server` is a list of tables here; write [server]"}},
      {before_host("listener = ⟦\"127.0.0.1:80\"⟧"),
       {"`listener` is a table of tables, each with a name, not a text; write [listener.NAME]"}},
      {before_host("[listener]\n⟦address⟧ = \"*:80\""),
       {"`address` in [listener] is not a table; give the table a name: [listener.NAME]"}},
      {before_host("[listener]\n⟦http⟧ = \"*:80\""), {"`http` in [listener] is not a table"}},
      {before_host("[listener]\n⟦port⟧ = 80\naddress = \"*:80\""), {"`port` in [listener] is not a table; give"}},
      {"[vhost]\n⟦root⟧ = \"x\"\nname = \"a\"\nlisting = true", {"`root` in [vhost] is not a table; give the table a"}},
      {before_host("[server]\nworkers = ⟦\"4\"⟧"), {"`workers` is an integer, not a text; write 4 without quotes"}},
      {before_host("[server]\nworkers = ⟦\"auto\"⟧"), {"`workers` is an integer, not a text"}},
      {before_host("[server]\nworkers = ⟦4.0⟧"), {"`workers` is an integer, not a number with a point"}},
      {before_host("[server]\nworkers = ⟦true⟧"), {"`workers` is an integer, not a truth value"}},
      {before_host("[server]\nworkers = ⟦2026-11-21⟧"), {"`workers` is an integer, not a date or a time of day"}},
      {before_host("[server]\nworkers = ⟦[4]⟧"), {"`workers` is an integer, not a list"}},
      {before_host("[listener.http]\naddress = ⟦8080⟧"),
       {"`address` is a text or a list of texts, not an integer; write \"*:8080\", or \"127.0.0.1:8080\""}},
      {before_host("[listener.http]\naddress = [\"*:80\", ⟦443⟧, ⟦true⟧]"),
       {"`address` is a list of texts, and an integer stands in it", "and a truth value stands in it"}},
      {before_host("[limits]\nhead_size = ⟦1.5⟧"), {"`head_size` is a size, not a number with a point"}},
      {before_host("[log]\nlevel = ⟦3⟧"), {"`level` is one of error, warning, notice, info, debug, not an integer"}},
      {before_host("[log]\nlevel = ⟦[\"info\"]⟧"), {"info, debug, not a list; write \"info\""}},
      {in_host("root = ⟦true⟧"), {"`root` is a text, not a truth value; write a path in quotes"}},
      {in_host("root = \"x\"\nsymlinks = ⟦true⟧"),
       {"`symlinks` is a text or a list of texts, not a truth value; links below the root are followed; name the "
        "folders elsewhere that they may lead into"}},
      {in_host("root = \"x\"\nsymlinks = ⟦false⟧\nindex = ⟦false⟧"), {"leave it out: links lead", "leave it out"}},
      {in_host("root = \"x\"\nfallback = ⟦true⟧\ncache_control = ⟦false⟧"),
       {"write \"/index.html\"", "write \"no-store\""}},
      {before_host("[log]\naccess = ⟦false⟧"), {"json, combined, off, not a truth value; write \"off\""}},
      {in_route("respond = ⟦404⟧"), {"write respond = { status = 404 }"}},
      {in_route("redirect = ⟦301⟧"), {"write redirect = { to = \"/new\", status = 301 }"}},
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
      {in_route("redirect = ⟦\"/y\"⟧"), {"`redirect` is a table, not a text; write redirect = { to = \"/y\" }"}},
      {in_route("respond = ⟦\"hello\"⟧"), {"write respond = { text = \"hello\" }"}},
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
      {before_host("[limits]\nhead_size = ⟦\"1.5K\"⟧"), {"write \"1536\""}},
      {before_host("[limits]\nhead_size = ⟦\"-1K\"⟧"), {"write for example \"16K\""}},
      {before_host("[limits]\nhead_size = ⟦1023⟧"), {"`head_size` is at least \"1K\""}},
      {before_host("[limits]\nhead_size = ⟦\"2M\"⟧"), {"`head_size` is at most \"1M\""}},
      {before_host("[limits]\nhead_size = ⟦-16⟧"), {"`head_size` is at least \"1K\""}},
      {before_host("[limits]\nbody_size = ⟦\"9999999999G\"⟧"), {"`body_size` is too large"}},
      {before_host("[limits]\nbody_size = ⟦\"9999G\"⟧"),
       {"is at most \"1024G\"; write \"unlimited\" to lift the limit"}},
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
      {before_host("[timeouts]\nidle = ⟦\"1m30s\"⟧"), {"write \"90s\""}},
      {before_host("[timeouts]\nidle = ⟦\"forever\"⟧"), {"write for example \"30s\""}},
      {before_host("[timeouts]\nidle = ⟦\"unlimited\"⟧"),
       {"`idle` cannot be unlimited; at most \"1d\" may stand here"}},
      {before_host("[timeouts]\nidle = ⟦\"0s\"⟧"), {"`idle` is at least \"1ms\""}},
      {before_host("[timeouts]\nidle = ⟦\"25h\"⟧"), {"`idle` is at most \"1d\""}},
      {before_host("[timeouts]\nidle = ⟦00:00:30⟧"), {"`idle` is a time, not a date or a time of day"}},
      {in_host("root = \"x\"\nbody = ⟦5⟧\nwrite = ⟦\"5sec\"⟧"), {"write \"5s\"", "write \"5s\""}},
      {in_route("redirect = { to = \"/y\", status = ⟦200⟧ }"),
       {"`status` is one of 301, 302, 303, 307, 308, not 200; respond = { status = 200 } answers with another"}},
      {in_route("redirect = { to = \"/y\", status = ⟦404⟧ }"), {"308, not 404; respond = { status = 404 }"}},
      {in_route("redirect = { to = \"/y\", status = ⟦304⟧ }"), {"`status` is one of 301, 302, 303, 307, 308, not 304"}},
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

TEST(ConfigMistakes, limits_that_are_meant_to_be_lifted) {
  expect_mistakes({
      {before_host("[limits]\nbody_size = ⟦\"Unlimited\"⟧"),
       {"`body_size` is a size, or \"unlimited\"; write \"unlimited\" to lift the limit"}},
      {before_host("[limits]\nbody_size = ⟦\"unlimitd\"⟧"), {"write \"unlimited\" to lift the limit"}},
      {before_host("[limits]\nbody_size = ⟦\"none\"⟧"), {"is a size, not `none`; write \"unlimited\""}},
      {before_host("[limits]\nbody_size = ⟦-1⟧"), {"`body_size` is at least 0; write \"unlimited\" to lift"}},
      {before_host("[limits]\nrequests_per_connection = ⟦\"unlimted\"⟧"), {"is an integer, or \"unlimited\"; write"}},
      {before_host("[limits]\nconnections_per_client = ⟦0⟧"), {"is at least 1; write \"unlimited\""}},
      {before_host("[limits]\nconnections = ⟦\"unlimitd\"⟧"), {"cannot be unlimited; at most 10000000 may stand"}},
      {in_route("cgi = { root = \"x\" }\ncgi_limits = { time = ⟦\"never\"⟧ }"), {"not `never`; write \"unlimited\""}},
  });
}

TEST(ConfigMistakes, what_this_version_does_not_serve) {
  expect_mistakes({
      {before_host("[⟦session⟧]\ncookie = \"x\"\nnonsense = 1"), {"`session` is not served by this version"}},
      {before_host("[listener.https]\n⟦tls⟧ = { certificate = \"a\", key = \"b\" }"), {"`tls` is not served"}},
      {in_route("⟦upload⟧ = { directory = \"uploads\" }\nbody_size = \"200M\""), {"`upload` is not served"}},
      {in_route("⟦websocket⟧ = { handler = \"echo\" }\n⟦websocket_limits⟧ = { queue = \"4M\" }"),
       {"`websocket` is not served", "`websocket_limits` is not served"}},
      {in_route("⟦status⟧ = true"), {"`status` is not served"}},
      {in_route("root = \"x\"\n⟦require_session⟧ = \"user\"\n⟦login⟧ = \"/login\""),
       {"`require_session` is not served", "`login` is not served"}},
      {in_route("root = \"x\"\n⟦compression⟧ = [\"zstd\"]"), {"`compression` is not served"}},
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

TEST(ConfigMistakes, files_without_a_host) {
  expect_mistakes({
      {"⟦⟧", {"[vhost.NAME] is missing in the file"}},
      {"⟦⟧# nothing\n", {"[vhost.NAME] is missing in the file"}},
      {"⟦⟧[vhost]\n", {"[vhost.NAME] is missing in the file; without one nothing is served"}},
  });
}

TEST(ConfigMistakes, values_that_are_no_toml) {
  expect_mistakes({
      {before_host("[server]\n⟦workers⟧ ="), {"the value of `workers` is missing; write it behind \"=\""}},
      {before_host("[server]\n⟦workers⟧ = # four"), {"the value of `workers` is missing"}},
      {before_host("[server]\nworkers ⟦==⟧ 4"), {"one \"=\" stands between a key and its value; write ="}},
      {before_host("[server]\nworkers ⟦=>⟧ 4"), {"one \"=\" stands between"}},
      {before_host("[server]\nworkers = ⟦four⟧"), {"`four` is no integer; write for example 0"}},
      {before_host("[server]\nworkers = ⟦04⟧ # four"),
       {"`04` has a zero in front, which numbers in TOML do not have; write 4"}},
      {before_host("[server]\nworkers = 4⟦;⟧"), {"`;` stands behind a value, where only a comment may; remove it"}},
      {before_host("[server]\nworkers = 4⟦, x = 1⟧"), {"write it on a line of its own"}},
      {before_host("[server]\nworkers = ⟦null⟧"), {"`null` is no value in TOML; leave the key out"}},
      {before_host("[limits]\nbody_size = ⟦10M⟧"),
       {"`10M` is a number with a unit, which needs quotes; write \"10M\""}},
      {before_host("[timeouts]\nidle = ⟦15 seconds⟧"), {"write \"15s\""}},
      {before_host("[server]\nworkers = ⟦99999999999999999999⟧"), {"is larger than any number in TOML"}},
      {before_host("[listener.http]\naddress = ⟦127.0.0.1:80⟧"), {"`127.0.0.1:80` is a text, which needs quotes"}},
      {before_host("[listener.http]\naddress = ⟦*:80⟧"), {"write \"*:80\""}},
      {before_host("[listener.http]\naddress = [ ⟦*:80⟧, *:81 ]"), {"write \"*:80\""}},
      {in_host("root = ⟦/srv/my site⟧ # here"), {"write \"/srv/my site\""}},
      {in_host("root = ⟦/srv/www⟧;"), {"write \"/srv/www\""}},
      {in_host("root = ⟦\"www⟧"), {"this text has no quotes at its end; write \"www\""}},
      {in_host("root = ⟦'www;⟧"), {"write \"www\""}},
      {in_host("root = \"⟦\\s⟧ites\""), {"`\\s` means nothing in a text in double quotes; write \\\\ for a backslash"}},
      {in_host("root = \"a⟦\x01⟧\""), {"a control character stands in this text"}},
      {in_host("root = \"x\" # ⟦\x01⟧"), {"a control character stands in this comment; remove it"}},
      {in_host("root = ⟦\"\"\"⟧www\nlisting = on"), {"this text has no \"\"\" at its end"}},
      {in_host("root = \"www\" ⟦listing = true⟧"), {"write it on a line of its own"}},
      {in_host("root = \"x\"\nindex = \"a\" ⟦\"b\"⟧"), {"write several values as a list: [\"a\", \"b\"]"}},
      {in_host("root = \"x\"\nindex = [\"a\" ⟦\"⟧b\"]"),
       {"a comma is missing between two elements; write one before it"}},
      {in_host("root = \"x\"\nindex = ⟦[⟧\"a\",\n  \"b\"\nlisting = true"), {"this list has no \"]\" at its end"}},
      {in_host("root = \"x\"\nindex = [\"a\", ⟦,⟧ \"b\"]"), {"a value is missing before this comma"}},
      {in_host("root = \"x\"\nindex = [\"a\"⟦}⟧"), {"\"}\" stands where \"]\" is expected"}},
      {in_host("root = \"x\"\nlisting = ⟦True⟧"), {"`True` is no value in TOML; write true"}},
      {in_host("root = \"x\"\nlisting = ⟦off⟧"), {"write false"}},
      {in_route("redirect = { to⟦:⟧ \"/y\" }"), {"\":\" stands behind `to` where \"=\" belongs; write to = ..."}},
      {in_route("redirect = { to = \"/y\"⟦,⟧ }"), {"a comma stands before \"}\"; remove it"}},
      {in_route("redirect = { to = \"/y\" ⟦s⟧tatus = 301 }"), {"a comma is missing between two keys"}},
      {in_route("redirect = { ⟦to⟧ \"/y\" }"), {"\"=\" is missing behind `to`"}},
      {in_route("redirect = ⟦{⟧\n  to = \"/y\",\n  status = 301,\n}"), {"a table in braces stands on one line"}},
      {in_route("redirect = ⟦{⟧ to = \"/y\"\nmethods = [\"GET\"]"), {"this table has no \"}\" at its end"}},
  });
}

TEST(ConfigMistakes, nothing_follows_from_a_table_without_an_end) {
  const std::vector<std::string> no_end = {"this table has no \"}\" at its end"};
  expect_mistakes({
      {in_route("redirect = ⟦{⟧ to = \"/y\"\nstatus = 301"), no_end},
      {in_route("redirect = ⟦{⟧ to = \"/y\"\n  status = 301\n}\nmethods = \"GET\""), no_end},
      {in_route("respond = ⟦{⟧ status = 200\n  text = \"a\"\n  type = \"text/plain\" }"), no_end},
      {in_host("root = \"x\"\nfields = ⟦{⟧ A = \"x\"\n  X-B = \"y\"\n}\nlisting = true"), no_end},
      {in_host("root = \"x\"\nerror_pages = ⟦{⟧ 404 = \"x\"\n  500 = \"y\""), no_end},
      {in_route("cgi = ⟦{⟧ root = \"x\"\ninterpreters = {}\nenvironment = ⟦{⟧ A = \"x\"\nB = \"y\""),
       {no_end[0], no_end[0]}},
      {before_host("limits = ⟦{⟧ head_size = \"16K\"\nfields = 3"), no_end},
      // What is a key of the route is looked at.
      {in_route("redirect = ⟦{⟧ to = \"/y\"\nmethods = ⟦\"GTE\"⟧"), {no_end[0], "did you mean `GET`?"}},
      {in_host("root = \"x\"\nfields = ⟦{⟧ A = \"x\"\nlisting = ⟦1⟧"), {no_end[0], "write true"}},
  });
}

TEST(ConfigMistakes, lines_that_are_no_toml) {
  expect_mistakes({
      {before_host("[server]\n⟦workers 4⟧"), {"\"=\" is missing behind `workers`; write workers = 4"}},
      {before_host("[server]\n⟦workers: 4⟧"), {"\":\" stands behind `workers` where \"=\" belongs; write workers = 4"}},
      {in_host("⟦root /srv/www;⟧"), {"write root = \"/srv/www\""}},
      {in_host("root = \"x\"\n⟦listing⟧"), {"a line of TOML is a key, \"=\" and a value, and `listing` stands alone"}},
      {in_host("root = \"x\"\n⟦autoindex on;⟧"), {"\"=\" is missing behind `autoindex`; write listing = true"}},
      {in_host("root = \"x\"\n⟦proxy_pass http://127.0.0.1:3000;⟧"), {"passes no requests on to other servers"}},
      {in_host("⟦location / {⟧\n  ⟦root x;⟧\n}"),
       {"TOML has no blocks in braces; write [vhost.NAME.route.\"/\"]", "write root = \"x\""}},
      {"⟦server {⟧\n⟦listen 80;⟧\n}", {"write [vhost.\"example.org\"]", "write address = "}},
      {"⟦<VirtualHost *:80>⟧\n⟦DocumentRoot /srv⟧\n</VirtualHost>",
       {"TOML has no blocks in tags; write [vhost.\"example.org\"]", "write root = "}},
      {"⟦example.org {⟧\n}", {"write [vhost.\"example.org\"]"}},
      {before_host("⟦}⟧"), {"`}` ends nothing: TOML has no blocks; remove it"}},
      {"⟦{ \"server\": {} }⟧\n", {"as JSON has"}},
      {before_host("⟦= 4⟧"), {"a name is missing before \"=\""}},
  });
}

TEST(ConfigMistakes, headers_that_are_no_toml) {
  expect_mistakes({
      {before_host("⟦[server⟧\n⟦worker⟧ = 1"),
       {"this header of a table has no \"]\" at its end; write [server]", "in [server]; did you mean `workers`?"}},
      {before_host("[server] ⟦# x]⟧"), {}},
      {before_host("[server] ⟦workers = 1⟧"), {"stands behind the header of a table"}},
      {before_host("[server]⟦;⟧"), {"remove it"}},
      {before_host("[⟦listener \"web\"⟧]"), {"the names of a table have dots between them; write [listener.web]"}},
      {before_host("[⟦]⟧\nx = 1"), {"a name is missing here"}},
      {before_host("[listener.⟦]⟧\nx = 1"), {"a name is missing here"}},
      {"[vhost.⟦*⟧]\n⟦rot⟧ = \"x\"",
       {"`*` needs quotes: only letters, digits, \"-\" and \"_\" go without; write [vhost.\"*\"]",
        "in [vhost.\"*\"]; did you mean"}},
      {"[vhost.⟦*.a.b⟧.route.\"/\"]\nroot = \"x\"", {"write [vhost.\"*.a.b\".route.\"/\"]"}},
      {"[vhost.a.route.⟦/x/⟧]\nroot = \"x\"", {"write [vhost.a.route.\"/x/\"]"}},
      {"[vhost.a.route.⟦/favicon.ico⟧]\nroot = \"x\"", {"write [vhost.a.route.\"/favicon.ico\"]"}},
      {"[vhost.⟦\"a.b⟧]\nroot = \"x\"", {"this name has no quotes at its end; write [vhost.\"a.b\"]"}},
      {"[vhost.⟦a.b⟧]\nroot = \"x\"", {"a host's name that has dots needs quotes; write [vhost.\"a.b\"]"}},
      {"[vhost.⟦www.a.b⟧.route.\"/\"]\nroot = \"x\"", {"write [vhost.\"www.a.b\"]"}},
  });
}

TEST(ConfigMistakes, what_stands_twice) {
  expect_mistakes({
      {before_host("[server]\nworkers = 1\n⟦workers⟧ = 2"),
       {"`workers` stands twice in its table, first at line 2; remove one of the two"}},
      {before_host("[server]\n\n[⟦server⟧]\nx = 1"),
       {"the table [server] stands twice, first at line 1; write all of its keys below one header"}},
      // The first of them may have its handler in the second.
      {"[vhost.a]\naliases = \"b\"\n[⟦vhost.\"a\"⟧]\nroot = \"x\"", {"the table [vhost.a] stands twice"}},
      {before_host("server.workers = 1\n[⟦server⟧]"), {"the table 'server' is written twice, or as two things"}},
      {in_route("redirect = ⟦{ to = \"/y\", to = \"/z\" }⟧"), {"the string 'to' is written twice, or as two things"}},
  });
}

TEST(ConfigMistakes, syntax_errors_hide_nothing_but_what_they_break) {
  expect_mistakes({
      {R"(⟦a⟧ = 1
[server]
workers = ⟦x⟧
⟦b⟧ = 1
[vhost."*"]
root = ⟦www⟧
⟦c⟧ = 1
[vhost."*".route."/x/"]
redirect = ⟦{⟧
  to = "/y",
}
⟦d⟧ = 1
[vhost."*".route."/y/"]
respond = {}
⟦e⟧ = 1
)",
       {"`a`", "`x` is", "`b`", "`www`", "`c`", "one line", "`d`", "`e`"}},
      {"[vhost.a]\nroot = \"x\"\n⟦grö⟧ = 1\n⟦/x/⟧ = 1\n⟦listng⟧ = true",
       {"`grö` needs quotes", "`/x/` needs quotes", "`listing`"}},
      // Where a table is lost nothing is missing, and no name is unknown.
      {"[listener.⟦]⟧\n[vhost.\"a\"]\nlisteners = \"other\"", {"a name is missing here"}},
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
}  // namespace webserv::app
