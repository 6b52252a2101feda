#include "app/config/route_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include "app/config/cgi_builder.h"
#include "app/config/host_keys.h"
#include "app/text/names.h"
#include "app/text/suggestion.h"
#include "app/text/values.h"
#include "webserv/http/uri.h"

namespace webserv::app {
namespace {

// What a request can ask for by a method of its own; CONNECT and TRACE are always refused.
constexpr auto route_methods = std::to_array<Method>(
    {Method::get, Method::head, Method::post, Method::put, Method::delete_, Method::options, Method::patch});

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
      route.handler = build_cgi(reader_);
    }
    route.methods = methods(handler->name == "root" && section_.find("scripts") == nullptr);
    return route;
  }

 private:
  // The handler; null where there is none. That is told, and that there are several.
  const Key* find_handler() {
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
        findings_.add(entry.key_region, fmt::format("{} has no meaning without programs", in_quotes(entry.key->name)),
                      "say with `scripts` which files are some");
      } else if (role == Role::of_cgi && !programs) {
        refuse_companion(entry, handler, "it belongs to a route with `cgi` or `scripts`");
      } else if ((role == Role::of_static && !files) || (role == Role::of_folder && !folder)) {
        refuse_companion(entry, handler, "it belongs to a route with a `root`");
      }
    }
  }

  void refuse_companion(const Entry& entry, const Key& handler, std::string suggestion) {
    findings_.add(entry.key_region,
                  fmt::format("{} has no meaning beside {}", in_quotes(entry.key->name), in_quotes(handler.name)),
                  std::move(suggestion));
  }

  StaticFilesConfig static_files() {
    StaticFilesConfig files;
    if (const Text* root = section_.text("root")) files.root = absolute_path(reader_.folder(), root->text);
    if (const auto* index = section_.get<std::vector<Text>>("index")) {
      files.index.clear();
      for (const Text& name : *index) {
        if (std::optional<Fault> fault = fault_of_file_name(name.text)) reader_.refuse(name, *fault);
        files.index.push_back(name.text);
      }
    }
    if (const Text* fallback = section_.text("fallback")) {
      if (std::optional<Fault> fault = fault_of_fallback(fallback->text)) reader_.refuse(*fallback, *fault);
      if (files.root.size() > 1 && fallback->text.starts_with(files.root + '/')) {
        reader_.refuse(*fallback, {"is a path below the root, which has its own path in front already",
                                   fmt::format("write \"{}\"",
                                               shortened(std::string_view(fallback->text).substr(files.root.size())))});
      }
      files.fallback = fallback->text;
    }
    if (const Text* value = section_.text("cache_control")) {
      if (std::optional<Fault> fault = fault_of_cache_control(value->text)) reader_.refuse(*value, *fault);
      files.cache_control = value->text;
    }
    if (const auto* folders = section_.get<std::vector<Text>>("symlinks")) {
      for (const Text& folder : *folders) files.symlinks.push_back(absolute_path(reader_.folder(), folder.text));
    }
    take("listing", files.listing);
    if (files.listing && !section_.name.empty() && !section_.name.ends_with('/')) {
      findings_.add(section_.find("listing")->key_region, "a route for one path alone lists nothing",
                    "end its path with \"/\" for all below it");
    }
    take("precompressed", files.precompressed);
    take("hidden_files", files.hidden_files);
    if (section_.find("scripts") != nullptr) files.scripts = build_scripts(reader_);
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
        reader_.refuse(*to, *fault);
      }
      redirect.to = to->text;
    }
    if (const auto* status = table->get<uint64_t>("status")) redirect.status = static_cast<Status>(*status);
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
        reader_.refuse(*type, *fault);
      }
      respond.type = type->text;
    }
    // RFC 9110 15.3.6: that of 205 is empty.
    if (!is_bodiless(respond.status) && respond.status != Status::reset_content) return respond;
    for (std::string_view key : {"text", "type"}) {
      if (const Entry* entry = table->find(key)) {
        findings_.add(entry->key_region, fmt::format("a response with status {} has no body", code(respond.status)),
                      "remove it");
      }
    }
    return respond;
  }

  MethodSet methods(bool files) {
    MethodSet set;
    const auto* texts = section_.get<std::vector<Text>>("methods");
    if (texts == nullptr) return set;
    if (texts->empty()) {
      findings_.add(section_.find("methods")->region, "`methods` has no element", "leave it out for all methods");
    }
    for (const Text& text : *texts) {
      const Method method = parse_method(text.text);
      if (std::optional<Fault> fault = fault_of_method(text.text, method, files)) reader_.refuse(text, *fault);
      set.insert(method);
    }
    if (set.contains(Method::get)) set.insert(Method::head);
    if (set == MethodSet{Method::options}) {
      findings_.add(section_.find("methods")->region, "no request gets to this route: OPTIONS is answered by itself",
                    "add \"GET\"");
    }
    return set;
  }

  static std::optional<Fault> fault_of_method(std::string_view text, Method method, bool files) {
    if (method == Method::unknown) {
      std::vector<std::string_view> names;
      for (Method known : route_methods) names.push_back(name_of(known));
      const std::string list = written_list(text);
      return Fault{"is no method", list.empty() ? did_you_mean(text, names) : fmt::format("write {}", list)};
    }
    if (std::ranges::find(route_methods, method) == route_methods.end()) return Fault{"is always refused", "remove it"};
    if (!files || method == Method::get || method == Method::head || method == Method::options) return std::nullopt;
    return Fault{"is nothing that files can do", "GET, HEAD and OPTIONS are"};
  }

  const SectionReader& reader_;
  const Section& section_;
  Findings& findings_;
};

