// What `webserv explain` says of a route's handler.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/schema/places.h"

namespace webserv::app {

// Something that holds, and the line of the configuration that says so; 0: none does, it is so by itself.
struct Fact {
  std::string name;
  std::string value;  // of a key: as TOML and JSON both write it
  uint32_t line = 0;
  bool operator==(const Fact&) const = default;
};

// A table of limits beside the handler, as `cgi_limits`.
struct LimitFacts {
  std::string table;
  std::vector<Fact> limits;
  bool operator==(const LimitFacts&) const = default;
};

struct HandlerFacts {
  Fact handler;                    // its key and what it is
  std::vector<Fact> options;       // keys that say how it answers
  std::vector<LimitFacts> limits;  // what it may use, also where that is left to the defaults
  std::vector<Fact> fields;        // names of fields of the answer that it sets because a key says so
  bool operator==(const HandlerFacts&) const = default;
};

// Puts together what a handler says of itself. Keys are those of the route, whose lines `places` knows.
class FactsBuilder {
 public:
  explicit FactsBuilder(const Places& places) : places_(places) {}

  // The handler's key, or the one in its table that says most: "root", "redirect.to".
  void set_handler(std::string_view key, std::string value) { set_handler(key, {}, std::move(value)); }
  void set_handler(std::string_view key, std::string_view inner, std::string value);
  // A key that says how the handler answers. What is left to its default is not worth a line.
  void add_option(std::string_view key, std::string value);
  // What is written within the value of a key, or a default of it that is worth a line.
  void add_part(std::string_view key, std::string name, std::string value);
  void add_limit(std::string_view table, std::string_view key, std::string value);
  // A field of the answer that the key sets.
  void add_field(std::string_view name, std::string_view key);

  HandlerFacts take() && { return std::move(facts_); }

 private:
  uint32_t line_of(std::string_view key) const { return places_.of(key).line; }

  const Places& places_;
  HandlerFacts facts_;
};

}  // namespace webserv::app
