#include "app/routes/program_keys.h"

#include <gtest/gtest.h>

namespace webserv::app {
namespace {

TEST(ProgramKeys, extensions_begin_with_their_only_dot) {
  for (std::string_view extension : {".php", ".p", ".7z", ".a-b", ".ü"}) EXPECT_FALSE(fault_of_extension(extension));
  for (std::string_view extension : {"", ".", "..", "php", "*.php", ".tar.gz", "a.php", "./php", ".p/", ".p\n"}) {
    EXPECT_TRUE(fault_of_extension(extension)) << extension;
  }
}

TEST(ProgramKeys, interpreters_are_absolute_paths_or_nothing) {
  for (std::string_view path : {"", "/usr/bin/php-cgi", "/a b"}) EXPECT_FALSE(fault_of_interpreter(path)) << path;
  for (std::string_view path : {"php-cgi", "./php", "bin/php", "~/php", "/usr/bin/", "/"}) {
    EXPECT_TRUE(fault_of_interpreter(path)) << path;
  }
  EXPECT_TRUE(fault_of_interpreter({"/a\0b", 4}));
}

TEST(ProgramKeys, variables_have_names_that_shells_take) {
  for (std::string_view name : {"A", "_", "a_1", "GIT_PROJECT_ROOT"})
    EXPECT_FALSE(fault_of_variable_name(name)) << name;
  for (std::string_view name : {"", "1A", "A=B", "A B", "A-B", "Ä", "A.B"}) {
    EXPECT_TRUE(fault_of_variable_name(name)) << name;
  }
  EXPECT_FALSE(fault_of_variable_value("a\nb = ü"));
  EXPECT_TRUE(fault_of_variable_value({"a\0b", 3}));
}

}  // namespace
}  // namespace webserv::app
