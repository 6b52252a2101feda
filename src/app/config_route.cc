#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "app/config_build.h"
#include "app/names.h"
#include "app/suggestion.h"
#include "app/values.h"
#include "webserv/http/uri.h"

namespace webserv {
namespace {

// What a request can ask for by a method of its own; CONNECT and TRACE are always refused.
constexpr auto route_methods = std::to_array<Method>(
    {Method::get, Method::head, Method::post, Method::put, Method::delete_, Method::options, Method::patch});

class RouteBuilder {
 public:
  RouteBuilder(const Section& section, const HostContext& context, Findings& findings)
      : section_(section), context_(context), findings_(findings) {}

  RouteConfig build(std::string_view path, const VhostConfig& host) {
    RouteConfig route;
    route.path = path;
    route.place = section_.region.begin;
    route.places = build_places(section_);
    // The host's own fields and the like are none of its route's, though the section may be the host's.
    route.limits = host.limits;
    override_limits(section_, route.limits);
    route.fields = build_fields(section_, findings_);
    route.error_pages = build_error_pages(section_, context_.folder, findings_);
    const Key* handler = find_handler();
    if (handler == nullptr) return route;
    check_companions(*handler);
    if (handler->name == "root") {
      route.handler = static_files();
    } else if (handler->name == "redirect") {
      route.handler = redirect();
    } else if (handler->name == "respond") {
      route.handler = respond();
    } else if (handler->name == "cgi") {
      route.handler = build_cgi(section_, context_.folder, findings_);
    }
    route.methods = methods(handler->name == "root" && section_.find("scripts") == nullptr);
    return route;
  }

 private:
  void refuse(Region region, std::string_view key, std::string message, std::string suggestion = {}) {
    findings_.add(region, section_.path_of(key), std::move(message), std::move(suggestion));
  }

  void refuse(const Text& text, std::string_view key, const Fault& fault) {
    tell(findings_, text, section_.path_of(key), fault);
  }

  // The handler; null where there is none. That is told, and that there are several.
  const Key* find_handler() {
    const Entry* first = nullptr;
    for (const Entry& entry : section_.entries) {
      if (entry.key->role != Role::handler) continue;
      if (first == nullptr) {
        first = &entry;
        continue;
      }
      refuse(entry.key_region, entry.key->name,
             fmt::format("{} stands beside {}: a route has exactly one handler", in_quotes(entry.key->name),
                         in_quotes(first->key->name)),
             "remove one of the two, or make two routes");
    }
    if (first != nullptr) return first->key;
    if (means_handler(section_)) return nullptr;
    findings_.add(section_.region, section_.path, fmt::format("the route {} has no handler", in_quotes(section_.name)),
                  "give it a `root`, `cgi`, `redirect` or `respond`");
    return nullptr;
  }

  // Keys that say how files are served, or programs run, mean nothing beside other handlers.
  void check_companions(const Key& handler) {
    const bool files = handler.name == "root";
    const bool folder = files || handler.name == "cgi";
    const bool programs = handler.name == "cgi" || (files && section_.find("scripts") != nullptr);
    for (const Entry& entry : section_.entries) {
      const Role role = entry.key->role;
      if (!entry.key->served) continue;
      if (role == Role::of_cgi && files && !programs) {
        refuse(entry.key_region, entry.key->name,
               fmt::format("{} has no meaning without programs", in_quotes(entry.key->name)),
               "say with `scripts` which files are some");
      } else if (role == Role::of_cgi && !programs) {
        refuse_companion(entry, handler, "it belongs to a route with `cgi` or `scripts`");
      } else if ((role == Role::of_static && !files) || (role == Role::of_folder && !folder)) {
        refuse_companion(entry, handler, "it belongs to a route with a `root`");
      }
    }
  }

  void refuse_companion(const Entry& entry, const Key& handler, std::string suggestion) {
    refuse(entry.key_region, entry.key->name,
           fmt::format("{} has no meaning beside {}", in_quotes(entry.key->name), in_quotes(handler.name)),
           std::move(suggestion));
  }

  StaticFilesConfig static_files() {
    StaticFilesConfig files;
    if (const Text* root = section_.text("root")) files.root = absolute_path(context_.folder, root->text);
    if (const auto* index = section_.get<std::vector<Text>>("index")) {
      files.index.clear();
      for (const Text& name : *index) {
        if (std::optional<Fault> fault = fault_of_file_name(name.text)) refuse(name, "index", *fault);
        files.index.push_back(name.text);
      }
    }
    if (const Text* fallback = section_.text("fallback")) {
      if (std::optional<Fault> fault = fault_of_fallback(fallback->text)) refuse(*fallback, "fallback", *fault);
      files.fallback = fallback->text;
    }
    if (const Text* value = section_.text("cache_control")) {
      if (std::optional<Fault> fault = fault_of_field_value(value->text)) refuse(*value, "cache_control", *fault);
      files.cache_control = value->text;
    }
    if (const auto* folders = section_.get<std::vector<Text>>("symlinks")) {
      for (const Text& folder : *folders) files.symlinks.push_back(absolute_path(context_.folder, folder.text));
    }
    take("listing", files.listing);
    take("precompressed", files.precompressed);
    take("hidden_files", files.hidden_files);
    if (section_.find("scripts") != nullptr) files.scripts = build_scripts(section_, context_.folder, findings_);
    return files;
  }

