// A table of the configuration after it was read by the schema: keys that are known, values of the right type and
// range, each with its place. What their texts mean is not looked at yet.
#pragma once

#include <cassert>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "app/schema/schema.h"
#include "app/text/place.h"

namespace webserv::app {

struct Text {
  std::string text;
  Region region;  // with its quotes
};

struct Section;

// By the type of its key: boolean; integer, size and duration; text, choice, path, texts and paths (the first three are
// one element); map; table and tables. std::monostate: what stood there was refused.
using Value = std::variant<std::monostate, bool, uint64_t, std::vector<Text>, std::vector<std::pair<Text, Text>>,
                           std::vector<Section>>;

struct Entry {
  const Key* key = nullptr;
  Region key_region;
  Region region;  // of the value
  Value value;
  mutable bool asked = false;  // somebody took the value, or would have if it had been right
};

struct Section {
  Table table = Table::file;
  Region region = {};                  // of its name, or of the key whose value it is
  std::string name = {};               // of a table by name: a.b of [vhost."a.b"]; else empty
  std::string path = {};               // vhost."a.b".route."/x"
  std::vector<const Key*> meant = {};  // keys that unknown ones seem to mean: they are not missing
  bool damaged = false;                // some of it could not be read, so that nothing is missing
  std::vector<Entry> entries = {};

  // Where the key stands, whatever its value is; null where it does not stand here. The name is one that the schema
  // knows.
  const Entry* find(std::string_view key) const {
    assert(find_key(table, key) != nullptr);
    for (const Entry& entry : entries) {
      if (entry.key->name == key) return &entry;
    }
    return nullptr;
  }

  // The value, which is noted as asked for; null where the key does not stand here, or was refused.
  template <class T>
  const T* get(std::string_view key) const {
    const Entry* entry = find(key);
    if (entry == nullptr) return nullptr;
    entry->asked = true;
    return std::get_if<T>(&entry->value);
  }

  // The one text of a key whose type is such, or null likewise.
  const Text* text(std::string_view key) const {
    const auto* texts = get<std::vector<Text>>(key);
    return texts == nullptr ? nullptr : &texts->front();
  }
};

}  // namespace webserv::app
