// The keys of the file and of its tables but for the hosts.
#pragma once

#include <array>
#include <string_view>

#include "app/schema/key.h"
#include "app/schema/key_ranges.h"

namespace webserv::app::keys {

inline constexpr auto log_levels = std::to_array<std::string_view>({"error", "warning", "notice", "info", "debug"});
inline constexpr auto access_logs = std::to_array<std::string_view>({"journal", "json", "combined", "off"});

inline constexpr auto of_server = std::to_array<Key>({
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
    {.name = "trusted_proxies",
     .type = Type::texts,
     .stands_in = {Table::listener},
     .text =
         "Who may say who the client is: addresses, networks as 10.0.0.0/8, and \"unix\" for unix sockets. From these "
         "alone count Forwarded and X-Forwarded-*; from all others such fields are dropped.",
     .pattern = "^(unix|[0-9.]+(/[0-9]{1,2})?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(/[0-9]{1,3})?)$"},
    {.name = "proxy_protocol",
     .type = Type::boolean,
     .stands_in = {Table::listener},
     .fallback = "false",
     .text =
         "Connections begin with a head of the PROXY protocol (version 1 or 2) that names the client; those of others "
         "than `trusted_proxies`, and those without it, are closed."},
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
     .text = "Connections at a time. Near it those without a request that have idled longest are closed; where all are "
             "at work, no other is accepted until one ends.",
     .range = {.least = 1, .most = 10'000'000}},
    {.name = "connections_per_client",
     .type = Type::integer,
     .stands_in = {Table::limits},
     .fallback = "256",
     .text = "Connections of one address, or of one IPv6 network of 64 bits, at a time: 503 above, and a reset where "
             "many are above. Of a client that a trusted proxy names, requests at a time.",
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
     .text =
         "Between requests: the connection is closed silently after it, or before where others need its place. Without "
         "this key it is 75s on connections of trusted proxies.",
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
     .text = "Without progress in an answer: the connection is reset after it. Where no table has this key it is 5m on "
             "connections of trusted proxies.",
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
});

}  // namespace webserv::app::keys
