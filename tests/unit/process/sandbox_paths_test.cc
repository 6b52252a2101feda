#include "webserv/process/sandbox_paths.h"

#include <gtest/gtest.h>

#include "support/temporary_folder.h"

namespace webserv::detail {
namespace {

TEST(ReachableSearchPath, has_folders_of_the_system) {
  EXPECT_EQ(reachable_search_path("/usr/local/bin:/usr/bin:/bin:/opt/x/bin:/nix/store/abc/bin", {}),
            "/usr/local/bin:/usr/bin:/bin:/opt/x/bin:/nix/store/abc/bin");
  EXPECT_EQ(reachable_search_path("", {}), "");
  EXPECT_EQ(reachable_search_path("::/bin:", {}), "/bin");
}

TEST(ReachableSearchPath, has_no_others) {
  EXPECT_EQ(reachable_search_path("/root/.pyenv/bin:/usr/bin:.:bin:/usrs/bin:/home/anna/bin", {}), "/usr/bin");
  EXPECT_EQ(reachable_search_path("/home/anna/bin", {}), "");
}

TEST(ReachableSearchPath, has_what_the_route_opens) {
  EXPECT_EQ(reachable_search_path("/home/anna/bin:/srv/more/bin:/bin", {"/srv/more"}), "/srv/more/bin:/bin");
}

TEST(ReachableSearchPath, has_links_into_the_system) {
  test::TemporaryFolder folder;
  folder.link("profile", "/usr/bin");
  folder.link("elsewhere", "/proc");
  EXPECT_EQ(reachable_search_path(folder / "elsewhere" + ":" + folder / "profile", {}), folder / "profile");
}

}  // namespace
}  // namespace webserv::detail
