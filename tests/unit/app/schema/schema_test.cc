#include "app/schema/schema.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "app/config/config_reader.h"
#include "app/routes/cgi_route.h"
#include "app/routes/files_route.h"
#include "app/routes/redirect_route.h"
#include "app/routes/respond_route.h"
#include "unit/app/routes/route_of.h"

namespace webserv::app {
namespace {

std::vector<Table> tables_of(const Key& key) {
  std::vector<Table> tables;
  std::ranges::copy_if(all_tables, std::back_inserter(tables),
                       [&](Table table) { return key.stands_in.contains(table); });
  return tables;
}

TEST(Schema, a_name_stands_once_in_a_table) {
  for (const Key& key : schema()) {
    EXPECT_FALSE(tables_of(key).empty()) << key.name;
    for (Table table : tables_of(key))
      EXPECT_EQ(find_key(table, key.name), &key) << key.name << " in " << header_of(table);
  }
  EXPECT_EQ(find_key(Table::file, "workers"), nullptr);
  EXPECT_EQ(find_key(Table::server, ""), nullptr);
}

TEST(Schema, every_key_is_described) {
  for (const Key& key : schema()) {
    SCOPED_TRACE(key.name);
    EXPECT_TRUE(key.text.ends_with('.'));
    EXPECT_EQ(key.text.find('\n'), std::string_view::npos);
    EXPECT_LE(key.range.least, key.range.most);
    EXPECT_TRUE(key.type != Type::choice || !key.choices.empty());
    EXPECT_EQ(key.type == Type::tables || key.type == Type::map, !key.names.empty());
    EXPECT_EQ(key.type == Type::table || key.type == Type::tables, key.inner != Table::file);
  }
}

TEST(Schema, what_stands_in_a_host_and_in_a_route_is_the_same_key) {
  for (const Key& key : schema()) {
    if (key.role == Role::of_host || !key.stands_in.contains(Table::vhost)) continue;
    EXPECT_TRUE(key.stands_in.contains(Table::route)) << key.name;
  }
}

// What holds without a key stands in the schema, for people, and in the values: both must say the same.
TEST(Schema, written_defaults_change_nothing) {
  const auto with = [](Table table, std::string text, std::initializer_list<Role> roles) {
    for (const Key& key : schema()) {
      if (key.fallback.empty() || !key.stands_in.contains(table) || !std::ranges::count(roles, key.role)) continue;
      text += fmt::format("{} = {}\n", key.name, key.fallback);
    }
    return text;
  };
  const std::initializer_list<Role> all = {Role::any, Role::of_host};
  // The limits of a host and of a route are those of the server.
  const std::initializer_list<Role> of_files = {Role::any, Role::of_static, Role::of_folder};
  const std::string plain =
      "[vhost.a.route.\"/\"]\nroot = \"x\"\n"
      "[vhost.a.route.\"/c/\"]\ncgi.root = \"c\"\n"
      "[vhost.a.route.\"/r\".redirect]\nto = \"/y\"\n"
      "[vhost.a.route.\"/s\".respond]\n";
  const std::string written =
      with(Table::server, "[server]\n", all) + with(Table::limits, "[limits]\n", all) +
      with(Table::timeouts, "[timeouts]\n", all) + with(Table::log, "[log]\n", all) +
      with(Table::route, "[vhost.a.route.\"/\"]\nroot = \"x\"\n", of_files) +
      with(Table::route, "[vhost.a.route.\"/c/\"]\ncgi.root = \"c\"\n", {Role::of_folder, Role::of_cgi}) +
      with(Table::cgi_limits, "[vhost.a.route.\"/c/\".cgi_limits]\n", all) +
      with(Table::redirect, "[vhost.a.route.\"/r\".redirect]\nto = \"/y\"\n", all) +
      with(Table::respond, "[vhost.a.route.\"/s\".respond]\n", all);
  const auto a = read_config(plain, "a.toml", "/");
  const auto b = read_config(written, "b.toml", "/");
  ASSERT_TRUE(a);
  ASSERT_TRUE(b) << to_string(b.error().front()) << '\n' << written;
  EXPECT_EQ(a->server.workers, b->server.workers);
  EXPECT_EQ(a->log.level, b->log.level);
  EXPECT_EQ(a->log.access, b->log.access);
  EXPECT_EQ(a->limits.head.head_size, b->limits.head.head_size);
  EXPECT_EQ(a->limits.head.fields, b->limits.head.fields);
  EXPECT_EQ(a->limits.route.body_size, b->limits.route.body_size);
  EXPECT_EQ(a->limits.route.body, b->limits.route.body);
  EXPECT_EQ(a->limits.route.write, b->limits.route.write);
  EXPECT_EQ(a->limits.connections, b->limits.connections);
  EXPECT_EQ(a->limits.connections_per_client, b->limits.connections_per_client);
  EXPECT_EQ(a->limits.requests_per_connection, b->limits.requests_per_connection);
  EXPECT_EQ(a->limits.idle, b->limits.idle);
  EXPECT_EQ(a->limits.head_time, b->limits.head_time);
  EXPECT_EQ(a->limits.drain, b->limits.drain);
  const std::vector<RouteConfig>& left = a->vhosts[0].routes;
  const std::vector<RouteConfig>& right = b->vhosts[0].routes;
  ASSERT_EQ(left.size(), 4u);
  EXPECT_EQ(handler_of<FilesRoute>(left[0]).options(), handler_of<FilesRoute>(right[0]).options());
  EXPECT_EQ(handler_of<CgiRoute>(left[1]).options(), handler_of<CgiRoute>(right[1]).options());
  EXPECT_EQ(handler_of<RedirectRoute>(left[2]).status(), handler_of<RedirectRoute>(right[2]).status());
  EXPECT_EQ(handler_of<RespondRoute>(left[3]).status(), handler_of<RespondRoute>(right[3]).status());
  EXPECT_EQ(handler_of<RespondRoute>(left[3]).text(), handler_of<RespondRoute>(right[3]).text());
  EXPECT_EQ(handler_of<RespondRoute>(left[3]).type(), handler_of<RespondRoute>(right[3]).type());
}

}  // namespace
}  // namespace webserv::app
