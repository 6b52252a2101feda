// Where keys and their values stand in the file, once what they say has been read.
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "app/text/place.h"

namespace webserv::app {

// Where the keys of a table stand, and the texts of their values, by the names that they have in the configuration.
class Places {
 public:
  // `key` is a name of the schema, which lives as long as the program.
  void set(std::string_view key, SourcePlace place) { all_.emplace_back(key, place); }

  // The texts of its value in their order, of a map those behind the names. `table` is the key whose value is the table
  // that it stands in, as `cgi` is of `root`; empty: none is.
  void set_texts(std::string_view table, std::string_view key, std::vector<Region> texts) {
    texts_.push_back({table, key, std::move(texts)});
  }

  // Line 0 where the key was left out.
  SourcePlace of(std::string_view key) const {
    for (const auto& [name, place] : all_) {
      if (name == key) return place;
    }
    return {};
  }

  // Of one text. Line 0 where it does not stand there.
  Region of_text(std::string_view table, std::string_view key, size_t index = 0) const {
    for (const Texts& each : texts_) {
      if (each.table == table && each.key == key && index < each.regions.size()) return each.regions[index];
    }
    return {};
  }

 private:
  struct Texts {
    std::string_view table;
    std::string_view key;
    std::vector<Region> regions;
  };

  std::vector<std::pair<std::string_view, SourcePlace>> all_;
  std::vector<Texts> texts_;
};

}  // namespace webserv::app
