// A key of the schema that nobody reads would pass every check and do nothing.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "app/config/config_builder.h"
#include "app/config/own_routes.h"
#include "app/schema/schema.h"
#include "app/toml/toml_sections.h"

namespace webserv::app {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Keys = std::vector<const Key*>;

Keys served_in(Table table) {
  Keys keys;
  for (const Key& key : schema()) {
    if (key.served && key.stands_in.contains(table)) keys.push_back(&key);
  }
  return keys;
}

std::string inline_table(Table table);

// A value of the right type. What it means may be wrong: that is told, but the key is read all the same.
std::string value_of(const Key& key) {
  const std::string choice(key.choices.empty() ? "a" : key.choices.front());
  switch (key.type) {
    case Type::boolean: return "true";
    case Type::integer: return key.choices.empty() ? fmt::format("{}", key.range.least) : choice;
    case Type::size:
    case Type::duration: return fmt::format("\"{}\"", format_number(key.range.least + 1, unit_of(key.type)));
    case Type::text:
    case Type::choice:
    case Type::path:
    case Type::texts:
    case Type::paths: return fmt::format("\"{}\"", choice);
    case Type::map: return "{ a = \"a\" }";
    case Type::table: return inline_table(key.inner);
    case Type::tables: break;  // written with headers, below
  }
  return "{}";
}

std::string inline_table(Table table) {
  std::string text;
  for (const Key* key : served_in(table)) {
    text += fmt::format("{}{} = {}", text.empty() ? "" : ", ", key->name, value_of(*key));
  }
  return fmt::format("{{ {} }}", text);
}

std::string lines(const Keys& keys) {
  std::string text;
  for (const Key* key : keys) {
    if (key->type != Type::tables) text += fmt::format("{} = {}\n", key->name, value_of(*key));
  }
  return text;
}

// The handler, and all that means something beside it, or beside what means something beside it.
Keys keys_with(const Key& handler) {
  Keys keys = {&handler};
  const auto is_there = [&](std::string_view name) {
    return std::ranges::any_of(keys, [&](const Key* each) { return each->name == name; });
  };
  for (size_t before = 0; before != keys.size();) {
    before = keys.size();
    for (const Key* key : served_in(Table::route)) {
      const Companions companions = companions_of(key->role);
      const bool has_meaning = companions.keys.empty() || std::ranges::any_of(companions.keys, is_there);
      if (key->role != Role::handler && has_meaning && !is_there(key->name)) keys.push_back(key);
    }
  }
  return keys;
}

// All keys of the schema in all tables that they may stand in; for each handler a host and a route.
std::string every_key() {
  std::string text;
  for (const Key* key : served_in(Table::file)) {
    if (key->type == Type::table) text += fmt::format("[{}]\n{}", key->name, lines(served_in(key->inner)));
  }
  text += fmt::format("[listener.a]\n{}", lines(served_in(Table::listener)));
  Keys of_host = served_in(Table::vhost);
  std::erase_if(of_host,
                [](const Key* key) { return key->role != Role::of_host || key->stands_in.contains(Table::route); });
  for (const Key* handler : served_in(Table::route)) {
    if (handler->role != Role::handler) continue;
    const std::string own = lines(keys_with(*handler));
    text += fmt::format("[vhost.{0}]\n{1}{2}[vhost.{0}.route.\"/x/\"]\n{2}", handler->name, lines(of_host), own);
  }
  return text;
}

void list_unread(const Section& section, const std::string& path, std::vector<std::string>& unread) {
  for (const Entry& entry : section.entries) {
    const std::string name = path + std::string(entry.key->name);
    EXPECT_FALSE(std::holds_alternative<std::monostate>(entry.value)) << name << " is refused by its type";
    if (!entry.asked) unread.push_back(name);
    if (const auto* inner = std::get_if<std::vector<Section>>(&entry.value)) {
      for (const Section& each : *inner) list_unread(each, fmt::format("{}.{}.", name, each.name), unread);
    }
  }
}

// The keys that nobody asked for while the configuration was built.
std::vector<std::string> unread_keys(Section file) {
  Findings findings("a.toml");
  move_own_routes(file, findings);
  build_config(file, "/", findings);
  std::vector<std::string> unread;
  list_unread(file, "", unread);
  return unread;
}

Section sections_of(std::string_view text) {
  Findings findings("a.toml");
  std::optional<Section> sections = read_sections(text, findings);
  for (const Diagnostic& each : std::move(findings).take()) ADD_FAILURE() << to_string(each) << '\n' << text;
  return sections.value_or(Section{});
}

void list_keys(const Section& section, std::set<const Key*>& keys) {
  for (const Entry& entry : section.entries) {
    keys.insert(entry.key);
    if (const auto* inner = std::get_if<std::vector<Section>>(&entry.value)) {
      for (const Section& each : *inner) list_keys(each, keys);
    }
  }
}

TEST(UnreadKeys, there_are_none) {
  const Section file = sections_of(every_key());
  std::set<const Key*> written;
  list_keys(file, written);
  for (const Key& key : schema()) EXPECT_EQ(key.served, written.contains(&key)) << key.name << " is not looked at";
  EXPECT_THAT(unread_keys(file), IsEmpty());
}

// The table of a key of the section.
Section& table_of(Section& section, std::string_view key) {
  const auto entry = std::ranges::find(section.entries, key, [](const Entry& each) { return each.key->name; });
  return std::get<std::vector<Section>>(entry->value).front();
}

TEST(UnreadKeys, are_seen_in_every_table) {
  static constexpr Key forgotten{.name = "forgotten", .type = Type::boolean, .stands_in = TableSet::all(), .text = "."};
  static constexpr Key of_host{
      .name = "of_host", .type = Type::boolean, .stands_in = TableSet::all(), .text = ".", .role = Role::of_host};
  Section file = sections_of("[limits]\n[vhost.a.route.\"/x\"]\nredirect = { to = \"/y\" }\n");
  const auto add = [](Section& section, const Key& key) { section.entries.push_back({&key, {}, {}, true}); };
  add(file, forgotten);
  add(table_of(file, "limits"), forgotten);
  Section& host = table_of(file, "vhost");
  add(host, of_host);
  Section& route = table_of(host, "route");
  add(route, forgotten);
  add(table_of(route, "redirect"), forgotten);
  EXPECT_THAT(unread_keys(file), ElementsAre("limits..forgotten", "vhost.a.route./x.redirect..forgotten",
                                             "vhost.a.route./x.forgotten", "vhost.a.of_host", "forgotten"));
}

}  // namespace
}  // namespace webserv::app
