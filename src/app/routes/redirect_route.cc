#include "app/routes/redirect_route.h"

#include <fmt/format.h>

#include <algorithm>
#include <expected>

#include "app/text/characters.h"
#include "app/text/literals.h"
#include "app/text/names.h"
#include "webserv/handlers/redirect.h"
#include "webserv/http/uri.h"

namespace webserv::app {

using namespace detail;

namespace {

// "$1", "$uri" and "{path}": what other servers put something in for.
bool has_variable(std::string_view text) {
  if (contains(text, "{") && contains(text, "}")) return true;
  for (size_t at = text.find('$'); at < text.size(); at = text.find('$', at + 1)) {
    if (at + 1 < text.size() && (is_letter(text[at + 1]) || is_digit(text[at + 1]))) return true;
  }
  return false;
}

}  // namespace

std::optional<Fault> fault_of_target(std::string_view target) {
  if (std::ranges::any_of(target, is_control)) return Fault{"has a control character", "remove it"};
  if (has_variable(target)) {
    return Fault{
        "has a variable, and webserv has none",
        "remove it: behind a route that ends in \"/\" the rest of the path is appended, and the query always is"};
  }
  const std::string scheme = to_lower(target.substr(0, target.find("//")));
  if (scheme == "http:" || scheme == "https:") {
    const std::string_view rest = target.substr(scheme.size() + 2);
    std::string scratch;
    if (normalize_host(rest.substr(0, rest.find_first_of("/?#")), scratch)) return std::nullopt;
    return Fault{"has no host, or a wrong one", {}};
  }
  if (target.starts_with("//"))
    return Fault{"has a host but no scheme", advise_to_write(fmt::format("https:{}", target))};
  if (target.starts_with('/')) return std::nullopt;
  const std::string_view host = target.substr(0, target.find('/'));
  const bool is_host = contains(host, ".") && parse_host_name(host).has_value();
  return Fault{"is neither a path nor a URI of http or https",
               advise_to_write(fmt::format("{}{}", is_host ? "https://" : "/", target))};
}

RedirectRoute::RedirectRoute(const SectionReader& route) : path_(route.section().name) {
  const std::optional<SectionReader> table = route.table("redirect");
  if (!table) return;
  if (const Text* to = table->section().text("to")) {
    if (const std::optional<Fault> fault = fault_of_target(to->text)) table->refuse(*to, *fault);
    to_ = *to;
  }
  status_ = static_cast<Status>(table->number("status", code(status_)));
}

Handler RedirectRoute::build(const HandlerParts&) const { return redirect(to_.text, status_, path_); }

HandlerFacts RedirectRoute::explain(const Places& places) const {
  FactsBuilder facts(places);
  facts.set_handler("redirect", "to", literal_of(to_.text));
  facts.add_part("redirect", "redirect.status", literal_of(code(status_), Unit::none));
  facts.add_field("Location", "redirect");
  return std::move(facts).take();
}

std::optional<LocalRedirect> RedirectRoute::local_redirect() const {
  if (!to_.text.starts_with('/')) return std::nullopt;
  std::string scratch;
  const std::string_view sent = std::string_view(to_.text).substr(0, to_.text.find_first_of("?#"));
  const std::expected<std::string_view, HttpError> normalized = normalize_path(sent, scratch);
  if (!normalized) return std::nullopt;
  LocalRedirect local{std::string(*normalized), to_};
  // What follows the route's path is appended behind a slash.
  if (path_.ends_with('/') && !local.path.ends_with('/')) local.path += '/';
  return local;
}

}  // namespace webserv::app
