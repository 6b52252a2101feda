// The configuration as values, complete and checked: what the rest of the program knows of it. Reading it is
// config_reader.h; the keys, their defaults and their ranges are in schema.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "app/schema/places.h"
#include "app/text/place.h"
#include "webserv/base/log.h"
#include "webserv/handlers/cgi/cgi.h"
#include "webserv/handlers/field_rules.h"
#include "webserv/http/method.h"
#include "webserv/http/status.h"
#include "webserv/server/limits.h"

namespace webserv::app {

// Paths of files and folders are absolute in all that follows.

// How the programs of a route run.
struct CgiConfig {
  std::string root;                                               // the folder of scripts; or
  std::string program;                                            // what answers everything
  std::vector<std::pair<std::string, std::string>> interpreters;  // by extension with its dot; "": the file itself
  bool hidden_files = false;
  std::vector<std::string> symlinks;
  std::vector<std::pair<std::string, std::string>> environment;
  CgiOptions::Body body = CgiOptions::Body::gather;
  std::vector<std::string> sendfile_roots;
  CgiLimits limits;
  bool operator==(const CgiConfig&) const = default;
};

struct StaticFilesConfig {
  std::string root;
  std::vector<std::string> index = {"index.html"};  // names of files, the first that exists is served
  bool listing = false;
  std::string fallback;       // a file below the root, as "/index.html"; empty: none
  std::string cache_control;  // the field's value; empty: no such field
  bool precompressed = false;
  bool hidden_files = false;
  std::vector<std::string> symlinks;  // folders outside of the root that links may lead into
  std::optional<CgiConfig> scripts;   // those files that run as programs, by their extensions
  bool operator==(const StaticFilesConfig&) const = default;
};

struct RedirectConfig {
  std::string to;  // a path, or an absolute URI of http or https
  Status status = Status::permanent_redirect;
  bool operator==(const RedirectConfig&) const = default;
};

struct RespondConfig {
  Status status = Status::ok;  // any code from 200 to 599
  std::string text;
  std::string type = "text/plain; charset=utf-8";
  bool operator==(const RespondConfig&) const = default;
};

struct ErrorPageConfig {
  unsigned code_or_class = 0;  // 404, or 4 for 4xx
  std::string file;
  bool operator==(const ErrorPageConfig&) const = default;
};

struct RouteConfig {
  std::string path;  // decoded: "/x" is that path alone, "/x/" all below it
  std::variant<StaticFilesConfig, RedirectConfig, RespondConfig, CgiConfig> handler;
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
};

struct ServerConfig {
  unsigned workers = 0;  // 0: one for each processor that this process may use
};

struct LogConfig {
  Level level = Level::info;
  std::string access = "journal";  // or "json", "combined", "off"; "journal" means "json" where stderr is none
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

}  // namespace webserv::app
