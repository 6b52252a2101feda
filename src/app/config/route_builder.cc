#include "app/config/route_builder.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/config/host_keys.h"
#include "app/routes/route_kinds.h"
#include "app/text/suggestion.h"

namespace webserv::app {
namespace {

// What a request can ask for by a method of its own; CONNECT and TRACE are always refused.
constexpr auto route_methods = std::to_array<Method>(
    {Method::get, Method::head, Method::post, Method::put, Method::delete_, Method::options, Method::patch});

// "`root`, `cgi`, `redirect` or `respond`"
std::string all_handlers() {
  std::vector<std::string> names;
  for (const RouteKind& kind : route_kinds()) names.push_back(in_quotes(kind.key));
  const std::span others(names.data(), names.size() - 1);
  return fmt::format("{} or {}", fmt::join(others, ", "), names.back());
}

// "GET, HEAD and OPTIONS"
std::string all_methods_of(MethodSet methods) {
  std::string names;
  for (Method method : route_methods) {
    if (methods.contains(method)) names += fmt::format("{}{}", names.empty() ? "" : ", ", name_of(method));
  }
  return names + " and OPTIONS";
}

class RouteBuilder {
 public:
  explicit RouteBuilder(const SectionReader& reader)
      : reader_(reader), section_(reader.section()), findings_(reader.findings()) {}

  RouteConfig build(const VhostConfig& host) {
    RouteConfig route;
    route.path = section_.name;
    route.place = section_.region.begin;
    route.places = Places(section_);
    // The host's own fields and the like are none of its route's, though the section may be the host's.
    route.limits = read_route_limits(reader_, host.limits);
    route.fields = read_fields(reader_);
    route.error_pages = read_error_pages(reader_);
    const Key* key = find_handler();
    if (key == nullptr) return route;
    check_companions(*key);
    kind_ = find_route_kind(key->name);
    if (kind_ != nullptr) route.handler = kind_->read(reader_);
    route.methods = read_methods(route.handler.get());
    return route;
  }

 private:
  // The key of the handler; null where there is none, which is refused, as several are.
  const Key* find_handler() const {
    const Entry* first = nullptr;
    for (const Entry& entry : section_.entries) {
      if (entry.key->role != Role::handler) continue;
      if (first == nullptr) {
        first = &entry;
        continue;
      }
      findings_.add(entry.key_region,
                    fmt::format("{} stands beside {}: a route has exactly one handler", in_quotes(entry.key->name),
                                in_quotes(first->key->name)),
                    "remove one of the two, or make two routes");
    }
    if (first != nullptr) return first->key;
    if (means_handler(section_)) return nullptr;
    findings_.add(section_.region, fmt::format("the route {} has no handler", in_quotes(section_.name)),
                  fmt::format("give it a {}", all_handlers()));
    return nullptr;
  }

  // Keys that say how files are served, or programs run, mean nothing beside other handlers.
  void check_companions(const Key& handler) const {
    for (const Entry& entry : section_.entries) {
      if (!entry.key->served || means_something(*entry.key, handler)) continue;
      const Companions companions = companions_of(entry.key->role);
      const std::string name = in_quotes(entry.key->name);
      if (could_mean_something(companions, handler)) {
        findings_.add(entry.key_region, fmt::format("{} has no meaning without {}", name, companions.lack),
                      std::string(companions.remedy));
      } else {
        findings_.add(entry.key_region, fmt::format("{} has no meaning beside {}", name, in_quotes(handler.name)),
                      fmt::format("it belongs to {}", companions.home));
      }
    }
  }

  // Whether the handler is a companion of the key, or a key beside it is that means something itself.
  bool means_something(const Key& key, const Key& handler) const {
    const auto is_there = [&](std::string_view name) {
      const Entry* companion = section_.find(name);
      return name == handler.name || (companion != nullptr && companion->key->role != Role::handler &&
                                      means_something(*companion->key, handler));
    };
    const Companions companions = companions_of(key.role);
    return companions.keys.empty() || std::ranges::any_of(companions.keys, is_there);
  }

  // Whether one of the companions would mean something if it stood there.
  bool could_mean_something(const Companions& companions, const Key& handler) const {
    return std::ranges::any_of(companions.keys, [&](std::string_view name) {
      const Key* companion = find_key(Table::route, name);
      return companion->role != Role::handler && means_something(*companion, handler);
    });
  }

  // `handler` is null where it could not be read.
  MethodSet read_methods(const RouteHandler* handler) const {
    MethodSet set;
    const auto* texts = section_.get<std::vector<Text>>("methods");
    if (texts == nullptr) return set;
    if (texts->empty()) {
      reader_.refuse_value("methods", "`methods` has no element", "leave it out for all methods");
    }
    for (const Text& text : *texts) {
      const Method method = parse_method(text.text);
      if (std::optional<Fault> fault = fault_of_method(text.text, method, handler)) reader_.refuse(text, *fault);
      set.insert(method);
    }
    if (set.contains(Method::get)) set.insert(Method::head);
    if (set == MethodSet{Method::options}) {
      reader_.refuse_value("methods", "no request gets to this route: OPTIONS is answered by itself", "add \"GET\"");
    }
    return set;
  }

  std::optional<Fault> fault_of_method(std::string_view text, Method method, const RouteHandler* handler) const {
    if (method == Method::unknown) {
      std::vector<std::string_view> names;
      for (Method known : route_methods) names.push_back(name_of(known));
      const std::string list = written_list(text);
      return Fault{"is no method", list.empty() ? did_you_mean(text, names) : fmt::format("write {}", list)};
    }
    if (std::ranges::find(route_methods, method) == route_methods.end()) return Fault{"is always refused", "remove it"};
    if (handler == nullptr || method == Method::options || handler->methods().contains(method)) return std::nullopt;
    return Fault{fmt::format("is nothing that {} can do", kind_->plural),
                 fmt::format("{} are", all_methods_of(handler->methods()))};
  }

  const SectionReader& reader_;
  const Section& section_;
  Findings& findings_;
  const RouteKind* kind_ = nullptr;
};

}  // namespace

bool means_handler(const Section& section) {
  const auto brings_handler = [](const Key* key) { return key->role == Role::handler || key->inner == Table::route; };
  return section.damaged || std::ranges::any_of(section.meant, brings_handler);
}

RouteConfig build_route(const SectionReader& route, const VhostConfig& host) { return RouteBuilder(route).build(host); }

}  // namespace webserv::app
