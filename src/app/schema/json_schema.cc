#include "app/schema/json_schema.h"

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "app/schema/schema.h"
#include "app/text/json.h"
#include "app/text/values.h"

namespace webserv::app {
namespace {

std::string_view name_of(Type type) {
  switch (type) {
    case Type::boolean: return "boolean";
    case Type::integer: return "integer";
    case Type::size: return "size";
    case Type::duration: return "duration";
    case Type::text: return "text";
    case Type::choice: return "choice";
    case Type::path: return "path";
    case Type::texts: return "texts";
    case Type::paths: return "paths";
    case Type::map: return "map";
    case Type::table: return "table";
    case Type::tables: return "tables";
  }
  return "";
}

bool is_number(Type type) { return type == Type::integer || type == Type::size || type == Type::duration; }

// In a host and in a route the limits are those of what is around it.
bool has_default(const Key& key, Table table) {
  if (key.fallback.empty()) return false;
  return key.role != Role::of_host || (table != Table::vhost && table != Table::route);
}

using Keys = std::vector<const Key*>;

Keys keys_of(Table table) {
  Keys keys;
  for (const Key& key : schema()) {
    if (key.served && key.stands_in.contains(table)) keys.push_back(&key);
  }
  return keys;
}

// Names of those of the keys that have the role.
std::vector<std::string_view> names_of(const Keys& keys, Role role) {
  std::vector<std::string_view> names;
  for (const Key* key : keys) {
    if (key->role == role) names.push_back(key->name);
  }
  return names;
}

class SchemaWriter {
 public:
  std::string write() && {
    json_.object([&] {
      json_.member("$schema", "https://json-schema.org/draft/2020-12/schema");
      json_.member("title", "webserv.toml");
      json_.member("description", "The configuration of webserv " WEBSERV_VERSION ".");
      write_table(Table::file);
    });
    return std::move(json_).take();
  }

 private:
  // This and what follows write members of an object that is open.

  void write_table(Table table) {
    const Keys keys = keys_of(table);
    json_.member("type", "object");
    json_.object("properties", [&] {
      for (const Key* key : keys) write_key(*key, table);
    });
    json_.member("additionalProperties", false);
    std::vector<std::string_view> required;
    for (const Key* key : keys) {
      if (key->required) required.push_back(key->name);
    }
    if (!required.empty()) write_texts("required", required);
    if (table == Table::vhost) write_host_rules(keys);
    if (table == Table::route) write_route_rules(keys);
  }

  // A host has one handler for its route "/", or none and other routes.
  void write_host_rules(const Keys& keys) {
    const auto handlers = names_of(keys, Role::handler);
    json_.array("oneOf", [&] {
      write_requirements(handlers);
      json_.object([&] {
        write_texts("required", std::array<std::string_view, 1>{"route"});
        json_.object("not", [&] { json_.array("anyOf", [&] { write_requirements(handlers); }); });
      });
    });
  }

  // A route has exactly one handler, and what means nothing beside it does not stand there. In a host that may stand
  // for a handler in its table of the route "/".
  void write_route_rules(const Keys& keys) {
    json_.array("oneOf", [&] { write_requirements(names_of(keys, Role::handler)); });
    json_.array("allOf", [&] {
      for (const Role role : all_roles) {
        const Companions companions = companions_of(role);
        if (companions.keys.empty()) continue;
        json_.object([&] {
          json_.object("if", [&] { json_.array("anyOf", [&] { write_requirements(names_of(keys, role)); }); });
          json_.object("then", [&] { json_.array("anyOf", [&] { write_requirements(companions.keys); }); });
        });
      }
    });
  }

  // Elements: a schema for each key, that it is there.
  void write_requirements(std::span<const std::string_view> names) {
    for (std::string_view name : names) {
      json_.object([&] { write_texts("required", std::array{name}); });
    }
  }

  void write_texts(std::string_view keyword, std::span<const std::string_view> texts) {
    json_.array(keyword, [&] {
      for (std::string_view text : texts) json_.value(text);
    });
  }

