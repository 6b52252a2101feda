#include "app/config/config_build.h"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <set>

#include "app/config/config_checks.h"
#include "app/text/names.h"
#include "app/text/values.h"
#include "webserv/base/text.h"
#include "webserv/io/address.h"

namespace webserv::app {
namespace {

Clock::duration milliseconds(uint64_t number) { return Clock::duration(static_cast<int64_t>(number)); }

// `to` stays as it is where the key is left out.
void take(const Section& section, std::string_view key, uint64_t& to) {
  if (const auto* number = section.get<uint64_t>(key)) to = *number;
}

void take(const Section& section, std::string_view key, Clock::duration& to) {
  if (const auto* number = section.get<uint64_t>(key)) to = milliseconds(*number);
}

void add_texts(const Section& section, std::string_view table, Places& to) {
  for (const Entry& entry : section.entries) {
    std::vector<Region> regions;
    if (const auto* texts = std::get_if<std::vector<Text>>(&entry.value)) {
      for (const Text& text : *texts) regions.push_back(text.region);
    } else if (const auto* map = std::get_if<std::vector<std::pair<Text, Text>>>(&entry.value)) {
      for (const auto& [name, text] : *map) regions.push_back(text.region);
    } else if (const auto* inner = std::get_if<std::vector<Section>>(&entry.value);
               inner != nullptr && entry.key->type == Type::table) {
      add_texts(inner->front(), entry.key->name, to);
    }
    if (!regions.empty()) to.set_texts(table, entry.key->name, std::move(regions));
  }
}

void add_places(const Section& section, Places& to) {
  for (const Entry& entry : section.entries) to.set(entry.key->name, entry.key_region.begin);
  add_texts(section, {}, to);
}

// The table of a key of the file, or null.
const Section* table_of(const Section& file, std::string_view key) {
  const auto* sections = file.get<std::vector<Section>>(key);
  return sections == nullptr ? nullptr : &sections->front();
}

void build_server(const Section& section, Config& config) {
  if (const auto* workers = section.get<uint64_t>("workers")) config.server.workers = static_cast<unsigned>(*workers);
  add_places(section, config.places);
}

void build_limits(const Section& section, Config& config) {
  Limits& limits = config.limits;
  take(section, "head_size", limits.head.head_size);
  take(section, "fields", limits.head.fields);
  take(section, "body_size", limits.route.body_size);
  take(section, "connections", limits.connections);
  take(section, "connections_per_client", limits.connections_per_client);
  take(section, "requests_per_connection", limits.requests_per_connection);
  add_places(section, config.places);
}

void build_timeouts(const Section& section, Config& config) {
  Limits& limits = config.limits;
  take(section, "idle", limits.idle);
  take(section, "head", limits.head_time);
  take(section, "body", limits.route.body);
  take(section, "write", limits.route.write);
  take(section, "drain", limits.drain);
  add_places(section, config.places);
}

void build_log(const Section& section, Config& config) {
  using Access = LogConfig::Access;
  if (const Text* level = section.text("level")) config.log.level = parse_level(level->text).value_or(Level::info);
  if (const Text* access = section.text("access")) {
    config.log.access = access->text == "json"       ? Access::json
                        : access->text == "combined" ? Access::combined
                        : access->text == "off"      ? Access::off
                                                     : Access::journal;
  }
  add_places(section, config.places);
}

// The address with an absolute path, as it is written.
std::expected<std::string, std::string> resolve_address(std::string_view text, std::string_view folder) {
  const std::expected<Address, std::string> address = parse_address(text);
  if (!address) return std::unexpected(address.error());
  if (address->path().empty()) return address->to_string();
  const std::expected<Address, std::string> absolute = parse_address("unix:" + absolute_path(folder, address->path()));
  if (!absolute) return std::unexpected(absolute.error());
  return absolute->to_string();
}

// Each costs a socket, and hosts are compared for each.
constexpr size_t most_listeners = 256;

class Listeners {
 public:
  Listeners(std::string_view folder, Findings& findings) : folder_(folder), findings_(findings) {}

  ListenerConfig build(const Section& section) {
    if (std::optional<Fault> fault = fault_of_listener_name(section.name)) {
      refuse(findings_, {section.name, section.region}, *fault);
    }
    ListenerConfig listener{section.name, {}, section.region.begin, build_places(section)};
    const auto* addresses = section.get<std::vector<Text>>("address");
    if (addresses == nullptr) return listener;
    if (addresses->empty()) {
      findings_.add(section.find("address")->region, "`address` has no element",
                    "leave it out where systemd hands the socket over");
    }
    for (const Text& address : *addresses) add(address, section, listener);
    return listener;
  }

