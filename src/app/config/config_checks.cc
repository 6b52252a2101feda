#include "app/config/config_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "webserv/io/address.h"

namespace webserv::app {
namespace {

const std::vector<Section>* tables_of(const Section& file, std::string_view key) {
  return file.get<std::vector<Section>>(key);
}

// An address at which a socket is to listen.
struct Listened {
  std::string whole;  // "127.0.0.1:80"
  std::string host;
  std::string port;
  std::string_view listener;  // the path of its table
  Region region;
};

// Those of TCP, but for port 0, which is another one each time. Texts that are no addresses were refused.
std::vector<Listened> addresses_of(const std::vector<Section>& listeners) {
  std::vector<Listened> all;
  for (const Section& listener : listeners) {
    const auto* texts = listener.get<std::vector<Text>>("address");
    if (texts == nullptr) continue;
    for (const Text& text : *texts) {
      const auto address = parse_address(text.text);
      if (!address || !address->path().empty() || address->port() == 0) continue;
      const std::string whole = address->to_string();
      const size_t colon = whole.rfind(':');
      all.push_back({whole, whole.substr(0, colon), whole.substr(colon + 1), listener.path, text.region});
    }
  }
  return all;
}

// Whether a socket at the address `wildcard`, which stands for several, keeps others from `host`, at the same port.
bool covers(std::string_view wildcard, std::string_view host) {
  if (host == "*" || host == wildcard) return false;
  return wildcard == "*" || wildcard == (host.starts_with('[') ? "[::]" : "0.0.0.0");
}

// bind(2) gives an address of a port to one socket alone, and to none where another has all addresses of the port.
void check_addresses(const std::vector<Section>& listeners, Findings& findings) {
  constexpr std::string_view wildcards[] = {"*", "0.0.0.0", "[::]"};  // the widest one is named
  const std::vector<Listened> all = addresses_of(listeners);
  using HostAndPort = std::pair<std::string_view, std::string_view>;
  std::map<HostAndPort, const Listened*> first;
  for (const Listened& each : all) first.emplace(HostAndPort(each.host, each.port), &each);
  for (const Listened& each : all) {
    for (std::string_view wildcard : wildcards) {
      const auto found = first.find({wildcard, each.port});
      if (found == first.end() || !covers(wildcard, each.host)) continue;
      findings.add(each.region,
                   fmt::format("{} cannot be had beside {} of [{}], which has all addresses of the port",
                               in_quotes(each.whole), in_quotes(found->second->whole), found->second->listener),
                   "remove one of the two, or choose another port");
      break;
    }
  }
}

void check_listeners(const Config& config, const std::vector<Section>& listeners, Findings& findings) {
  std::set<std::string_view> answered;
  std::set<std::string_view> known;
  for (const VhostConfig& host : config.vhosts) {
    if (host.listeners.empty()) return;
    answered.insert(host.listeners.begin(), host.listeners.end());
  }
  for (const Section& listener : listeners) known.insert(listener.name);
  // A name that is mistyped may be that of any.
  if (!std::ranges::includes(known, answered)) return;
  for (const Section& listener : listeners) {
    if (config.vhosts.empty() || answered.contains(listener.name)) continue;
    findings.add(listener.region, fmt::format("no host answers at the listener {}", in_quotes(listener.name)),
                 "name it in the `listeners` of a host, or remove it");
  }
}

// What a limit is compared with: what the file says, or the default.
struct Other {
  uint64_t value;
  std::string_view origin;  // "", or that it is the default
};

// Nothing where it was refused or mistyped, or may be among what could not be read.
std::optional<Other> other_limit(const Section& limits, std::string_view key, uint64_t otherwise) {
  if (const auto* value = limits.get<uint64_t>(key)) return Other{*value, {}};
  const bool is_mistyped = std::ranges::find(limits.meant, find_key(Table::limits, key)) != limits.meant.end();
  if (limits.find(key) != nullptr || is_mistyped || limits.damaged) return std::nullopt;
  return Other{otherwise, ", its default"};
}

void check_limits(const Section& limits, Findings& findings) {
  constexpr Limits defaults;
  const auto* per_client = limits.get<uint64_t>("connections_per_client");
  const std::optional<Other> all = other_limit(limits, "connections", defaults.connections);
  if (per_client != nullptr && all && *per_client > all->value && *per_client != unlimited) {
    findings.add(
        limits.find("connections_per_client")->region,
        fmt::format("one client may have {} connections, and all together no more than the {} of `connections`{}",
                    *per_client, all->value, all->origin),
        all->origin.empty() ? "lower it, or raise `connections`" : "lower it, or set `connections`, too");
  }
  // A field has a name of one byte at least, a colon and a line break.
  constexpr uint64_t least_field = 4;
  const auto* fields = limits.get<uint64_t>("fields");
  const std::optional<Other> head_size = other_limit(limits, "head_size", defaults.head.head_size);
  if (fields != nullptr && head_size && *fields > head_size->value / least_field) {
    findings.add(limits.find("fields")->region,
                 fmt::format("no more than {} fields fit into a `head_size` of {} bytes{}",
                             head_size->value / least_field, head_size->value, head_size->origin),
                 head_size->origin.empty() ? "lower it, or raise `head_size`" : "lower it, or set `head_size`, too");
  }
}

// A name at a listener: who has it, and where it is written.
struct Claim {
  const VhostConfig* host = nullptr;
  Region region;
};

// All claims to one name: the first of each listener, of hosts that answer at all of them, and of any.
struct Claims {
  std::optional<Claim> any;
  std::optional<Claim> everywhere;
  std::map<std::string_view, Claim> at;
  bool is_shared = false;  // by several hosts
};

class HostNames {
 public:
  explicit HostNames(Findings& findings) : findings_(findings) {}

