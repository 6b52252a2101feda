#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "app/config/config_build.h"
#include "app/text/names.h"
#include "app/text/suggestion.h"

namespace webserv::app {
namespace {

constexpr std::string_view whole_host = "/";

// The normalized name, or the text itself where it is none, which is told.
std::string host_name(const Text& text, Findings& findings) {
  std::expected<std::string, Fault> name = parse_host_name(text.text);
  if (name) return *std::move(name);
  refuse(findings, text, name.error());
  return text.text;
}

std::vector<std::string> build_aliases(const Section& section, const std::string& name, Findings& findings) {
  std::vector<std::string> aliases;
  std::set<std::string> names = {name};
  const auto* texts = section.get<std::vector<Text>>("aliases");
  if (texts == nullptr) return aliases;
  for (const Text& text : *texts) {
    const bool may_be_several = text.text.find_first_of(",.") != std::string::npos;
    if (const std::string list = written_list(text.text); may_be_several && !list.empty()) {
      refuse(findings, text, {"is no host name", fmt::format("write {}", list)});
      aliases.push_back(text.text);
      continue;
    }
    std::string alias = host_name(text, findings);
    if (!names.insert(alias).second) {
      refuse(findings, text, {"is a name of this host already", "remove it"});
    }
    aliases.push_back(std::move(alias));
  }
  return aliases;
}

std::vector<std::string> build_listener_names(const Section& section, const HostContext& context, Findings& findings) {
  std::vector<std::string> names;
  const auto* texts = section.get<std::vector<Text>>("listeners");
  if (texts == nullptr) return names;
  std::vector<std::string_view> known;
  for (const ListenerConfig& listener : context.listeners) known.push_back(listener.name);
  if (texts->empty()) {
    findings.add(section.find("listeners")->region, "`listeners` has no element", "leave it out for all listeners");
  }
  std::set<std::string_view> seen;
  for (const Text& text : *texts) {
    if (!seen.insert(text.text).second) {
      refuse(findings, text, {"stands twice here", "remove it"});
    } else if (!context.damaged && std::ranges::find(known, text.text) == known.end()) {
      const std::string list = written_list(text.text);
      std::string suggestion = list.empty() ? "" : fmt::format("write {}", list);
      if (suggestion.empty() && !findings.counts_only(text.region)) {
        std::vector<std::string_view> others = known;
        const auto is_named = [&](std::string_view name) {
          return std::ranges::find(*texts, name, &Text::text) != texts->end();
        };
        std::erase_if(others, is_named);
        suggestion = did_you_mean(text.text, others);
      }
      if (suggestion.empty()) suggestion = fmt::format("add [listener.\"{}\"]", text.text);
      findings.add(text.region, fmt::format("there is no listener {}", in_quotes(text.text)), std::move(suggestion));
    }
    names.push_back(text.text);
  }
  return names;
}

// Moves the keys of a host that are those of its route "/" to the section of that route, which is made if need be.
void move_own_route(const Section& host, std::vector<Section>& routes, Findings& findings) {
  std::vector<Entry> own;
  for (const Entry& entry : host.entries) {
    if (entry.key->role != Role::of_host) own.push_back(entry);
  }
  if (own.empty()) return;
  auto route = std::ranges::find(routes, whole_host, &Section::name);
  if (route == routes.end()) {
    route = routes.insert(
        routes.begin(),
        {.table = Table::route, .region = host.region, .name = std::string(whole_host), .path = host.path});
  }
  route->damaged = route->damaged || host.damaged;
  route->meant.insert(route->meant.end(), host.meant.begin(), host.meant.end());
  for (Entry& entry : own) {
    const std::string_view name = entry.key->name;
    if (const Entry* twice = route->find(name)) {
      findings.add(twice->key_region,
                   fmt::format("{} stands in the host too, at line {}, and means this route there", in_quotes(name),
                               entry.key_region.begin.line),
                   "remove one of the two");
      continue;
    }
    route->entries.push_back(std::move(entry));
  }
  std::ranges::sort(route->entries, {}, [](const Entry& entry) { return entry.key_region.begin; });
}

// The sections of a host's routes, with the host's own keys in that of "/".
std::vector<Section> routes_of(const Section& host, Findings& findings) {
  std::vector<Section> routes;
  if (const auto* sections = host.get<std::vector<Section>>("route")) routes = *sections;
  move_own_route(host, routes, findings);
  return routes;
}

}  // namespace

VhostConfig build_vhost(const Section& section, const HostContext& context, Findings& findings) {
  VhostConfig host;
  host.name = host_name({section.name, section.region}, findings);
  host.aliases = build_aliases(section, host.name, findings);
  host.listeners = build_listener_names(section, context, findings);
  host.fields = build_fields(section, findings);
  host.error_pages = build_error_pages(section, context.folder, findings);
  host.limits = context.limits;
  override_limits(section, host.limits);
  host.place = section.region.begin;
  host.places = build_places(section);

  const std::vector<Section> routes = routes_of(section, findings);
  // Routes that were refused, or whose key was mistyped, are told already.
  const bool refused = section.find("route") != nullptr && section.get<std::vector<Section>>("route") == nullptr;
  if (routes.empty() && !refused && !means_handler(section)) {
    findings.add(section.region, fmt::format("the host {} serves nothing", in_quotes(section.name)),
                 "give it a `root`, or routes");
  }
  for (const Section& route : routes) {
    if (std::optional<Fault> fault = fault_of_route_path(route.name)) {
      findings.add(route.region, fmt::format("the path {} {}", in_quotes(route.name), fault->reason),
                   fault->suggestion);
    }
    host.routes.push_back(build_route(route, route.name, host, context, findings));
  }
  check_redirects(host, routes, findings);
  return host;
}

}  // namespace webserv::app
