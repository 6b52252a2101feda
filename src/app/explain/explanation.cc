#include "app/explain/explanation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/explain/rehearsal.h"
#include "app/site/site.h"
#include "app/text/literals.h"
#include "app/text/suggestion.h"
#include "webserv/base/text.h"
#include "webserv/io/address.h"

namespace webserv::app {

using namespace detail;

namespace {

constexpr uint16_t http_port = 80;
constexpr uint16_t https_port = 443;

const FieldRule* find(const FieldRules& rules, std::string_view name) {
  for (const FieldRule& rule : rules) {
    if (equals_ignoring_case(rule.name, name)) return &rule;
  }
  return nullptr;
}

// The line that counts for a key: that of the route, else of the host, else of the server.
uint32_t line_of(std::string_view key, const RouteConfig* route, const VhostConfig* vhost, const Config& config) {
  if (route != nullptr && route->places.of(key).line != 0) return route->places.of(key).line;
  if (vhost != nullptr && vhost->places.of(key).line != 0) return vhost->places.of(key).line;
  return config.places.of(key).line;
}

// One question at one listener.
class Explainer {
 public:
  Explainer(const Config& config, const Question& question, const Hosts& hosts, const ListenerConfig& listener,
            Rehearsed answer)
      : config_(config), question_(question), hosts_(hosts), listener_(listener), answer_(std::move(answer)) {}

  Explanation explain() {
    to_.listeners.push_back(&listener_);
    if (answer_.seen) describe_host();
    if (answer_.seen && !answer_.seen->refused) {
      describe_client();
      describe_route();
      describe_limits();
    }
    describe_answer();
    describe_fields();
    return std::move(to_);
  }

 private:
  bool is_by_proxy() const { return listener_.trusted_proxies.contains(question_.peer); }

  void describe_client() {
    if (!question_.names_peer && !question_.has_forwarding() && listener_.trusted_proxies.empty()) return;
    std::array<char, 46> buffer;
    const std::string peer(question_.peer.text(buffer));
    to_.client = answer_.seen->client;
    to_.client_line = listener_.places.of("trusted_proxies").line;
    if (!is_by_proxy()) {
      if (question_.has_forwarding()) to_.client_note = "not a trusted proxy: what it says of a client is dropped";
      if (listener_.proxy_protocol) to_.client_note = "not a trusted proxy: `proxy_protocol` lets it not in";
      return;
    }
    to_.client_note = to_.client == peer ? "a trusted proxy that names no client"
                                         : fmt::format("named by the trusted proxy {}", peer);
    if (answer_.seen->secure) to_.client_note += ", over https";
    if (listener_.proxy_protocol) to_.client_note += "; the head of its connection may name another";
  }

  void describe_host() {
    const Rehearsed::Seen& seen = *answer_.seen;
    to_.host = seen.host;
    if (seen.has_path) to_.path = seen.path;
    match_ = hosts_.find(listener_.name, seen.host);
    if (match_ == nullptr) return suggest_host();
    for (const VhostConfig& vhost : config_.vhosts) {
      if (vhost.name != match_->routes->host() || !answers(vhost)) continue;
      vhost_ = &vhost;
      to_.matched_line = match_->name == vhost.name ? vhost.place.line : vhost.places.of("aliases").line;
    }
    to_.vhost = Fact{match_->routes->host(), match_->name, vhost_ == nullptr ? 0 : vhost_->place.line};
  }

  bool answers(const VhostConfig& vhost) const {
    return vhost.listeners.empty() || std::ranges::find(vhost.listeners, listener_.name) != vhost.listeners.end();
  }

  void suggest_host() {
    std::vector<std::string_view> names;
    for (const VhostConfig& vhost : config_.vhosts) {
      if (!answers(vhost)) continue;
      names.push_back(vhost.name);
      names.insert(names.end(), vhost.aliases.begin(), vhost.aliases.end());
    }
    to_.close = closest(answer_.seen->host, names);
  }

  void describe_route() {
    if (match_ == nullptr || !answer_.seen->has_path) return;
    const std::string& path = answer_.seen->path;
    const Routes::Match found = match_->routes->find(path);
    if (vhost_ != nullptr) compare_routes(path, found.route);
    if (found.route == nullptr) return;
    found_ = found.route;
    if (found.add_slash) to_.reason = "the path lacks the slash that its route ends with";
    to_.route = Fact{found_->path, {}, 0};
    to_.methods = {"methods", found_->allow, 0};
    if (vhost_ == nullptr) return;
    route_ = &*std::ranges::find(vhost_->routes, found_->path, &RouteConfig::path);
    to_.route->line = route_->place.line;
    to_.methods.line = route_->places.of("methods").line;
    to_.handler = route_->handler->explain(route_->places);
  }

