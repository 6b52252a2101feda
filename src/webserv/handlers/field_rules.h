// Fields that the configuration adds to responses.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "webserv/server/response.h"

namespace webserv {

// What a response says under this name: `value`, instead of whatever the handler said; with an empty value nothing.
// Vary alone says both.
struct FieldRule {
  std::string name;
  std::string value;
  bool operator==(const FieldRule&) const = default;
};

// At most one rule for a name, compared without case.
using FieldRules = std::vector<FieldRule>;

// The rules of `wider`, but for names that `narrower` has a rule for: those of the narrower one follow.
FieldRules merge(const FieldRules& wider, const FieldRules& narrower);

void apply(const FieldRules& rules, ResponseFields& fields);

}  // namespace webserv
