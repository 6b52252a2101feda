#include "webserv/http/fields.h"

#include <utility>

#include "webserv/base/text.h"
#include "webserv/http/characters.h"

namespace webserv {

// By length first, so that at most three names are compared.
FieldName field_name(std::string_view name) {
  struct Known {
    std::string_view text;
    FieldName name;
  };
  auto among = [name](std::initializer_list<Known> candidates) {
    for (const Known& known : candidates) {
      if (equals_ignoring_case(known.text, name)) return known.name;
    }
    return FieldName::other;
  };
  using enum FieldName;
  switch (name.size()) {
    case 2: return among({{"te", te}});
    case 4: return among({{"host", host}});
    case 5: return among({{"range", range}});
    case 6: return among({{"accept", accept}, {"cookie", cookie}, {"expect", expect}});
    case 7: return among({{"referer", referer}, {"upgrade", upgrade}, {"trailer", trailer}});
    case 8: return among({{"if-match", if_match}, {"if-range", if_range}});
    case 10: return among({{"connection", connection}, {"user-agent", user_agent}});
    case 12: return among({{"content-type", content_type}});
    case 13: return among({{"authorization", authorization}, {"if-none-match", if_none_match}});
    case 14: return among({{"content-length", content_length}});
    case 15: return among({{"accept-encoding", accept_encoding}});
    case 17: return among({{"if-modified-since", if_modified_since}, {"transfer-encoding", transfer_encoding}});
    case 19: return among({{"if-unmodified-since", if_unmodified_since}});
    default: return other;
  }
}

bool is_token(std::string_view name) {
  for (char c : name) {
    if (!is_token_character(c)) return false;
  }
  return !name.empty();
}

bool is_field_value(std::string_view value) {
  const char* end = value.data() + value.size();
  return find_end_of_value(value.data(), end) == end;
}

std::string_view Fields::value(std::string_view name) const {
  for (const Field& field : all_) {
    if (equals_ignoring_case(field.name, name)) return field.value;
  }
  return {};
}

std::string Fields::joined(FieldName name) const {
  std::string all;
  bool first = true;
  for (const Field& field : all_) {
    if (field.known != name) continue;
    if (!std::exchange(first, false)) all += ", ";
    all += field.value;
  }
  return all;
}

}  // namespace webserv