  void claim(const std::string& name, const VhostConfig& host, Region region) {
    Claims& claims = claims_[name];
    if (const Claim* other = conflict(claims, host)) {
      findings_.add(region,
                    fmt::format("{} is a name of the host {} already, at line {}", in_quotes(name),
                                in_quotes(other->host->name), other->region.begin.line),
                    "remove one, or give the hosts different listeners");
    }
    const Claim own{&host, region};
    if (claims.any && claims.any->host != &host) claims.is_shared = true;
    if (!claims.any) claims.any = own;
    if (host.listeners.empty() && !claims.everywhere) claims.everywhere = own;
    for (const std::string& listener : host.listeners) claims.at.emplace(listener, own);
  }

  // An alias adds nothing where the wildcard that would be found without it is of the same host. ("*" may well have
  // names that are written for people.)
  void check_cover(const std::string& alias, const VhostConfig& host, Region region) const {
    for (size_t dot = alias.find('.', alias.starts_with("*.") ? 2 : 0); dot != std::string::npos;
         dot = alias.find('.', dot + 1)) {
      const std::string wildcard = '*' + alias.substr(dot);
      const auto found = claims_.find(wildcard);
      if (found == claims_.end()) continue;
      if (found->second.is_shared || found->second.any->host != &host) return;
      findings_.add(region,
                    fmt::format("{} is a name below {} of this host already", in_quotes(alias), in_quotes(wildcard)),
                    "remove it");
      return;
    }
  }

 private:
  // The claim of another host that this one runs into; names of one host were compared when it was built.
  static const Claim* conflict(const Claims& claims, const VhostConfig& host) {
    const auto of_other = [&](const std::optional<Claim>& claim) {
      return claim && claim->host != &host ? &*claim : nullptr;
    };
    if (host.listeners.empty()) return of_other(claims.any);
    if (const Claim* other = of_other(claims.everywhere)) return other;
    for (const std::string& listener : host.listeners) {
      const auto found = claims.at.find(listener);
      if (found != claims.at.end() && found->second.host != &host) return &found->second;
    }
    return nullptr;
  }

  Findings& findings_;
  std::map<std::string, Claims, std::less<>> claims_;
};

void check_host_names(std::span<const VhostConfig> hosts, std::span<const Section> sections, Findings& findings) {
  HostNames names(findings);
  const auto for_each_alias = [&](size_t i, auto visit) {
    const auto* texts = sections[i].get<std::vector<Text>>("aliases");
    for (size_t j = 0; j < hosts[i].aliases.size(); ++j) {
      visit(hosts[i].aliases[j], hosts[i], (*texts)[j].region);
    }
  };
  for (size_t i = 0; i < hosts.size(); ++i) {
    names.claim(hosts[i].name, hosts[i], sections[i].region);
    for_each_alias(i, [&](const auto&... alias) { names.claim(alias...); });
  }
  for (size_t i = 0; i < hosts.size(); ++i) {
    for_each_alias(i, [&](const auto&... alias) { names.check_cover(alias...); });
  }
}

}  // namespace

void check_together(const Config& config, const Section& file, Findings& findings) {
  if (const auto* listeners = tables_of(file, "listener")) {
    check_addresses(*listeners, findings);
    // Where tables are lost, hosts may be among them.
    if (!file.damaged) check_listeners(config, *listeners, findings);
  }
  if (const auto* limits = tables_of(file, "limits")) check_limits(limits->front(), findings);
  if (const auto* hosts = tables_of(file, "vhost")) check_host_names(config.vhosts, *hosts, findings);
}

}  // namespace webserv::app
