#include "webserv/io/temporary_file.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <array>
#include <filesystem>
#include <string>

#include "support/temporary_folder.h"

namespace webserv::detail {
namespace {

TEST(TemporaryFile, holds_what_was_appended_and_leaves_no_name) {
  test::TemporaryFolder folder;
  Result<TemporaryFile> file = TemporaryFile::make(folder.path());
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->append("one"));
  ASSERT_TRUE(file->append("two"));
  EXPECT_EQ(file->size(), 6U);
  std::array<char, 16> some;
  Result<int> fd = file->rewound();
  ASSERT_TRUE(fd);
  EXPECT_EQ(std::string(some.data(), static_cast<size_t>(::read(*fd, some.data(), some.size()))), "onetwo");
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(TemporaryFile, says_why_there_is_none) {
  EXPECT_EQ(TemporaryFile::make("/nonexistent").error(), Error::no_such_file_or_directory);
}

TEST(TemporaryFile, says_that_it_does_not_fit) {
  test::TemporaryFolder folder;
  Result<TemporaryFile> file = TemporaryFile::make(folder.path());
  ASSERT_TRUE(file);
  auto* before = ::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  rlimit small{100, limit.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  Result<> fits = file->append(std::string(60, 'x'));
  Result<> too_much = file->append(std::string(60, 'x'));
  ::setrlimit(RLIMIT_FSIZE, &limit);
  ::signal(SIGXFSZ, before);
  EXPECT_TRUE(fits);
  EXPECT_EQ(too_much.error(), Error::file_too_large);
}

}  // namespace
}  // namespace webserv::detail