  // Which other routes one might have thought of.
  void compare_routes(std::string_view path, const Route* found) {
    std::vector<std::string_view> paths;
    for (const RouteConfig& route : vhost_->routes) {
      if (found != nullptr && route.path == found->path) continue;
      if (route.path.ends_with('/') && path.starts_with(route.path)) {
        to_.shorter.push_back(route.path);
      } else {
        paths.push_back(route.path);
      }
    }
    std::ranges::sort(to_.shorter, std::ranges::greater(), &std::string::size);
    if (found != nullptr && found->path.size() > 1) return;
    // Of "/fles/a/b" the first segment is likely to be the slip.
    to_.close = closest(path, paths);
    if (const size_t end = path.find('/', 1); to_.close.empty() && end < path.size()) {
      to_.close = closest(path.substr(0, end + 1), paths);
    }
  }

  void limit(std::string_view key, std::string value) { to_.limits.push_back(fact(key, std::move(value))); }
  void timeout(std::string_view key, std::string value) { to_.timeouts.push_back(fact(key, std::move(value))); }
  Fact fact(std::string_view key, std::string value) const {
    return {std::string(key), std::move(value), line_of(key, route_, vhost_, config_)};
  }

  void describe_limits() {
    const Limits& all = config_.limits;
    const RouteLimits& own = answer_.seen->limits;
    limit("body_size", literal_of(own.body_size, Unit::bytes));
    // In a route `fields` is another key.
    to_.limits.push_back(
        {"head_size", literal_of(all.head.head_size, Unit::bytes), config_.places.of("head_size").line});
    to_.limits.push_back({"fields", literal_of(all.head.fields, Unit::none), config_.places.of("fields").line});
    timeout("head", literal_of(all.head_time));
    timeout("body", literal_of(own.body));
    timeout("write", literal_of(is_by_proxy() ? own.proxy_write : own.write));
    timeout("idle", literal_of(is_by_proxy() ? all.proxy_idle : all.idle));
  }

  void describe_answer() {
    to_.status = answer_.status;
    to_.phrase = answer_.phrase;
    to_.file = answer_.trace.file;
    to_.open = answer_.trace.open;
    for (const auto& [name, value] : answer_.trace.details) to_.details.push_back({std::string(name), value, 0});
    if (!answer_.reason.empty()) to_.reason = answer_.reason;
    if (to_.reason.empty()) to_.reason = answer_.trace.how;
    if (to_.status == code(Status::not_modified)) to_.reason = "the client has it: its precondition says so";
    if (to_.status == code(Status::partial_content)) to_.reason += ": the range that was asked for";
    if (answer_.reason.empty()) return;
    const Finish& finish =
        found_ != nullptr ? found_->finish : hosts_.finish_for(listener_.name, answer_.seen ? answer_.seen->host : "");
    const ErrorPageFile* page = finish.error_pages.find(static_cast<Status>(to_.status));
    if (page == nullptr) return;
    to_.error_page = Fact{page->path(), answer_.has_page ? "" : "cannot be read", 0};
    to_.error_page->line = line_of("error_pages", route_, vhost_, config_);
  }

  void describe_fields() {
    for (const auto& [name, value] : answer_.fields) {
      const uint32_t line = line_of_field(name, value);
      if (!to_.open || line != 0) to_.fields.push_back({name, value, line});
    }
    if (route_ != nullptr) describe_removed(route_->fields);
    if (vhost_ != nullptr) describe_removed(vhost_->fields);
  }

  void describe_removed(const FieldRules& rules) {
    const auto is_in = [](const std::vector<Fact>& facts, std::string_view name) {
      return std::ranges::any_of(facts, [&](const Fact& fact) { return equals_ignoring_case(fact.name, name); });
    };
    for (const FieldRule& rule : rules) {
      if (!rule.value.empty() || is_in(to_.fields, rule.name) || is_in(to_.removed, rule.name)) continue;
      to_.removed.push_back({rule.name, {}, line_of_field(rule.name, {})});
    }
  }

  uint32_t line_of_field(std::string_view name, std::string_view value) const {
    const auto says = [&](const FieldRules& rules) {
      const FieldRule* rule = find(rules, name);
      return rule != nullptr && rule->value == value;
    };
    if (route_ != nullptr && says(route_->fields)) return route_->places.of("fields").line;
    if (vhost_ != nullptr && says(vhost_->fields)) return vhost_->places.of("fields").line;
    if (route_ == nullptr) return 0;
    if (equals_ignoring_case(name, "Allow")) return to_.methods.line;
    for (const Fact& field : to_.handler->fields) {
      if (equals_ignoring_case(name, field.name)) return field.line;
    }
    return 0;
  }

