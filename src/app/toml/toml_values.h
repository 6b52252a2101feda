// From TOML values to those of sections, by the type that the schema gives to the key.
#pragma once

#include <toml++/toml.h>

#include "app/schema/section.h"
#include "app/text/diagnostic.h"
#include "app/toml/toml_repair.h"

namespace webserv::app {

inline SourcePlace place_of(const toml::source_position& position) { return {position.line, position.column}; }
inline Region region_of(const toml::source_region& source) { return {place_of(source.begin), place_of(source.end)}; }

// What reads values needs to know of the text.
struct ValueContext {
  const Repairs& repairs;
  Findings& findings;

  bool is_broken(Region region) const { return repairs.broken.contains(region.begin); }
};

// The value of `key`; std::monostate where it is refused, or could not be read and was refused before. Of a key whose
// type is a table of keys the value is always refused.
Value read_value(const Key& key, const toml::node& node, const ValueContext& context);

}  // namespace webserv::app
