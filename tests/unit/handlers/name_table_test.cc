#include "webserv/handlers/name_table.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace webserv::detail {
namespace {

// Names of all lengths around the sizes of words, each with its neighbours that differ in one byte.
std::vector<std::string> names() {
  std::vector<std::string> all;
  for (size_t length = 0; length <= 40; ++length) {
    std::string name(length, 'a');
    all.push_back(name);
    for (size_t i = 0; i < length; ++i) {
      name[i] = 'b';
      all.push_back(name);
      name[i] = 'a';
    }
  }
  return all;
}

TEST(NameTable, finds_each_name_in_its_space_alone) {
  NameTable table;
  std::vector<std::string> all = names();
  for (uint32_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(table.find(1, all[i]), NameTable::none) << all[i];
    EXPECT_TRUE(table.insert(1, all[i], i)) << all[i];
  }
  for (uint32_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(table.find(1, all[i]), i) << all[i];
    EXPECT_EQ(table.find(2, all[i]), NameTable::none) << all[i];
    EXPECT_EQ(table.find(1, all[i] + "c"), NameTable::none) << all[i];
  }
}

TEST(NameTable, keeps_the_first_number_of_a_name) {
  NameTable table;
  EXPECT_TRUE(table.insert(1, "name", 7));
  EXPECT_FALSE(table.insert(1, "name", 8));
  EXPECT_TRUE(table.insert(2, "name", 9));
  EXPECT_EQ(table.find(1, "name"), 7u);
  EXPECT_EQ(table.find(2, "name"), 9u);
}

}  // namespace
}  // namespace webserv::detail
