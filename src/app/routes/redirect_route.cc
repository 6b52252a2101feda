#include "app/routes/redirect_route.h"

#include <expected>

#include "app/text/literals.h"
#include "app/text/names.h"
#include "webserv/handlers/redirect.h"
#include "webserv/http/uri.h"

namespace webserv::app {

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