  void write_key(const Key& key, Table table) {
    json_.object(key.name, [&] {
      json_.member("description", key.text);
      // Numbers, truth values, texts and lists of texts are written in TOML as in JSON.
      if (has_default(key, table)) {
        json_.key("default");
        json_.literal(key.fallback);
      }
      json_.object("x-webserv", [&] { write_annotation(key); });
      write_value(key);
    });
  }

  void write_annotation(const Key& key) {
    json_.member("type", name_of(key.type));
    const Unit unit = unit_of(key.type);
    if (unit != Unit::none) json_.member("unit", unit == Unit::bytes ? "bytes" : "milliseconds");
    if (is_number(key.type) && key.choices.empty()) {
      json_.member("least", format_number(key.range.least, unit));
      json_.member("most", format_number(key.range.most, unit));
      if (key.range.unlimited) json_.member("unlimited", true);
    }
    if (!key.names.empty()) json_.member("names", key.names);
    if (key.role == Role::of_host) json_.member("role", "host");
    if (key.role == Role::handler) json_.member("role", "handler");
    const Companions companions = companions_of(key.role);
    if (!companions.keys.empty()) write_texts("beside", companions.keys);
  }

  void write_value(const Key& key) {
    switch (key.type) {
      case Type::boolean: return json_.member("type", "boolean");
      case Type::integer:
      case Type::size:
      case Type::duration: return write_number(key);
      case Type::text:
      case Type::choice:
      case Type::path: return write_text(key);
      case Type::texts:
      case Type::paths:
        return json_.array("anyOf", [&] {
          json_.object([&] { write_text(key); });
          json_.object([&] {
            json_.member("type", "array");
            json_.object("items", [&] { write_text(key); });
          });
        });
      case Type::map: return write_tables(key, [&] { write_text(key); });
      case Type::table:
        if (key.choices.empty()) return write_table(key.inner);
        return json_.array("anyOf", [&] {
          json_.object([&] { write_text(key); });
          json_.object([&] { write_table(key.inner); });
        });
      case Type::tables: return write_tables(key, [&] { write_table(key.inner); });
    }
  }

  // An object whose names are free; `write_each` describes what stands under them.
  template <class Write>
  void write_tables(const Key& key, Write write_each) {
    json_.member("type", "object");
    if (key.required) json_.member("minProperties", uint64_t{1});
    if (!key.name_pattern.empty()) {
      json_.object("propertyNames", [&] { json_.member("pattern", key.name_pattern); });
    }
    json_.object("additionalProperties", write_each);
  }

  void write_number(const Key& key) {
    if (!key.choices.empty()) {
      return json_.array("enum", [&] {
        for (std::string_view choice : key.choices) json_.literal(choice);
      });
    }
    if (key.type == Type::integer && !key.range.unlimited) return write_integer(key.range);
    json_.array("anyOf", [&] {
      if (key.type != Type::duration) json_.object([&] { write_integer(key.range); });
      if (key.type == Type::size) write_pattern("^[0-9]+[KMG]?$");
      if (key.type == Type::duration) write_pattern("^[0-9]+(ms|s|m|h|d)$");
      if (key.range.unlimited) write_pattern("^unlimited$");
    });
  }

  void write_integer(const Range& range) {
    json_.member("type", "integer");
    json_.member("minimum", range.least);
    json_.member("maximum", range.most);
  }

  // An element: a text that the pattern finds.
  void write_pattern(std::string_view pattern) {
    json_.object([&] {
      json_.member("type", "string");
      json_.member("pattern", pattern);
    });
  }

  // One text of the key.
  void write_text(const Key& key) {
    json_.member("type", "string");
    if (!key.pattern.empty()) json_.member("pattern", key.pattern);
    if (key.type == Type::path || key.type == Type::paths) json_.member("minLength", uint64_t{1});
    if (!key.choices.empty()) write_texts("enum", key.choices);
  }

  JsonWriter json_;
};

}  // namespace

std::string json_schema() { return SchemaWriter().write(); }

}  // namespace webserv::app
