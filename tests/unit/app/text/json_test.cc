#include "app/text/json.h"

#include <gtest/gtest.h>

namespace webserv::app {
namespace {

TEST(Json, is_indented_in_the_order_of_the_calls) {
  JsonWriter json;
  json.object([&] {
    json.member("text", "a \"b\"\n");
    json.member("number", uint64_t{18'446'744'073'709'551'615u});
    json.array("list", [&] {
      json.value(true);
      json.literal("0.5");
      json.object([&] { json.member("inside", false); });
    });
    json.object("empty", [] {});
    json.array("none", [] {});
  });
  EXPECT_EQ(std::move(json).take(), R"({
  "text": "a \"b\"\u000a",
  "number": 18446744073709551615,
  "list": [
    true,
    0.5,
    {
      "inside": false
    }
  ],
  "empty": {},
  "none": []
}
)");
}

TEST(Json, is_utf8_whatever_the_bytes_are) {
  JsonWriter json;
  json.value("a\xFF\x1F");
  EXPECT_EQ(std::move(json).take(), "\"a\xEF\xBF\xBD\\u001f\"\n");
}

TEST(Json, alone_is_a_value) {
  JsonWriter json;
  json.array([] {});
  EXPECT_EQ(std::move(json).take(), "[]\n");
}

}  // namespace
}  // namespace webserv::app
