#include "app/config/config_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "app/routes/files_route.h"
#include "unit/app/routes/route_of.h"

namespace webserv::app {

using namespace detail;

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A folder that is there as long as the test.
class ConfigSource : public ::testing::Test {
 protected:
  ConfigSource() {
    std::string name = (std::filesystem::temp_directory_path() / "webserv-config-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~ConfigSource() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, std::string_view text) {
    const std::filesystem::path path = folder_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
    return path.string();
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

 private:
  std::filesystem::path folder_;
};

TEST_F(ConfigSource, finds_the_first_file_of_the_folders_and_then_that_of_the_machine) {
  const std::string a = write("a/webserv.toml", "");
  const std::string b = write("b/webserv.toml", "");
  const std::string machine = write("etc.toml", "");
  const std::string both = path("a") + ":" + path("b");
  const std::string none = path("missing") + "::" + path("etc.toml") + ":";
  const std::string second = path("missing") + ":" + path("b");
  EXPECT_EQ(find_config(both.c_str(), machine.c_str()), a);
  EXPECT_EQ(find_config(second.c_str(), machine.c_str()), b);
  EXPECT_EQ(find_config(none.c_str(), machine.c_str()), machine);
  EXPECT_EQ(find_config("", machine.c_str()), machine);
  EXPECT_EQ(find_config(nullptr, machine.c_str()), machine);
  EXPECT_EQ(find_config(nullptr, path("missing.toml").c_str()), std::nullopt);
}

TEST_F(ConfigSource, paths_start_at_the_folder_of_the_file) {
  const std::string file = write("conf/site.toml", "[vhost.\"*\"]\nroot = \"../www\"\n");
  const auto config = load_config(file);
  ASSERT_TRUE(config);
  EXPECT_EQ(config->file, file);
  EXPECT_EQ(handler_of<FilesRoute>(config->vhosts[0].routes[0]).options().root, path("www"));
}

TEST_F(ConfigSource, a_relative_file_starts_at_the_working_directory) {
  const std::string file = write("conf/site.toml", "[vhost.\"*\"]\nroot = \"www\"\n");
  const std::string relative = std::filesystem::relative(file).string();
  const auto config = load_config(relative);
  ASSERT_TRUE(config);
  EXPECT_EQ(config->file, relative);
  EXPECT_EQ(handler_of<FilesRoute>(config->vhosts[0].routes[0]).options().root, path("conf/www"));
}

TEST_F(ConfigSource, paths_start_at_the_folder_of_a_link_to_the_file) {
  write("store/site.toml", "[vhost.\"*\"]\nroot = \"www\"\n");
  std::filesystem::create_directories(path("etc"));
  std::filesystem::create_symlink(path("store/site.toml"), path("etc/site.toml"));
  const auto config = load_config(path("etc/site.toml"));
  ASSERT_TRUE(config);
  EXPECT_EQ(handler_of<FilesRoute>(config->vhosts[0].routes[0]).options().root, path("etc/www"));
}

TEST_F(ConfigSource, tells_why_a_file_cannot_be_read) {
  const auto missing = load_config(path("missing.toml"));
  ASSERT_FALSE(missing);
  ASSERT_EQ(missing.error().size(), 1u);
  EXPECT_EQ(to_string(missing.error()[0]), path("missing.toml") +
                                               ": error: the configuration cannot be read: No such file or directory; "
                                               "name another one with --config FILE");
  const auto folder = load_config(path(""));
  ASSERT_FALSE(folder);
  EXPECT_THAT(folder.error()[0].message, HasSubstr("Is a directory"));
}

TEST_F(ConfigSource, does_not_read_a_file_without_end) {
  const auto config = load_config("/dev/zero");
  ASSERT_FALSE(config);
  EXPECT_THAT(to_string(config.error()[0]), HasSubstr("more than the 4M that are allowed"));
}

TEST_F(ConfigSource, errors_name_the_file_as_the_user_did) {
  const std::string file = write("a.toml", "[vhost.\"*\"]\nrot = 1\n");
  const auto config = load_config(file);
  ASSERT_FALSE(config);
  EXPECT_THAT(to_string(config.error()[0]), HasSubstr(file + ":2:1: error: unknown key `rot`"));
}

TEST(DirectoryConfig, serves_the_folder_with_listing_under_every_name) {
  const Config config = directory_config("some/./folder/");
  ASSERT_EQ(config.listeners.size(), 1u);
  EXPECT_EQ(config.listeners[0].name, "http");
  EXPECT_THAT(config.listeners[0].addresses, ElementsAre("127.0.0.1:8080"));
  ASSERT_EQ(config.vhosts.size(), 1u);
  EXPECT_EQ(config.vhosts[0].name, "*");
  ASSERT_EQ(config.vhosts[0].routes.size(), 1u);
  EXPECT_EQ(config.vhosts[0].routes[0].path, "/");
  const StaticFilesOptions& files = handler_of<FilesRoute>(config.vhosts[0].routes[0]).options();
  EXPECT_EQ(files.root, (std::filesystem::current_path() / "some/folder").string());
  EXPECT_TRUE(files.listing);
  EXPECT_FALSE(files.hidden_files);
}

TEST(DefaultConfig, has_a_listener_and_no_host) {
  const Config config = default_config();
  ASSERT_EQ(config.listeners.size(), 1u);
  EXPECT_THAT(config.vhosts, IsEmpty());
}

TEST(Examples, are_right) {
  const std::filesystem::path source = WEBSERV_SOURCE_DIR;
  int count = 0;
  for (const auto& folder : {source / "conf", source / "examples"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (entry.path().extension() != ".toml") continue;
      ++count;
      const auto config = load_config(entry.path().string());
      if (!config) {
        for (const Diagnostic& diagnostic : config.error()) ADD_FAILURE() << to_string(diagnostic);
      }
    }
  }
  EXPECT_GE(count, 8);
}

}  // namespace
}  // namespace webserv::app
