#include "app/serve/changes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <span>
#include <string_view>
#include <utility>

#include "webserv/server/server.h"

namespace webserv::app {
namespace {

// Names of a list in the log: more would not be read.
constexpr size_t most_named = 10;

std::string list_of(const std::vector<std::string>& names) {
  const std::span named(names.data(), std::min(names.size(), most_named));
  std::string list = fmt::format("{}", fmt::join(named, ", "));
  if (named.size() < names.size()) list += fmt::format(" and {} more", names.size() - named.size());
  return list;
}

std::vector<std::string> only_in_first(const std::vector<std::string>& first, const std::vector<std::string>& second) {
  std::vector<std::string> result;
  std::ranges::set_difference(first, second, std::back_inserter(result));
  return result;
}

}  // namespace

Outline::Outline(const Config& config, const Listening& listening) : workers(config.server.workers) {
  for (const VhostConfig& host : config.vhosts) hosts.push_back(host.name);
  for (const Listener& listener : listening.listeners) {
    listeners.push_back(fmt::format("{} ({})", listener.name(), listener.address()));
    if (listener.is_ours()) continue;
    const auto configured = std::ranges::find(config.listeners, listener.name(), &ListenerConfig::name);
    if (configured != config.listeners.end()) unused[listener.name()] = configured->addresses;
  }
  std::ranges::sort(hosts);
  std::ranges::sort(listeners);
}

std::string changes(const Outline& before, const Outline& after) {
  const std::pair<std::string_view, std::vector<std::string>> lists[] = {
      {"hosts added", only_in_first(after.hosts, before.hosts)},
      {"hosts removed", only_in_first(before.hosts, after.hosts)},
      {"listeners added", only_in_first(after.listeners, before.listeners)},
      {"listeners removed", only_in_first(before.listeners, after.listeners)}};
  std::vector<std::string> changes;
  for (const auto& [what, names] : lists) {
    if (!names.empty()) changes.push_back(fmt::format("{}: {}", what, list_of(names)));
  }
  return changes.empty() ? "the same hosts and listeners" : fmt::format("{}", fmt::join(changes, "; "));
}

std::vector<std::string> needs_restart(const Outline& before, const Outline& after, unsigned workers) {
  std::vector<std::string> notes;
  const unsigned wanted = after.workers == 0 ? default_workers() : after.workers;
  if (wanted != workers) {
    notes.push_back(
        fmt::format("server.workers = {} holds from the next start on: {} are running", after.workers, workers));
  }
  for (const auto& [name, addresses] : after.unused) {
    const auto former = before.unused.find(name);
    if (addresses.empty() || (former != before.unused.end() && former->second == addresses)) continue;
    notes.push_back(
        fmt::format("listener `{}` keeps the socket that systemd made: to change its address, change "
                    "ListenStream= in its socket unit, then restart that unit and the service",
                    name));
  }
  return notes;
}

}  // namespace webserv::app
