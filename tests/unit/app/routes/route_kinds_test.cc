#include "app/routes/route_kinds.h"

#include <gtest/gtest.h>

#include "app/schema/schema.h"

namespace webserv::app {
namespace {

TEST(RouteKinds, are_the_handlers_that_the_schema_serves) {
  for (const Key& key : schema()) {
    const bool is_handler = key.role == Role::handler && key.served && key.stands_in.contains(Table::route);
    EXPECT_EQ(is_handler, key.stands_in.contains(Table::route) && find_route_kind(key.name) != nullptr) << key.name;
  }
  for (const RouteKind& kind : route_kinds()) {
    const Key* key = find_key(Table::route, kind.key);
    ASSERT_NE(key, nullptr) << kind.key;
    EXPECT_EQ(key->role, Role::handler) << kind.key;
  }
}

}  // namespace
}  // namespace webserv::app
