// The configuration as values, complete and checked: what the rest of the program knows of it. Reading it is
// config_reader.h; the keys, their defaults and their ranges are in schema.h.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/routes/route_handler.h"
#include "app/schema/places.h"
#include "app/text/place.h"
#include "webserv/base/log.h"
#include "webserv/handlers/field_rules.h"
#include "webserv/http/method.h"
#include "webserv/http/trusted_proxies.h"
#include "webserv/server/limits.h"

namespace webserv::app {

struct ErrorPageConfig {
  unsigned code_or_class = 0;  // 404, or 4 for 4xx
  std::string file;            // an absolute path
  bool operator==(const ErrorPageConfig&) const = default;
};

struct RouteConfig {
  std::string path;  // decoded: "/x" is that path alone, "/x/" all below it
  std::shared_ptr<const RouteHandler> handler;
  MethodSet methods;                         // empty: all that the handler can do; HEAD is in where GET is
  FieldRules fields;                         // the route's own: those of its host come before them
  std::vector<ErrorPageConfig> error_pages;  // the route's own, likewise
  RouteLimits limits;                        // what holds: the route's own, else the host's, else the server's
  SourcePlace place;                         // of the route's table
  Places places;
};

struct VhostConfig {
  std::string name;                    // "a.b", "*.b" or "*": lower case, without a dot at the end
  std::vector<std::string> aliases;    // in the same form
  std::vector<std::string> listeners;  // names of listeners; empty: all
  FieldRules fields;
  std::vector<ErrorPageConfig> error_pages;
  RouteLimits limits;               // for answers without a route: the host's own, else the server's
  std::vector<RouteConfig> routes;  // one at least, in the order of the file, each path once
  SourcePlace place;
  Places places;
};

// The listener that is there where the configuration has none.
inline constexpr std::string_view default_listener = "http";
inline constexpr std::string_view default_address = "127.0.0.1:8080";

struct ListenerConfig {
  std::string name;
  std::vector<std::string> addresses;  // texts that parse_address() takes; none: systemd hands a socket over
  SourcePlace place;
  Places places = {};
  TrustedProxies trusted_proxies = {};
  bool proxy_protocol = false;  // never where nobody is trusted
};

struct ServerConfig {
  unsigned workers = 0;  // 0: one for each processor that this process may use
};

struct LogConfig {
  Level level = Level::info;
  std::string access = "journal";  // or "json", "combined", "off"; "journal" is "json" where stderr is no journal
};

struct Config {
  std::string file;  // as it was given; empty: none
  ServerConfig server;
  std::vector<ListenerConfig> listeners;  // one at least, in the order of the file
  Limits limits;                          // [limits] and [timeouts]
  LogConfig log;
  std::vector<VhostConfig> vhosts;  // in the order of the file
  Places places;                    // of the keys of [server], [limits], [timeouts] and [log]
};

// Whether a route starts programs.
bool runs_programs(const Config& config);

}  // namespace webserv::app
