#include "webserv/process/run_folders.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "support/temporary_folder.h"

namespace webserv::detail {
namespace {

namespace fs = std::filesystem;
using test::TemporaryFolder;

TEST(RunFoldersTest, makes_folders_for_their_owner_alone_and_takes_them_away) {
  TemporaryFolder where;
  std::string one_path;
  {
    RunFolders folders(where.path());
    EXPECT_TRUE(fs::is_empty(where.path())) << "nothing before a run needs it";
    Result<RunFolder> one = folders.make();
    Result<RunFolder> other = folders.make();
    ASSERT_TRUE(one && other);
    one_path = one->path();
    EXPECT_NE(one->path(), other->path());
    for (const fs::path& folder : {fs::path(one->path()), fs::path(one->path()).parent_path()}) {
      struct stat status {};
      ASSERT_EQ(::stat(folder.c_str(), &status), 0);
      EXPECT_EQ(status.st_mode & 07777, 0700U) << folder;
    }
    EXPECT_TRUE(one->is_empty());
    std::ofstream(one->path() + "/file") << "left";
    EXPECT_FALSE(one->is_empty());
  }
  EXPECT_FALSE(fs::exists(one_path));
  EXPECT_TRUE(fs::is_empty(where.path()));
}

TEST(RunFoldersTest, empties_a_folder_whatever_a_program_has_left_in_it) {
  TemporaryFolder where;
  where.write("elsewhere/kept", "not of the run");
  RunFolders folders(where.path());
  Result<RunFolder> folder = folders.make();
  ASSERT_TRUE(folder);
  const fs::path path = folder->path();
  std::ofstream(path / ".hidden") << "x";
  fs::create_symlink(where / "elsewhere", path / "link");
  fs::create_directories(path / "a/b/c");
  fs::create_symlink(where / "elsewhere", path / "a/b/link");
  fs::create_directories(path / ".webserv-0/.webserv-1/.webserv-0");
  std::ofstream(path / ".webserv-2") << "x";
  ASSERT_EQ(::mkfifo((path / "fifo").c_str(), 0), 0);
  fs::create_directories(path / "closed/in");
  fs::permissions(path / "closed/in", fs::perms::none);
  fs::permissions(path / "closed", fs::perms::none);
  fs::permissions(path / "a", fs::perms::owner_read);
  EXPECT_TRUE(folder->clear());
  EXPECT_TRUE(folder->is_empty());
  EXPECT_TRUE(fs::exists(where / "elsewhere/kept"));
}

TEST(RunFoldersTest, empties_folders_deeper_than_a_path_can_be) {
  TemporaryFolder where;
  RunFolders folders(where.path());
  Result<RunFolder> folder = folders.make();
  ASSERT_TRUE(folder);
  const fs::path before = fs::current_path();
  fs::current_path(folder->path());
  const std::string name(200, 'd');
  for (int depth = 0; depth < 1000; ++depth) {
    ASSERT_EQ(::mkdir(name.c_str(), 0700), 0);
    ASSERT_EQ(::chdir(name.c_str()), 0);
  }
  fs::current_path(before);
  EXPECT_TRUE(folder->clear());
  EXPECT_TRUE(folder->is_empty());
}

TEST(RunFoldersTest, outlives_those_who_clean_up) {
  TemporaryFolder where;
  RunFolders folders(where.path());
  const fs::path parent = fs::path(folders.make()->path()).parent_path();
  const Fd cleaner(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  EXPECT_NE(::flock(cleaner.get(), LOCK_EX | LOCK_NB), 0) << "systemd-tmpfiles goes past it";
  fs::remove_all(parent);
  Result<RunFolder> folder = folders.make();
  ASSERT_TRUE(folder);
  EXPECT_TRUE(folder->is_empty());
}

TEST(RunFoldersTest, says_why_there_is_none) {
  TemporaryFolder where;
  RunFolders folders(where / "missing");
  Result<RunFolder> folder = folders.make();
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error(), Error::no_such_file_or_directory);
}

}  // namespace
}  // namespace webserv::detail