// The path that clients ask for next, without what is appended, as routes are compared; empty where a redirect leads to
// another place.
std::string target_path(const RedirectConfig& redirect) {
  if (!redirect.to.starts_with('/')) return {};
  std::string scratch;
  const std::string_view path = std::string_view(redirect.to).substr(0, redirect.to.find_first_of("?#"));
  const std::expected<std::string_view, HttpError> normalized = normalize_path(path, scratch);
  return normalized ? std::string(*normalized) : std::string();
}

// Where the redirects of a host lead within it.
class Redirects {
 public:
  explicit Redirects(const VhostConfig& host) : next_(host.routes.size()) {
    for (size_t i = 0; i < host.routes.size(); ++i) by_path_.emplace(host.routes[i].path, i);
    for (size_t i = 0; i < host.routes.size(); ++i) next_[i] = next_of(host.routes[i]);
  }

  // How many redirects lead from this one back to it; nothing where they end elsewhere.
  std::optional<size_t> steps_back(size_t route) const {
    // A client gives up after some (20 in most).
    constexpr size_t most_steps = 20;
    size_t now = route;
    for (size_t steps = 1; steps <= most_steps; ++steps) {
      if (!next_[now]) return std::nullopt;
      now = *next_[now];
      if (now == route) return steps;
    }
    return std::nullopt;
  }

 private:
  std::optional<size_t> next_of(const RouteConfig& route) const {
    const auto* redirect = std::get_if<RedirectConfig>(&route.handler);
    if (redirect == nullptr) return std::nullopt;
    std::string path = target_path(*redirect);
    if (path.empty()) return std::nullopt;
    // What follows the route's path is appended behind a slash.
    if (route.path.ends_with('/') && !path.ends_with('/')) path += '/';
    return find(path);
  }

  // The route that a request for the path gets to: that path alone, or the longest one that it is below.
  std::optional<size_t> find(std::string_view path) const {
    const auto exact = by_path_.find(path);
    if (exact != by_path_.end()) return exact->second;
    for (size_t slash = path.rfind('/'); slash != std::string_view::npos;
         slash = slash == 0 ? slash - 1 : path.rfind('/', slash - 1)) {
      const auto found = by_path_.find(path.substr(0, slash + 1));
      if (found != by_path_.end()) return found->second;
    }
    return std::nullopt;
  }

  std::map<std::string_view, size_t> by_path_;
  std::vector<std::optional<size_t>> next_;
};

}  // namespace

bool means_handler(const Section& section) {
  const auto brings_handler = [](const Key* key) { return key->role == Role::handler || key->inner == Table::route; };
  return section.damaged || std::ranges::any_of(section.meant, brings_handler);
}

RouteConfig build_route(const SectionReader& route, const VhostConfig& host) { return RouteBuilder(route).build(host); }

void check_redirects(const VhostConfig& host, std::span<const Section> sections, Findings& findings) {
  const Redirects redirects(host);
  for (size_t i = 0; i < host.routes.size(); ++i) {
    const std::optional<size_t> steps = redirects.steps_back(i);
    if (!steps) continue;
    const auto& to = std::get<RedirectConfig>(host.routes[i].handler).to;
    const Section& table = sections[i].get<std::vector<Section>>("redirect")->front();
    const std::string over = *steps == 1 ? "" : fmt::format(" over {} other{}", *steps - 1, *steps == 2 ? "" : "s");
    findings.add(table.text("to")->region,
                 fmt::format("{} leads back to this route{}: the redirect has no end", in_quotes(to), over));
  }
}

}  // namespace webserv::app
