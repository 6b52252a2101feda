#include "webserv/http/method.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace webserv::detail {
namespace {

TEST(Method, knows_its_names_and_no_others) {
  struct Row {
    std::string_view name;
    Method method;
  };
  const Row rows[] = {
      {"GET", Method::get},         {"HEAD", Method::head},   {"POST", Method::post},
      {"PUT", Method::put},         {"PATCH", Method::patch}, {"DELETE", Method::delete_},
      {"OPTIONS", Method::options}, {"TRACE", Method::trace}, {"CONNECT", Method::connect},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(parse_method(row.name), row.method);
    EXPECT_EQ(name_of(row.method), row.name);
  }
  for (std::string_view name : {"", "get", "Get", "GE", "GETT", "GET ", "PROPFIND", "PRI", "unknown"}) {
    EXPECT_EQ(parse_method(name), Method::unknown) << name;
  }
  EXPECT_EQ(name_of(Method::unknown), "");
}

TEST(MethodSet, holds_what_was_inserted) {
  constexpr MethodSet none;
  EXPECT_TRUE(none.empty());
  EXPECT_FALSE(none.contains(Method::get));
  MethodSet set{Method::get, Method::connect};
  set.insert(Method::get);
  EXPECT_TRUE(set.contains(Method::get) && set.contains(Method::connect));
  EXPECT_FALSE(set.contains(Method::head) || set.contains(Method::unknown) || set.empty());
  EXPECT_EQ(set, (MethodSet{Method::connect, Method::get}));
}

TEST(MethodSet, is_written_in_one_order) {
  EXPECT_EQ(allow_value({}), "");
  EXPECT_EQ(allow_value({Method::options}), "OPTIONS");
  EXPECT_EQ(allow_value({Method::options, Method::head, Method::get}), "GET, HEAD, OPTIONS");
  EXPECT_EQ(allow_value({Method::unknown, Method::delete_}), "DELETE");
}

}  // namespace
}  // namespace webserv::detail
