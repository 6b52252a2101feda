#include "webserv/server/notes.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace webserv::detail {
namespace {

struct User {
  std::string name;
};
struct Trail {
  std::unique_ptr<int> id;
};

TEST(Notes, one_handler_attaches_and_another_finds) {
  Notes notes;
  EXPECT_EQ(notes.find<User>(), nullptr);
  notes.set(User{"anna"});
  notes.set(Trail{std::make_unique<int>(7)});
  ASSERT_NE(notes.find<User>(), nullptr);
  EXPECT_EQ(notes.find<User>()->name, "anna");
  EXPECT_EQ(*notes.find<Trail>()->id, 7);
}

TEST(Notes, there_is_one_of_each_type) {
  Notes notes;
  User& first = notes.set(User{"anna"});
  notes.set(User{"bert"});
  EXPECT_EQ(first.name, "bert");
  notes.get<User>().name += "a";
  EXPECT_EQ(notes.find<User>()->name, "berta");
}

TEST(Notes, one_that_is_not_there_is_made_of_its_default) {
  Notes notes;
  notes.get<User>().name = "new";
  EXPECT_EQ(notes.find<User>()->name, "new");
}

TEST(Notes, are_gone_when_they_are_cleared) {
  Notes notes;
  notes.set(User{"anna"});
  notes.clear();
  EXPECT_EQ(notes.find<User>(), nullptr);
}

}  // namespace
}  // namespace webserv::detail
