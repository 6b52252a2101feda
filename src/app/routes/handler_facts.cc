#include "app/routes/handler_facts.h"

#include <utility>

namespace webserv::app {

void FactsBuilder::set_handler(std::string_view key, std::string_view inner, std::string value) {
  std::string name(key);
  if (!inner.empty()) name.append(".").append(inner);
  facts_.handler = {std::move(name), std::move(value), line_of(key)};
}

void FactsBuilder::add_option(std::string_view key, std::string value) {
  if (line_of(key) != 0) add_part(key, std::string(key), std::move(value));
}

void FactsBuilder::add_part(std::string_view key, std::string name, std::string value) {
  facts_.options.push_back({std::move(name), std::move(value), line_of(key)});
}

void FactsBuilder::add_limit(std::string_view table, std::string_view key, std::string value) {
  if (facts_.limits.empty() || facts_.limits.back().table != table) facts_.limits.push_back({std::string(table), {}});
  facts_.limits.back().limits.push_back({std::string(key), std::move(value), line_of(table)});
}

void FactsBuilder::add_field(std::string_view name, std::string_view key) {
  facts_.fields.push_back({std::string(name), {}, line_of(key)});
}

}  // namespace webserv::app
