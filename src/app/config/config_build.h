// From sections to the configuration's values: what the texts mean, and whether they go together.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "app/config/config.h"
#include "app/schema/section.h"
#include "app/text/diagnostic.h"
#include "app/text/values.h"

namespace webserv::app {

// What the hosts of a file have in common.
struct HostContext {
  std::string_view folder;  // where relative paths start
  std::span<const ListenerConfig> listeners;
  RouteLimits limits;  // of the server
  bool damaged;        // whether the file may have more tables, which could not be read
};

// The whole file. Where something is told to `findings` the outcome is not to be used.
Config build_config(const Section& file, std::string_view folder, Findings& findings);

// A virtual host with its routes. Names of one host are unlike; those of several hosts are not compared.
VhostConfig build_vhost(const Section& section, const HostContext& context, Findings& findings);

// A route of a host. The section of the route "/" has the host's own keys of a route as well.
RouteConfig build_route(const Section& section, std::string_view path, const VhostConfig& host,
                        const HostContext& context, Findings& findings);

// The handler `cgi` of a route, and the `scripts` among its files, with what both have beside them.
CgiConfig build_cgi(const Section& section, std::string_view folder, Findings& findings);
CgiConfig build_scripts(const Section& section, std::string_view folder, Findings& findings);

// Whether a key of the section is not known, or could not be read, but may mean the handler of a route, or routes.
bool means_handler(const Section& section);

// Tells of redirects of this host that lead back to themselves. `sections` are those of its routes.
void check_redirects(const VhostConfig& host, std::span<const Section> sections, Findings& findings);

// Adds to `findings` what is wrong with the text.
void refuse(Findings& findings, const Text& text, const Fault& fault);

// What a host and its routes have both.
FieldRules build_fields(const Section& section, Findings& findings);
std::vector<ErrorPageConfig> build_error_pages(const Section& section, std::string_view folder, Findings& findings);
void override_limits(const Section& section, RouteLimits& limits);

// The places of all keys of the section.
Places build_places(const Section& section);

}  // namespace webserv::app
