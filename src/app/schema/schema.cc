#include "app/schema/schema.h"

#include <array>

namespace webserv::app {
namespace {

constexpr uint64_t kilo = 1024;
constexpr uint64_t mega = 1024 * kilo;
constexpr uint64_t second = 1000;
constexpr uint64_t hour = 60 * 60 * second;
constexpr uint64_t day = 24 * hour;

// Where no limit is wanted "unlimited" says so; a number beyond these is a slip.
constexpr Range any_size{.least = 0, .most = 1024 * 1024 * mega, .unlimited = true};
constexpr Range any_count{.least = 1, .most = 1'000'000'000, .unlimited = true};
constexpr Range any_pause{.least = 1, .most = day};
constexpr Range any_time{.least = 1, .most = day, .unlimited = true};

constexpr auto log_levels = std::to_array<std::string_view>({"error", "warning", "notice", "info", "debug"});
constexpr auto access_logs = std::to_array<std::string_view>({"journal", "json", "combined", "off"});

constexpr auto methods = std::to_array<std::string_view>({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"});
constexpr auto redirects = std::to_array<std::string_view>({"301", "302", "303", "307", "308"});

constexpr std::string_view listener_names = "^[ -9;-~]{1,255}$";
constexpr std::string_view host_names = "^(\\*|(\\*\\.)?[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*\\.?|\\[[0-9A-Fa-f:.]+\\])$";
constexpr std::string_view field_names = "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$";
constexpr std::string_view field_values = "^[^\\u0000-\\u0008\\u000A-\\u001F\\u007F]*$";
constexpr std::string_view extensions = "^\\.[^./]+$";
constexpr std::string_view interpreters = "^(/.*[^/])?$";
constexpr auto cgi_bodies = std::to_array<std::string_view>({"gather", "stream"});

constexpr TableSet host_and_route = {Table::vhost, Table::route};

constexpr auto keys = std::to_array<Key>({
    // The file itself.
    {.name = "server", .type = Type::table, .stands_in = {Table::file}, .text = "The process.", .inner = Table::server},
    {.name = "listener",
     .type = Type::tables,
     .stands_in = {Table::file},
     .text =
         "Where connections come from, by the name that the socket unit has in FileDescriptorName=. Without any there "
         "is one, http, at 127.0.0.1:8080.",
     .names = "NAME",
     .name_pattern = listener_names,
     .inner = Table::listener},
    {.name = "limits",
     .type = Type::table,
     .stands_in = {Table::file},
     .text = "What a client may ask for.",
     .inner = Table::limits},
    {.name = "timeouts",
     .type = Type::table,
     .stands_in = {Table::file},
     .text = "How long a client may take.",
     .inner = Table::timeouts},
    {.name = "session", .stands_in = {Table::file}, .text = "Sessions of users.", .served = false},
    {.name = "log",
     .type = Type::table,
     .stands_in = {Table::file},
     .text = "What is logged, and how.",
     .inner = Table::log},
    {.name = "vhost",
     .type = Type::tables,
     .stands_in = {Table::file},
     .text = "A virtual host, by its name: \"*.a.b\" stands for all names below a.b, \"*\" for those that no other "
             "host has.",
     .names = "NAME",
     .name_pattern = host_names,
     .inner = Table::vhost,
     .required = true},

    // [server]
    {.name = "workers",
     .type = Type::integer,
     .stands_in = {Table::server},
     .fallback = "0",
     .text = "Threads that serve; 0: one for each processor that this process may use.",
     .range = {.least = 0, .most = 1024}},

    // [listener.NAME]
    {.name = "address",
     .type = Type::texts,
     .stands_in = {Table::listener},
     .text =
         "127.0.0.1:8080, [::1]:8080, *:8080 for both families, or unix:/run/x.sock; used where systemd hands over no "
         "socket of the listener's name.",
     .pattern = "^(unix:.+|.+:[0-9]{1,5})$"},
    {.name = "tls", .stands_in = {Table::listener}, .text = "Certificate and key.", .served = false},

    // [limits]
    {.name = "head_size",
     .type = Type::size,
     .stands_in = {Table::limits},
     .fallback = "\"16K\"",
     .text = "Bytes of a request's line and fields: 431 above, 414 where the target alone is longer.",
     .range = {.least = kilo, .most = mega}},
    {.name = "fields",
     .type = Type::integer,
     .stands_in = {Table::limits},
     .fallback = "100",
     .text = "Number of a request's fields: 431 above.",
     .range = {.least = 1, .most = 10'000}},
    {.name = "body_size",
     .type = Type::size,
     .stands_in = {Table::limits, Table::vhost, Table::route},
     .fallback = "\"1M\"",
     .text = "Bytes of a request's body: 413 above, before any of it is stored.",
     .range = any_size,
     .role = Role::of_host},
    {.name = "connections",
     .type = Type::integer,
     .stands_in = {Table::limits},
     .fallback = "8192",
     .text = "Connections at a time: none is accepted above, until one ends.",
     .range = {.least = 1, .most = 10'000'000}},
    {.name = "connections_per_client",
     .type = Type::integer,
     .stands_in = {Table::limits},
     .fallback = "256",
     .text = "Connections of one address at a time: 503 above.",
     .range = any_count},
    {.name = "requests_per_connection",
     .type = Type::integer,
     .stands_in = {Table::limits},
     .fallback = "10000",
     .text = "Requests of one connection; the last answer says Connection: close.",
     .range = any_count},

    // [timeouts]
    {.name = "idle",
     .type = Type::duration,
     .stands_in = {Table::timeouts},
     .fallback = "\"15s\"",
     .text = "Between requests: the connection is closed silently after it.",
     .range = any_pause},
    {.name = "head",
     .type = Type::duration,
     .stands_in = {Table::timeouts},
     .fallback = "\"10s\"",
     .text = "From a request's first byte to the end of its fields: 408 after it.",
     .range = any_pause},
    {.name = "body",
     .type = Type::duration,
     .stands_in = {Table::timeouts, Table::vhost, Table::route},
     .fallback = "\"30s\"",
     .text = "Without progress in a request's body, at a least rate: 408 after it.",
     .range = any_pause,
     .role = Role::of_host},
    {.name = "write",
     .type = Type::duration,
     .stands_in = {Table::timeouts, Table::vhost, Table::route},
     .fallback = "\"30s\"",
     .text = "Without progress in an answer: the connection is reset after it.",
     .range = any_pause,
     .role = Role::of_host},
    {.name = "drain",
     .type = Type::duration,
     .stands_in = {Table::timeouts},
     .fallback = "\"20s\"",
     .text = "At stop: how long requests in flight may go on.",
     .range = {.least = 0, .most = day}},

    // [log]
    {.name = "level",
     .type = Type::choice,
     .stands_in = {Table::log},
     .fallback = "\"info\"",
     .text = "The least urgent events that are logged.",
     .choices = log_levels},
    {.name = "access",
     .type = Type::choice,
     .stands_in = {Table::log},
     .fallback = "\"journal\"",
     .text = "How requests are logged; \"journal\" means \"json\" where standard error is no journal.",
     .choices = access_logs},

    // [vhost.NAME]
    {.name = "aliases",
     .type = Type::texts,
     .stands_in = {Table::vhost},
     .text = "Further names of the host, in the same forms.",
     .pattern = host_names,
     .role = Role::of_host},
    {.name = "listeners",
     .type = Type::texts,
     .stands_in = {Table::vhost},
     .text = "Names of the listeners at which it answers; all, if left out.",
     .pattern = listener_names,
     .role = Role::of_host},
    {.name = "error_pages",
     .type = Type::map,
     .stands_in = host_and_route,
     .text = "Files that stand for errors, by status (404) or class (4xx, 5xx).",
     .names = "STATUS",
     .name_pattern = "^[45]([0-9][0-9]|xx)$",
     .role = Role::of_host},
    {.name = "fields",
     .type = Type::map,
     .stands_in = host_and_route,
     .text = "Fields that every response gets; a route's hold before its host's, and \"\" removes one.",
     .pattern = field_values,
     .names = "FIELD",
     .name_pattern = field_names,
     .role = Role::of_host},
    {.name = "route",
     .type = Type::tables,
     .stands_in = {Table::vhost},
     .text = "What answers below a path: \"/x/\" is all below it, \"/x\" itself alone; the longest wins.",
     .names = "PATH",
     .name_pattern = "^/[^?#]*$",
     .inner = Table::route,
     .role = Role::of_host},

    // [vhost.NAME.route.PATH], and [vhost.NAME] for its route "/": what answers.
    {.name = "root",
     .type = Type::path,
     .stands_in = host_and_route,
     .text = "Serves the files of this folder.",
     .role = Role::handler},
    {.name = "redirect",
     .type = Type::table,
     .stands_in = host_and_route,
     .text = "Sends the client elsewhere.",
     .inner = Table::redirect,
     .role = Role::handler},
    {.name = "respond",
     .type = Type::table,
     .stands_in = host_and_route,
     .text = "Answers with a fixed text.",
     .inner = Table::respond,
     .role = Role::handler},
    {.name = "cgi",
     .type = Type::table,
     .stands_in = host_and_route,
     .text = "Runs programs (RFC 3875).",
     .inner = Table::cgi,
     .role = Role::handler},
    {.name = "upload", .stands_in = host_and_route, .text = "Takes files.", .role = Role::handler, .served = false},
    {.name = "websocket",
     .stands_in = host_and_route,
     .text = "Speaks WebSocket (RFC 6455).",
     .role = Role::handler,
     .served = false},
    {.name = "status",
     .stands_in = host_and_route,
     .text = "Shows what the server does.",
     .role = Role::handler,
     .served = false},

    // How it answers.
    {.name = "methods",
     .type = Type::texts,
     .stands_in = host_and_route,
     .text = "Methods that are answered, 405 for others; what the handler can do, if left out. HEAD comes with GET.",
     .choices = methods},
    {.name = "index",
     .type = Type::texts,
     .stands_in = host_and_route,
     .fallback = "[\"index.html\"]",
     .text = "Names of the file that answers for a folder: the first that is there.",
     .pattern = "^[^/]+$",
     .role = Role::of_static},
    {.name = "listing",
     .type = Type::boolean,
     .stands_in = host_and_route,
     .fallback = "false",
     .text = "Whether a folder without an index is listed, as HTML or JSON; else it is 404.",
     .role = Role::of_static},
    {.name = "fallback",
     .type = Type::text,
     .stands_in = host_and_route,
     .text = "The file below the root that answers where there is none, for single-page applications.",
     .pattern = "^/",
     .role = Role::of_static},
    {.name = "cache_control",
     .type = Type::text,
     .stands_in = host_and_route,
     .text = "The field Cache-Control of files.",
     .pattern = field_values,
     .role = Role::of_static},
    {.name = "precompressed",
     .type = Type::boolean,
     .stands_in = host_and_route,
     .fallback = "false",
     .text = "Whether name.br, name.zst and name.gz beside a file are sent to clients that take them.",
     .role = Role::of_static},
    {.name = "hidden_files",
     .type = Type::boolean,
     .stands_in = host_and_route,
     .fallback = "false",
     .text = "Whether names that begin with a dot are served; .well-known always is.",
     .role = Role::of_folder},
    {.name = "symlinks",
     .type = Type::paths,
     .stands_in = host_and_route,
     .text = "Folders outside of the root that symbolic links may lead into.",
     .role = Role::of_folder},
    {.name = "compression",
     .stands_in = host_and_route,
     .text = "Content codings that are made on the fly.",
     .role = Role::of_static,
     .served = false},
    {.name = "scripts",
     .type = Type::map,
     .stands_in = host_and_route,
     .text = "Extensions of files that run as CGI programs, and what runs them; \"\": the file itself.",
     .pattern = interpreters,
     .names = "EXTENSION",
     .name_pattern = extensions,
     .role = Role::of_static},
    {.name = "environment",
     .type = Type::map,
     .stands_in = host_and_route,
     .text = "Variables that CGI programs get besides those of the request.",
     .pattern = "^[^\\u0000]*$",
     .names = "NAME",
     .name_pattern = "^[A-Za-z_][A-Za-z0-9_]*$",
     .role = Role::of_cgi},
    {.name = "cgi_limits",
     .type = Type::table,
     .stands_in = host_and_route,
     .text = "What a CGI program may use.",
     .inner = Table::cgi_limits,
     .role = Role::of_cgi},
    {.name = "cgi_body",
     .type = Type::choice,
     .stands_in = host_and_route,
     .fallback = "\"gather\"",
     .text =
         "Whether a request's body is gathered before its program starts, so that CONTENT_LENGTH is always there, or "
         "streamed as it comes.",
     .choices = cgi_bodies,
     .role = Role::of_cgi},
    {.name = "sendfile_roots",
     .type = Type::paths,
     .stands_in = host_and_route,
     .text = "Folders whose files a CGI program may have sent by X-Sendfile.",
     .role = Role::of_cgi},
    {.name = "websocket_limits", .stands_in = host_and_route, .text = "What a WebSocket may use.", .served = false},
    {.name = "require_session",
     .stands_in = host_and_route,
     .text = "The key that a client's session must hold.",
     .served = false},
    {.name = "login", .stands_in = host_and_route, .text = "Where clients without a session go.", .served = false},

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
     .text = "Programs of the route that run at a time: others wait a moment, then 503.",
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
});

}  // namespace

std::span<const Key> schema() { return keys; }

const Key* find_key(Table table, std::string_view name) {
  for (const Key& key : keys) {
    if (key.name == name && key.stands_in.contains(table)) return &key;
  }
  return nullptr;
}

Unit unit_of(Type type) {
  if (type == Type::size) return Unit::bytes;
  return type == Type::duration ? Unit::milliseconds : Unit::none;
}

Companions companions_of(Role role) {
  static constexpr std::string_view root[] = {"root"};
  static constexpr std::string_view folder[] = {"root", "cgi"};
  static constexpr std::string_view programs[] = {"cgi", "scripts"};
  switch (role) {
    case Role::of_static: return {.keys = root, .home = "a route with a `root`"};
    case Role::of_folder: return {.keys = folder, .home = "a route with a `root`"};
    case Role::of_cgi:
      return {.keys = programs,
              .home = "a route with `cgi` or `scripts`",
              .lack = "programs",
              .remedy = "say with `scripts` which files are some"};
    default: return {};
  }
}

std::string_view header_of(Table table) {
  switch (table) {
    case Table::file: return "";
    case Table::server: return "[server]";
    case Table::listener: return "[listener.NAME]";
    case Table::limits: return "[limits]";
    case Table::timeouts: return "[timeouts]";
    case Table::log: return "[log]";
    case Table::vhost: return "[vhost.NAME]";
    case Table::route: return "[vhost.NAME.route.PATH]";
    case Table::redirect: return "redirect = { ... }";
    case Table::respond: return "respond = { ... }";
    case Table::cgi: return "cgi = { ... }";
    case Table::cgi_limits: return "cgi_limits = { ... }";
  }
  return "";
}

}  // namespace webserv::app
