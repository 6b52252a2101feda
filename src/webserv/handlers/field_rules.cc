#include "webserv/handlers/field_rules.h"

#include <algorithm>

#include "webserv/base/text.h"

namespace webserv {

using namespace detail;

FieldRules merge(const FieldRules& wider, const FieldRules& narrower) {
  FieldRules merged;
  for (const FieldRule& rule : wider) {
    auto same_name = [&](const FieldRule& other) { return equals_ignoring_case(rule.name, other.name); };
    if (std::ranges::none_of(narrower, same_name)) merged.push_back(rule);
  }
  merged.insert(merged.end(), narrower.begin(), narrower.end());
  return merged;
}

void apply(const FieldRules& rules, ResponseFields& fields) {
  for (const FieldRule& rule : rules) {
    if (rule.value.empty()) {
      fields.remove(rule.name);
    } else if (equals_ignoring_case(rule.name, "Vary")) {
      // A cache that is not told of all that an answer depends on gives one client what was meant for another.
      fields.join(rule.name, rule.value);
    } else {
      fields.set(rule.name, rule.value);
    }
  }
}

}  // namespace webserv
