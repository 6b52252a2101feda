#include "webserv/server/response.h"

#include <gtest/gtest.h>

namespace webserv::detail {
namespace {

TEST(ResponseFields, join_makes_one_list_of_several_lines_and_repeats_nothing) {
  ResponseFields fields;
  fields.join("Vary", "Accept");
  EXPECT_EQ(fields.lines(), "Vary: Accept\r\n");
  fields.add("ETag", "\"1\"");
  fields.add("vary", "Cookie,, Origin");
  fields.join("Vary", "origin, Accept-Encoding, accept");
  EXPECT_EQ(fields.lines(), "ETag: \"1\"\r\nVary: Accept, Cookie, Origin, Accept-Encoding\r\n");
}

}  // namespace
}  // namespace webserv::detail
