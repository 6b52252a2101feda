#include "webserv/http/fields.h"

#include <utility>

#include "webserv/base/text.h"
#include "webserv/http/known_names.h"
#include "webserv/http/scan.h"

namespace webserv {

using namespace detail;

FieldName field_name(std::string_view name) { return is_token(name) ? known_names::find(name) : FieldName::other; }

bool is_token(std::string_view name) { return !name.empty() && scan::all<scan::Token>(name); }

bool is_field_value(std::string_view value) { return scan::all<scan::FieldValue>(value); }

std::string_view Fields::value(std::string_view name) const {
  for (const Field& field : all_) {
    if (equals_ignoring_case(field.name, name)) return field.value;
  }
  return {};
}

std::string Fields::joined(FieldName name) const {
  std::string joined(value(name));
  bool first = true;
  for (const Field& field : all_) {
    if (field.known != name || std::exchange(first, false)) continue;
    joined.append(", ").append(field.value);
  }
  return joined;
}

}  // namespace webserv
