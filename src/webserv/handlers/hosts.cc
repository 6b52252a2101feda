#include "webserv/handlers/hosts.h"

#include <algorithm>

namespace webserv {

using namespace detail;

namespace {

constexpr uint32_t exact_names(uint32_t group) { return 2 * group; }
constexpr uint32_t wildcards(uint32_t group) { return 2 * group + 1; }

bool answers_at(const VirtualHost& host, std::string_view listener) {
  return host.listeners.empty() || std::ranges::find(host.listeners, listener) != host.listeners.end();
}

}  // namespace

Hosts::Hosts(const std::vector<VirtualHost>& hosts, Finish nobody) : listeners_(1), nobody_(std::move(nobody)) {
  for (const VirtualHost& host : hosts) {
    for (const std::string& listener : host.listeners) {
      if (std::ranges::find(listeners_, listener) == listeners_.end()) listeners_.push_back(listener);
    }
  }
  defaults_.assign(listeners_.size(), NameTable::none);
  for (const VirtualHost& host : hosts) {
    for (const std::string& name : host.names) {
      auto match = static_cast<uint32_t>(matches_.size());
      matches_.push_back({name, host.routes});
      for (uint32_t group = 0; group < listeners_.size(); ++group) {
        if (answers_at(host, listeners_[group])) insert(group, name, match);
      }
    }
  }
}

void Hosts::insert(uint32_t group, std::string_view name, uint32_t match) {
  if (name == "*") {
    if (defaults_[group] == NameTable::none) defaults_[group] = match;
  } else if (name.starts_with("*.")) {
    name.remove_prefix(2);
    names_.insert(wildcards(group), name, match);
    longest_wildcard_ = std::max(longest_wildcard_, name.size());
  } else {
    names_.insert(exact_names(group), name, match);
  }
}

uint32_t Hosts::group_of(std::string_view listener) const {
  for (uint32_t group = 1; group < listeners_.size(); ++group) {
    if (listeners_[group] == listener) return group;
  }
  return 0;
}

const Hosts::Match* Hosts::find(std::string_view listener, std::string_view host) const {
  uint32_t group = listeners_.size() == 1 ? 0 : group_of(listener);
  uint32_t match = host.empty() ? NameTable::none : names_.find(exact_names(group), host);
  if (match == NameTable::none && longest_wildcard_ != 0) match = find_wildcard(group, host);
  if (match == NameTable::none) match = defaults_[group];
  return match == NameTable::none ? nullptr : &matches_[match];
}

// Labels are taken off from the left, so that the longest wildcard is met first. What is longer than any wildcard is
// skipped, so that a long host of many dots costs no more than others.
uint32_t Hosts::find_wildcard(uint32_t group, std::string_view host) const {
  size_t longest = std::min(host.size(), longest_wildcard_ + 1);
  for (size_t dot = host.find('.', host.size() - longest); dot != std::string_view::npos;
       dot = host.find('.', dot + 1)) {
    uint32_t match = dot == 0 ? NameTable::none : names_.find(wildcards(group), host.substr(dot + 1));
    if (match != NameTable::none) return match;
  }
  return NameTable::none;
}

Answer Hosts::operator()(Request& request) const {
  const Match* match = find(request.listener(), request.host());
  if (match != nullptr) return (*match->routes)(request);
  request.finisher = &nobody_;
  return error(Status::misdirected_request, "no host of that name");
}

Response Hosts::refuse(Request& request, const HttpError& wrong) const {
  const bool routed = !request.route.empty();
  const Match* match = routed || !request.host().empty() ? find(request.listener(), request.host()) : nullptr;
  if (match != nullptr) request.vhost = match->routes->host();
  request.finisher =
      routed ? &match->routes->finish_of(request.route) : &finish_for(request.listener(), request.host());
  return error(wrong);
}

const Finish& Hosts::finish_for(std::string_view listener, std::string_view host) const {
  if (const Match* match = find(listener, host)) return match->routes->finish();
  for (uint32_t match : defaults_) {
    if (match != NameTable::none) return matches_[match].routes->finish();
  }
  return nobody_;
}

}  // namespace webserv
