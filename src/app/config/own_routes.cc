#include "app/config/own_routes.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace webserv::app {
namespace {

constexpr std::string_view own_path = "/";

// Takes them out of the host.
std::vector<Entry> take_own_keys(Section& host) {
  std::vector<Entry> own;
  std::vector<Entry> others;
  for (Entry& entry : host.entries) {
    std::vector<Entry>& to = entry.key->role == Role::of_host ? others : own;
    to.push_back(std::move(entry));
  }
  host.entries = std::move(others);
  return own;
}

// The routes of the host, which has none yet where its key is missing or was refused.
std::vector<Section>& routes_of(Section& host) {
  auto entry = std::ranges::find(host.entries, "route", [](const Entry& each) { return each.key->name; });
  if (entry == host.entries.end()) {
    entry = host.entries.insert(entry, {find_key(Table::vhost, "route"), {}, {}, {}});
  }
  if (!std::holds_alternative<std::vector<Section>>(entry->value)) entry->value = std::vector<Section>();
  return std::get<std::vector<Section>>(entry->value);
}

Section& own_route_of(Section& host) {
  std::vector<Section>& routes = routes_of(host);
  auto route = std::ranges::find(routes, own_path, &Section::name);
  if (route == routes.end()) {
    route =
        routes.insert(routes.begin(),
                      {.table = Table::route, .region = host.region, .name = std::string(own_path), .path = host.path});
  }
  return *route;
}

void move_own_route(Section& host, Findings& findings) {
  std::vector<Entry> own = take_own_keys(host);
  if (own.empty()) return;
  Section& route = own_route_of(host);
  route.damaged = route.damaged || host.damaged;
  route.meant.insert(route.meant.end(), host.meant.begin(), host.meant.end());
  for (Entry& entry : own) {
    const std::string_view name = entry.key->name;
    if (const Entry* twice = route.find(name)) {
      findings.add(twice->key_region,
                   fmt::format("{} stands in the host too, at line {}, and means this route there", in_quotes(name),
                               entry.key_region.begin.line),
                   "remove one of the two");
      continue;
    }
    route.entries.push_back(std::move(entry));
  }
  std::ranges::sort(route.entries, {}, [](const Entry& entry) { return entry.key_region.begin; });
}

}  // namespace

void move_own_routes(Section& file, Findings& findings) {
  for (Entry& entry : file.entries) {
    auto* hosts = std::get_if<std::vector<Section>>(&entry.value);
    if (entry.key->inner != Table::vhost || hosts == nullptr) continue;
    for (Section& host : *hosts) move_own_route(host, findings);
  }
}

}  // namespace webserv::app