 private:
  void add(const Text& text, const Section& section, ListenerConfig& listener) {
    std::expected<std::string, std::string> address = resolve_address(text.text, folder_);
    if (!address) return refuse(findings_, text, {"is no address: " + address.error(), {}});
    const auto [other, is_new] = owners_.emplace(*address, section.path);
    // Port 0 is another one each time.
    if (!is_new && !address->ends_with(":0")) {
      return refuse(findings_, text, {fmt::format("is an address of [{}] already", other->second), {}});
    }
    listener.addresses.push_back(*std::move(address));
  }

  const std::string_view folder_;
  Findings& findings_;
  std::map<std::string, std::string> owners_;  // of addresses: the paths of their listeners
};

std::vector<ListenerConfig> build_listeners(const Section& file, std::string_view folder, Findings& findings) {
  std::vector<ListenerConfig> listeners;
  Listeners builder(folder, findings);
  if (const auto* sections = file.get<std::vector<Section>>("listener")) {
    for (const Section& section : *sections) {
      if (listeners.size() == most_listeners) {
        findings.add(section.region, fmt::format("there are more than {} listeners", most_listeners),
                     "give one of them several addresses");
        break;
      }
      listeners.push_back(builder.build(section));
    }
  }
  if (listeners.empty()) listeners.push_back({std::string(default_listener), {std::string(default_address)}, {}});
  return listeners;
}

}  // namespace

Config build_config(const Section& file, std::string_view folder, Findings& findings) {
  Config config;
  config.listeners = build_listeners(file, folder, findings);
  if (const Section* section = table_of(file, "server")) build_server(*section, config);
  if (const Section* section = table_of(file, "limits")) build_limits(*section, config);
  if (const Section* section = table_of(file, "timeouts")) build_timeouts(*section, config);
  if (const Section* section = table_of(file, "log")) build_log(*section, config);
  if (const auto* hosts = file.get<std::vector<Section>>("vhost")) {
    const HostContext context{folder, config.listeners, config.limits.route,
                              file.damaged || config.listeners.size() == most_listeners};
    for (const Section& host : *hosts) config.vhosts.push_back(build_vhost(host, context, findings));
  }
  check_together(config, file, findings);
  return config;
}

void refuse(Findings& findings, const Text& text, const Fault& fault) {
  findings.add(text.region, in_quotes(text.text) + ' ' + fault.reason, fault.suggestion);
}

FieldRules build_fields(const Section& section, Findings& findings) {
  FieldRules rules;
  std::set<std::string> names;
  const auto* fields = section.get<std::vector<std::pair<Text, Text>>>("fields");
  if (fields == nullptr) return rules;
  for (const auto& [name, value] : *fields) {
    if (std::optional<Fault> fault = fault_of_field_name(name.text)) refuse(findings, name, *fault);
    if (std::optional<Fault> fault = fault_of_field_value(value.text)) refuse(findings, value, *fault);
    if (!names.insert(to_lower(name.text)).second)
      refuse(findings, name, {"stands twice here: names of fields have no case", {}});
    rules.push_back({name.text, value.text});
  }
  return rules;
}

std::vector<ErrorPageConfig> build_error_pages(const Section& section, std::string_view folder, Findings& findings) {
  std::vector<ErrorPageConfig> pages;
  const auto* entries = section.get<std::vector<std::pair<Text, Text>>>("error_pages");
  if (entries == nullptr) return pages;
  for (const auto& [code_text, file] : *entries) {
    const std::expected<unsigned, Fault> code = parse_error_code(code_text.text);
    if (!code) refuse(findings, code_text, code.error());
    if (file.text.find("://") != std::string::npos) {
      refuse(findings, file, {"is a URL, but error pages are files", "write the path of a file"});
    } else if (file.text.empty() || file.text.ends_with('/') || file.text.find('\0') != std::string::npos) {
      refuse(findings, file, {"is no path of a file", {}});
    }
    pages.push_back({code.value_or(0), absolute_path(folder, file.text)});
  }
  return pages;
}

void override_limits(const Section& section, RouteLimits& limits) {
  take(section, "body_size", limits.body_size);
  take(section, "body", limits.body);
  take(section, "write", limits.write);
}

Places build_places(const Section& section) {
  Places places;
  add_places(section, places);
  return places;
}

}  // namespace webserv::app
