// The keys of the tables that stand in a route and say how its handler works.
#pragma once

#include <array>
#include <string_view>

#include "app/schema/key.h"
#include "app/schema/key_ranges.h"

namespace webserv::app::keys {

inline constexpr auto redirects = std::to_array<std::string_view>({"301", "302", "303", "307", "308"});

inline constexpr auto of_handlers = std::to_array<Key>({
    // redirect = { ... }
    {.name = "to",
     .type = Type::text,
     .stands_in = {Table::redirect},
     .text = "A path, or a URI with its scheme. The query is appended unless it has one, and so is, where the route "
             "ends in "
             "\"/\", the rest of the path.",
     .pattern = "^(/|[Hh][Tt][Tt][Pp][Ss]?://)",
     .required = true},
    {.name = "status",
     .type = Type::integer,
     .stands_in = {Table::redirect},
     .fallback = "308",
     .text = "The status code.",
     .range = {.least = 301, .most = 308},
     .choices = redirects},

    // respond = { ... }
    {.name = "status",
     .type = Type::integer,
     .stands_in = {Table::respond},
     .fallback = "200",
     .text = "The status code.",
     .range = {.least = 200, .most = 599}},
    {.name = "text", .type = Type::text, .stands_in = {Table::respond}, .fallback = "\"\"", .text = "The body."},
    {.name = "type",
     .type = Type::text,
     .stands_in = {Table::respond},
     .fallback = "\"text/plain; charset=utf-8\"",
     .text = "The media type of the body.",
     .pattern = "^[^/]+/[^/]+"},

    // cgi = { ... }
    {.name = "root",
     .type = Type::path,
     .stands_in = {Table::cgi},
     .text = "The folder of scripts: the longest beginning of the path that is a file runs, with the rest as "
             "PATH_INFO."},
    {.name = "program",
     .type = Type::path,
     .stands_in = {Table::cgi},
     .text = "The one program that answers everything, with the path below the route as PATH_INFO."},
    {.name = "interpreters",
     .type = Type::map,
     .stands_in = {Table::cgi},
     .text = "What runs the scripts with an extension (\"\": they run themselves); other files run themselves, where "
             "they have the run bit.",
     .pattern = interpreters,
     .names = "EXTENSION",
     .name_pattern = extensions},

    // cgi_limits = { ... }
    {.name = "time",
     .type = Type::duration,
     .stands_in = {Table::cgi_limits},
     .fallback = "\"30s\"",
     .text = "How long a program may run: 504 after it, or a cut where an answer has begun.",
     .range = any_time},
    {.name = "grace",
     .type = Type::duration,
     .stands_in = {Table::cgi_limits},
     .fallback = "\"0s\"",
     .text = "Between SIGTERM and SIGKILL when a program is ended; 0s: no SIGTERM, where it has a cgroup.",
     .range = {.least = 0, .most = hour}},
    {.name = "memory",
     .type = Type::size,
     .stands_in = {Table::cgi_limits},
     .fallback = "\"256M\"",
     .text = "Bytes that a program and all that it starts may use together: 502 above.",
     .range = {.least = mega, .most = 1024 * 1024 * mega, .unlimited = true}},
    {.name = "tasks",
     .type = Type::integer,
     .stands_in = {Table::cgi_limits},
     .fallback = "64",
     .text = "Processes and threads of a program and all that it starts.",
     .range = any_count},
    {.name = "concurrency",
     .type = Type::integer,
     .stands_in = {Table::cgi_limits},
     .fallback = "16",
     .text = "Programs of the route that run at a time, those that a reload finds among them: others wait a moment, "
             "then 503.",
     .range = any_count},
    {.name = "output",
     .type = Type::size,
     .stands_in = {Table::cgi_limits},
     .fallback = "\"unlimited\"",
     .text = "Bytes of an answer's body: it is cut above.",
     .range = {.least = 1, .most = 1024 * 1024 * mega, .unlimited = true}},
    {.name = "cpu_weight",
     .type = Type::integer,
     .stands_in = {Table::cgi_limits},
     .fallback = "100",
     .text = "Share of the processor against other programs where it is scarce, 1 to 10000.",
     .range = {.least = 1, .most = 10'000}},

    // sandbox = { ... }
    {.name = "read",
     .type = Type::paths,
     .stands_in = {Table::sandbox},
     .text = "Folders and files that programs may also read and run."},
    {.name = "write",
     .type = Type::paths,
     .stands_in = {Table::sandbox},
     .text = "Folders and files that programs may also read and change, but not run; in a folder they make and remove "
             "files, too."},
    {.name = "network",
     .type = Type::boolean,
     .stands_in = {Table::sandbox},
     .fallback = "false",
     .text = "Whether programs may use sockets, local ones too: to connect to other machines, and to servers of this "
             "one."},
});

}  // namespace webserv::app::keys
