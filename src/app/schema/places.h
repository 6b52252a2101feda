// Where keys and their values stand in the file, once what they say has been read.
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "app/text/place.h"

namespace webserv::app {

struct Section;

// Where the keys of a table stand, and the texts of their values, by the names that they have in the configuration.
class Places {
 public:
  Places() = default;
  explicit Places(const Section& section) { add(section); }

  // Those of a section, and of the tables that are values in it.
  void add(const Section& section);

  // Line 0 where the key was left out.
  SourcePlace of(std::string_view key) const {
    for (const auto& [name, place] : all_) {
      if (name == key) return place;
    }
    return {};
  }

  // Of one text of a key's value, in the order of the file; of a map of those behind the names. `table` is the key
  // whose value is the table that the key stands in, as `cgi` is of `root`; empty: none is. Line 0 where it does not
  // stand there.
  Region of_text(std::string_view table, std::string_view key, size_t index = 0) const {
    for (const Texts& each : texts_) {
      if (each.table == table && each.key == key && index < each.regions.size()) return each.regions[index];
    }
    return {};
  }

 private:
  // Their names are those of the schema, which live as long as the program.
  struct Texts {
    std::string_view table;
    std::string_view key;
    std::vector<Region> regions;
  };

  void add_texts(const Section& section, std::string_view table);

  std::vector<std::pair<std::string_view, SourcePlace>> all_;
  std::vector<Texts> texts_;
};

}  // namespace webserv::app
