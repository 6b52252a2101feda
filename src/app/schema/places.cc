#include "app/schema/places.h"

#include <variant>

#include "app/schema/section.h"

namespace webserv::app {

void Places::add(const Section& section) {
  for (const Entry& entry : section.entries) all_.emplace_back(entry.key->name, entry.key_region.begin);
  add_texts(section, {});
}

void Places::add_texts(const Section& section, std::string_view table) {
  for (const Entry& entry : section.entries) {
    std::vector<Region> regions;
    if (const auto* texts = std::get_if<std::vector<Text>>(&entry.value)) {
      for (const Text& text : *texts) regions.push_back(text.region);
    } else if (const auto* map = std::get_if<std::vector<std::pair<Text, Text>>>(&entry.value)) {
      for (const auto& [name, text] : *map) regions.push_back(text.region);
    } else if (entry.key->type == Type::table && std::holds_alternative<std::vector<Section>>(entry.value)) {
      add_texts(std::get<std::vector<Section>>(entry.value).front(), entry.key->name);
    }
    if (!regions.empty()) texts_.push_back({table, entry.key->name, std::move(regions)});
  }
}

}  // namespace webserv::app
