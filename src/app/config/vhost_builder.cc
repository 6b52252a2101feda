#include "app/config/vhost_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "app/config/host_keys.h"
#include "app/config/redirect_circles.h"
#include "app/config/route_builder.h"
#include "app/text/names.h"
#include "app/text/suggestion.h"

namespace webserv::app {
namespace {

// The normalized name, or the text itself where it is none, which is refused.
std::string read_host_name(const SectionReader& host, const Text& text) {
  std::expected<std::string, Fault> name = parse_host_name(text.text);
  if (name) return *std::move(name);
  host.refuse(text, name.error());
  return text.text;
}

std::vector<std::string> read_aliases(const SectionReader& host, const std::string& name) {
  std::vector<std::string> aliases;
  std::set<std::string> names = {name};
  const auto* texts = host.section().get<std::vector<Text>>("aliases");
  if (texts == nullptr) return aliases;
  for (const Text& text : *texts) {
    const bool may_be_several = text.text.find_first_of(",.") != std::string::npos;
    if (const std::string list = written_list(text.text); may_be_several && !list.empty()) {
      host.refuse(text, {"is no host name", fmt::format("write {}", list)});
      aliases.push_back(text.text);
      continue;
    }
    std::string alias = read_host_name(host, text);
    if (!names.insert(alias).second) host.refuse(text, {"is a name of this host already", "remove it"});
    aliases.push_back(std::move(alias));
  }
  return aliases;
}

class ListenerNames {
 public:
  ListenerNames(const SectionReader& host, const HostContext& context) : host_(host) {
    for (const ListenerConfig& listener : context.listeners) known_.push_back(listener.name);
    may_be_unknown_ = context.damaged;
  }

  std::vector<std::string> read() const {
    std::vector<std::string> names;
    const auto* texts = host_.section().get<std::vector<Text>>("listeners");
    if (texts == nullptr) return names;
    if (texts->empty()) {
      host_.refuse_value("listeners", "`listeners` has no element", "leave it out for all listeners");
    }
    std::set<std::string_view> seen;
    for (const Text& text : *texts) {
      if (!seen.insert(text.text).second) {
        host_.refuse(text, {"stands twice here", "remove it"});
      } else if (!may_be_unknown_ && std::ranges::find(known_, text.text) == known_.end()) {
        refuse_unknown(text, *texts);
      }
      names.push_back(text.text);
    }
    return names;
  }

 private:
  void refuse_unknown(const Text& text, const std::vector<Text>& all) const {
    const std::string list = written_list(text.text);
    std::string suggestion = list.empty() ? "" : fmt::format("write {}", list);
    if (suggestion.empty() && !host_.findings().counts_only(text.region)) {
      std::vector<std::string_view> others = known_;
      std::erase_if(others,
                    [&](std::string_view name) { return std::ranges::find(all, name, &Text::text) != all.end(); });
      suggestion = did_you_mean(text.text, others);
    }
    if (suggestion.empty()) suggestion = fmt::format("add [listener.\"{}\"]", text.text);
    host_.findings().add(text.region, fmt::format("there is no listener {}", in_quotes(text.text)),
                         std::move(suggestion));
  }

  const SectionReader& host_;
  std::vector<std::string_view> known_;
  bool may_be_unknown_ = false;  // to us, since tables could not be read
};

}  // namespace

VhostConfig build_vhost(const SectionReader& reader, const HostContext& context) {
  const Section& section = reader.section();
  Findings& findings = reader.findings();
  VhostConfig host;
  host.name = read_host_name(reader, {section.name, section.region});
  host.aliases = read_aliases(reader, host.name);
  host.listeners = ListenerNames(reader, context).read();
  host.fields = read_fields(reader);
  host.error_pages = read_error_pages(reader);
  host.limits = read_route_limits(reader, context.limits);
  host.place = section.region.begin;
  host.places = Places(section);

  const auto* routes = section.get<std::vector<Section>>("route");
  // Routes that were refused, or whose key was mistyped, are among the findings already.
  const bool refused = routes == nullptr && section.find("route") != nullptr;
  if ((routes == nullptr || routes->empty()) && !refused && !means_handler(section)) {
    findings.add(section.region, fmt::format("the host {} serves nothing", in_quotes(section.name)),
                 "give it a `root`, or routes");
  }
  if (routes == nullptr) return host;
  for (const Section& route : *routes) {
    if (std::optional<Fault> fault = fault_of_route_path(route.name)) {
      findings.add(route.region, fmt::format("the path {} {}", in_quotes(route.name), fault->reason),
                   fault->suggestion);
    }
    host.routes.push_back(build_route(SectionReader(route, reader.folder(), findings), host));
  }
  check_redirects(host.routes, findings);
  return host;
}

}  // namespace webserv::app
