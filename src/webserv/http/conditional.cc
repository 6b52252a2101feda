#include "webserv/http/conditional.h"

#include <algorithm>

#include "webserv/base/text.h"
#include "webserv/http/date.h"

namespace webserv::detail {
namespace {

using Comparison = bool (*)(const EntityTag&, const EntityTag&);

// RFC 9110 8.8.3: etagc = %x21 / %x23-7E / obs-text. There is no escape: a backslash is a character like any other.
bool is_tag_character(char c) {
  auto byte = static_cast<unsigned char>(c);
  return byte == 0x21 || (byte >= 0x23 && byte != 0x7f);
}

// Takes an entity tag from the front of `text`; nothing, and no change, where there is none.
std::optional<EntityTag> take_entity_tag(std::string_view& text) {
  bool weak = text.starts_with("W/");
  size_t begin = weak ? 2 : 0;
  if (begin >= text.size() || text[begin] != '"') return std::nullopt;
  size_t end = begin + 1;
  while (end < text.size() && is_tag_character(text[end])) ++end;
  if (end >= text.size() || text[end] != '"') return std::nullopt;
  EntityTag tag{weak, text.substr(begin, end + 1 - begin)};
  text.remove_prefix(end + 1);
  return tag;
}

void skip(std::string_view& text, std::string_view characters) {
  text.remove_prefix(std::min(text.find_first_not_of(characters), text.size()));
}

// Whether an element of the list is the current tag. What is no entity tag reaches to the next comma. (A list of quoted
// strings in general, for_each_element(), would take backslashes for escapes.)
bool list_holds(std::string_view list, const EntityTag& current, Comparison equal) {
  for (;;) {
    skip(list, " \t,");
    if (list.empty()) return false;
    std::optional<EntityTag> tag = take_entity_tag(list);
    skip(list, " \t");
    bool whole = tag && (list.empty() || list[0] == ',');
    if (whole && equal(*tag, current)) return true;
    list.remove_prefix(std::min(list.find(','), list.size()));
  }
}

// Whether If-Match or If-None-Match names what is there now.
bool names_current(const Fields& fields, FieldName name, const Validators& validators, Comparison equal) {
  if (trim(fields.value(name)) == "*" && !fields.repeated(name)) return validators.exists;
  std::optional<EntityTag> current = parse_entity_tag(validators.etag);
  if (!current || !validators.exists) return false;
  return std::any_of(fields.begin(), fields.end(), [&](const Field& field) {
    return field.known == name && list_holds(field.value, *current, equal);
  });
}

// The date of a field that is to be heeded. RFC 9110 13.1.3, 13.1.4: not where it is no single valid date.
std::optional<int64_t> date_of(const Fields& fields, FieldName name, int64_t now) {
  if (!fields.has(name) || fields.repeated(name)) return std::nullopt;
  return parse_http_date(fields.value(name), now);
}

}  // namespace

std::optional<EntityTag> parse_entity_tag(std::string_view text) {
  std::optional<EntityTag> tag = take_entity_tag(text);
  if (!text.empty()) return std::nullopt;
  return tag;
}

Outcome evaluate_preconditions(Method method, const Fields& fields, const Validators& validators, int64_t now) {
  if (method == Method::connect || method == Method::options || method == Method::trace) return Outcome::proceed;
  bool reads = method == Method::get || method == Method::head;
  std::optional<int64_t> modified = validators.exists ? validators.last_modified : std::nullopt;

  if (fields.has(FieldName::if_match)) {
    if (!names_current(fields, FieldName::if_match, validators, strongly_equal)) return Outcome::precondition_failed;
  } else if (modified) {
    std::optional<int64_t> date = date_of(fields, FieldName::if_unmodified_since, now);
    if (date && *modified > *date) return Outcome::precondition_failed;
  }

  if (fields.has(FieldName::if_none_match)) {
    if (!names_current(fields, FieldName::if_none_match, validators, weakly_equal)) return Outcome::proceed;
    return reads ? Outcome::not_modified : Outcome::precondition_failed;
  }
  if (reads && modified) {
    std::optional<int64_t> date = date_of(fields, FieldName::if_modified_since, now);
    if (date && *modified <= *date) return Outcome::not_modified;
  }
  return Outcome::proceed;
}

bool if_range_holds(std::string_view value, const Validators& validators) {
  std::optional<EntityTag> tag = parse_entity_tag(value);
  std::optional<EntityTag> current = parse_entity_tag(validators.etag);
  return validators.exists && tag && current && strongly_equal(*tag, *current);
}

}  // namespace webserv::detail
