#include "app/schema/schema.h"

#include <algorithm>
#include <array>

#include "app/schema/handler_keys.h"
#include "app/schema/route_keys.h"
#include "app/schema/server_keys.h"

namespace webserv::app {
namespace {

template <size_t... Sizes>
constexpr auto joined(const std::array<Key, Sizes>&... parts) {
  std::array<Key, (Sizes + ...)> all{};
  auto end = all.begin();
  ((end = std::ranges::copy(parts, end).out), ...);
  return all;
}

constexpr auto all_keys = joined(keys::of_server, keys::of_routes, keys::of_handlers);

}  // namespace

std::span<const Key> schema() { return all_keys; }

const Key* find_key(Table table, std::string_view name) {
  for (const Key& key : all_keys) {
    if (key.name == name && key.stands_in.contains(table)) return &key;
  }
  return nullptr;
}

}  // namespace webserv::app