  void take(std::string_view key, bool& to) {
    if (const bool* value = section_.get<bool>(key)) to = *value;
  }

  // The table of the handler; null where it was refused.
  const Section* table(std::string_view key) const {
    const auto* sections = section_.get<std::vector<Section>>(key);
    return sections == nullptr ? nullptr : &sections->front();
  }

  RedirectConfig redirect() {
    RedirectConfig redirect;
    const Section* table = this->table("redirect");
    if (table == nullptr) return redirect;
    if (const Text* to = table->text("to")) {
      if (std::optional<Fault> fault = fault_of_target(to->text)) {
        tell(findings_, *to, table->path_of("to"), *fault);
      }
      redirect.to = to->text;
    }
    if (const auto* status = table->get<uint64_t>("status")) {
      if (*status >= 304 && *status <= 306) {
        findings_.add(table->find("status")->region, table->path_of("status"),
                      fmt::format("{} is no redirect: 301, 302, 303, 307 and 308 are", *status));
      }
      redirect.status = static_cast<Status>(*status);
    }
    return redirect;
  }

  RespondConfig respond() {
    RespondConfig respond;
    const Section* table = this->table("respond");
    if (table == nullptr) return respond;
    if (const auto* status = table->get<uint64_t>("status")) respond.status = static_cast<Status>(*status);
    if (const Text* text = table->text("text")) respond.text = text->text;
    if (const Text* type = table->text("type")) {
      if (std::optional<Fault> fault = fault_of_media_type(type->text)) {
        tell(findings_, *type, table->path_of("type"), *fault);
      }
      respond.type = type->text;
    }
    if (!is_bodiless(respond.status)) return respond;
    for (std::string_view key : {"text", "type"}) {
      if (const Entry* entry = table->find(key)) {
        findings_.add(entry->key_region, table->path_of(key),
                      fmt::format("a response with status {} has no body", code(respond.status)), "remove it");
      }
    }
    return respond;
  }

  MethodSet methods(bool files) {
    MethodSet set;
    const auto* texts = section_.get<std::vector<Text>>("methods");
    if (texts == nullptr) return set;
    if (texts->empty()) {
      refuse(section_.find("methods")->region, "methods", "`methods` has no element", "leave it out for all methods");
    }
    for (const Text& text : *texts) {
      const Method method = parse_method(text.text);
      if (std::optional<Fault> fault = fault_of_method(text.text, method, files)) refuse(text, "methods", *fault);
      set.insert(method);
    }
    if (set.contains(Method::get)) set.insert(Method::head);
    return set;
  }

  static std::optional<Fault> fault_of_method(std::string_view text, Method method, bool files) {
    if (method == Method::unknown) {
      std::vector<std::string_view> names;
      for (Method known : route_methods) names.push_back(name_of(known));
      return Fault{"is no method", did_you_mean(text, names)};
    }
    if (std::ranges::find(route_methods, method) == route_methods.end()) return Fault{"is always refused", "remove it"};
    if (!files || method == Method::get || method == Method::head || method == Method::options) return std::nullopt;
    return Fault{"is nothing that files can do", "GET, HEAD and OPTIONS are"};
  }

  const Section& section_;
  const HostContext& context_;
  Findings& findings_;
};

// Whether a request for `path` gets to the route.
bool is_of(const RouteConfig& route, std::string_view path) {
  return path == route.path || (route.path.ends_with('/') && path.starts_with(route.path));
}

// The path that clients ask for next, without what is appended, as routes are compared; empty where a redirect leads to
// another place.
std::string target_path(const RedirectConfig& redirect) {
  if (!redirect.to.starts_with('/')) return {};
  std::string scratch;
  const std::string_view path = std::string_view(redirect.to).substr(0, redirect.to.find_first_of("?#"));
  const std::expected<std::string_view, HttpError> normalized = normalize_path(path, scratch);
  return normalized ? std::string(*normalized) : std::string();
}

}  // namespace

bool means_handler(const Section& section) {
  const auto brings_handler = [](const Key* key) { return key->role == Role::handler || key->inner == Table::route; };
  return section.damaged || std::ranges::any_of(section.meant, brings_handler);
}

RouteConfig build_route(const Section& section, std::string_view path, const VhostConfig& host,
                        const HostContext& context, Findings& findings) {
  return RouteBuilder(section, context, findings).build(path, host);
}

void check_redirects(const VhostConfig& host, std::span<const Section> sections, Findings& findings) {
  for (size_t i = 0; i < host.routes.size(); ++i) {
    const RouteConfig& route = host.routes[i];
    const auto* redirect = std::get_if<RedirectConfig>(&route.handler);
    if (redirect == nullptr) continue;
    std::string path = target_path(*redirect);
    if (path.empty()) continue;
    // What follows the route's path is appended behind a slash.
    if (route.path.ends_with('/') && !path.ends_with('/')) path += '/';
    const auto takes_it = [&](const RouteConfig& other) {
      return is_of(other, path) && other.path.size() > route.path.size();
    };
    if (!is_of(route, path) || std::ranges::any_of(host.routes, takes_it)) continue;
    const Section& table = sections[i].get<std::vector<Section>>("redirect")->front();
    findings.add(table.text("to")->region, table.path_of("to"),
                 fmt::format("{} leads back to this route: the redirect has no end", in_quotes(redirect->to)));
  }
}

}  // namespace webserv