  const Config& config_;
  const Question& question_;
  const Hosts& hosts_;
  const ListenerConfig& listener_;
  const Rehearsed answer_;
  const Hosts::Match* match_ = nullptr;
  const Route* found_ = nullptr;
  const VhostConfig* vhost_ = nullptr;
  const RouteConfig* route_ = nullptr;
  Explanation to_;
};

// The port that a client of the URL goes to.
std::optional<uint16_t> port_of(const Question& question) {
  if (question.port || !question.scheme) return question.port;
  return question.scheme == "https" ? https_port : http_port;
}

bool listens_at(const ListenerConfig& listener, const Question& question, std::optional<uint16_t> port) {
  return std::ranges::any_of(listener.addresses, [&](const std::string& text) {
    const Address address(text);
    return question.socket.empty() ? address.path().empty() && address.port() == port
                                   : address.path() == question.socket;
  });
}

// Those that have the port or the socket of the URL, and those whose sockets systemd hands over: what these listen at
// is not known. Without a port in the URL something in front may have changed it: all others could be meant, too.
std::vector<const ListenerConfig*> listeners_for(const Config& config, const Question& question) {
  const std::optional<uint16_t> port = port_of(question);
  std::vector<const ListenerConfig*> right;
  std::vector<const ListenerConfig*> possible;
  for (const ListenerConfig& listener : config.listeners) {
    if (listens_at(listener, question, port)) right.push_back(&listener);
    const bool unknown = listener.addresses.empty();
    if (unknown || (!question.port && question.socket.empty())) possible.push_back(&listener);
  }
  return right.empty() ? possible : right;
}

// Whether both are the same but for their listeners.
bool is_same(Explanation a, Explanation b) {
  a.listeners.clear();
  b.listeners.clear();
  return a == b;
}

// The host that is asked for where the question names none: one that the file has.
std::string default_host(const Config& config) {
  for (const VhostConfig& vhost : config.vhosts) {
    if (!vhost.name.starts_with('*')) return vhost.name;
  }
  return "localhost";
}

// What is to be said of a URL of https, since no listener speaks TLS; nothing of other URLs. `host` is the one that is
// asked for, as the URL has it.
std::vector<std::string> notes_on_tls(const Config& config, const Question& question, std::string_view host) {
  if (question.scheme != "https") return {};
  const std::vector<const ListenerConfig*> listeners = listeners_for(config, question);
  if (listeners.empty()) return {"no listener speaks TLS"};
  std::vector<std::string> notes = {"no listener speaks TLS: https needs a proxy in front, which gets what follows"};
  const ListenerConfig& listener = *listeners.front();
  if (listens_at(listener, question, port_of(question))) {
    notes.push_back("without one, a client of https gets 400 Bad Request, and tells of an error of TLS");
  }
  // Its port goes, but not a part of an address in brackets.
  const size_t colon = host.rfind(':');
  const bool has_port = colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos;
  std::string name(host.substr(0, has_port ? colon : host.size()));
  for (const std::string& text : listener.addresses) {
    const Address address(text);
    if (!address.path().empty()) continue;
    if (address.port() != http_port) name += fmt::format(":{}", address.port());
    break;
  }
  notes.push_back(fmt::format("the URL without TLS is http://{}{}", name, question.target));
  return notes;
}

std::vector<Explanation> explain_all(const Config& config, const Question& question, std::string_view host) {
  // Pages that cannot be read are part of the explanation.
  LineSink nowhere(-1);
  const Log log(nowhere, LogFormat::text, Level::error);
  const SystemClock clock;
  const std::string head = question.head(host);
  std::vector<Explanation> all;
  for (const ListenerConfig* listener : listeners_for(config, question)) {
    // Anew for each: a site that has read a file does not look for it again.
    const std::shared_ptr<const Hosts> hosts = build_hosts(config, SiteHost(1, clock, log));
    const Application application = application_of(hosts, config);
    Rehearsed answer = rehearse(application, listener->name, question.peer, head);
    Explanation next = Explainer(config, question, *hosts, *listener, std::move(answer)).explain();
    const auto same = std::ranges::find_if(all, [&](const Explanation& other) { return is_same(other, next); });
    if (same == all.end()) {
      all.push_back(std::move(next));
    } else {
      same->listeners.push_back(listener);
    }
  }
  return all;
}

}  // namespace

Explained explain(const Config& config, const Question& question) {
  const std::string otherwise = default_host(config);
  const std::string host = question.host.value_or(otherwise);
  return {config, question, host, explain_all(config, question, otherwise), notes_on_tls(config, question, host)};
}

}  // namespace webserv::app
