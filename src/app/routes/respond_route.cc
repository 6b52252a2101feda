#include "app/routes/respond_route.h"

#include <fmt/format.h>

#include "app/text/literals.h"
#include "webserv/base/text.h"
#include "webserv/handlers/respond.h"
#include "webserv/http/fields.h"

namespace webserv::app {

using namespace detail;

std::optional<Fault> fault_of_media_type(std::string_view type) {
  const std::string_view essence = trim(type.substr(0, type.find(';')));
  const size_t slash = essence.find('/');
  if (slash != std::string_view::npos && is_token(essence.substr(0, slash)) && is_token(essence.substr(slash + 1)) &&
      is_field_value(type)) {
    return std::nullopt;
  }
  return Fault{"is no media type", "write for example \"text/html; charset=utf-8\""};
}

RespondRoute::RespondRoute(const SectionReader& route) {
  const std::optional<SectionReader> table = route.table("respond");
  if (!table) return;
  status_ = static_cast<Status>(table->number("status", code(status_)));
  text_ = table->text("text", text_);
  type_ = table->text("type", type_, fault_of_media_type);
  // RFC 9110 15.3.6: that of 205 is empty.
  if (!is_bodiless(status_) && status_ != Status::reset_content) return;
  for (std::string_view key : {"text", "type"}) {
    if (table->section().find(key) == nullptr) continue;
    table->refuse_key(key, fmt::format("a response with status {} has no body", code(status_)), "remove it");
  }
}

Handler RespondRoute::build(const HandlerParts& parts) const { return respond(status_, text_, type_, parts.fields); }

HandlerFacts RespondRoute::explain(const Places& places) const {
  FactsBuilder facts(places);
  facts.set_handler("respond", "status", literal_of(code(status_), Unit::none));
  return std::move(facts).take();
}

}  // namespace webserv::app
