#include "webserv/io/file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <atomic>
#include <set>
#include <thread>

#include "support/temporary_folder.h"

namespace webserv::detail {
namespace {

using test::TemporaryFolder;

std::string content_of(const OpenedFile& file) {
  std::string content(4096, '\0');
  ssize_t got = ::pread(file.fd.get(), content.data(), content.size(), 0);
  content.resize(got > 0 ? static_cast<size_t>(got) : 0);
  return content;
}

// The content of a file, "directory", or the error's message.
std::string outcome(const Result<OpenedFile>& file) {
  if (!file) return std::make_error_code(file.error()).message();
  return file->is_directory() ? "directory" : content_of(*file);
}

const std::string missing = std::make_error_code(Error::no_such_file_or_directory).message();
const std::string no_directory = std::make_error_code(Error::not_a_directory).message();
const std::string leads_out = std::make_error_code(Error::cross_device_link).message();

// site/ is the root, secret.txt lies beside it, shared/ is a folder that links may be allowed to lead into.
class DirectoryTest : public ::testing::Test {
 protected:
  DirectoryTest() {
    folder_.write("site/a.txt", "a");
    folder_.write("site/sub/b.txt", "b");
    folder_.write("secret.txt", "secret");
    folder_.write("shared/c.txt", "c");
    folder_.write("shared/sub/d.txt", "d");
    folder_.write("shared-not/e.txt", "e");
  }

  Clock::time_point now() const { return clock_.now(); }
  std::string open(Directory& directory, std::string_view path) { return outcome(directory.open(path, now())); }
  std::string open(std::string_view path) { return open(site_, path); }
  void pass_a_moment() { clock_.advance(Directory::look_again); }

  FakeClock clock_;
  TemporaryFolder folder_;
  Directory site_{folder_ / "site", {}};
  Directory site_with_shared_{folder_ / "site", {folder_ / "shared"}};
};

TEST_F(DirectoryTest, opens_files_and_directories) {
  EXPECT_EQ(open("a.txt"), "a");
  EXPECT_EQ(open("sub/b.txt"), "b");
  EXPECT_EQ(open("sub"), "directory");
  EXPECT_EQ(open("sub/"), "directory");
  EXPECT_EQ(open(""), "directory");
}

TEST_F(DirectoryTest, tells_the_size_and_closes_on_exec) {
  Result<OpenedFile> file = site_.open("a.txt", now());
  ASSERT_TRUE(file);
  EXPECT_EQ(file->status.st_size, 1);
  EXPECT_TRUE(::fcntl(file->fd.get(), F_GETFD) & FD_CLOEXEC);
}

TEST_F(DirectoryTest, finds_nothing_where_nothing_is) {
  EXPECT_EQ(open("none"), missing);
  EXPECT_EQ(open("a.txt/"), no_directory);
  EXPECT_EQ(open("a.txt/x"), no_directory);
}

TEST_F(DirectoryTest, tells_a_name_that_is_too_long) {
  Result<OpenedFile> file = site_.open(std::string(300, 'x'), now());
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error(), Error::filename_too_long);
  std::string deep;
  for (int i = 0; i < 3000; ++i) deep += "x/";
  ASSERT_FALSE(site_.open(deep, now()));
}

TEST_F(DirectoryTest, takes_no_malformed_path) {
  folder_.write("site/sub/x/y", "y");
  for (std::string_view path : {"/a.txt", "//a.txt", "..", "../secret.txt", "sub/../a.txt", "sub/..", "./a.txt",
                                "sub/.", "sub//b.txt", "sub/../../secret.txt", "/", ".", "a.txt//"}) {
    EXPECT_EQ(open(path), missing) << path;
    EXPECT_EQ(open(site_with_shared_, path), missing) << path;
  }
  EXPECT_EQ(open(std::string_view("a.txt\0.jpg", 10)), missing);
  EXPECT_EQ(open(folder_ / "secret.txt"), missing);
}

TEST_F(DirectoryTest, opens_names_with_dots_and_odd_bytes) {
  for (std::string_view name : {"..a", "a..", "...", ".hidden", "new\nline", "\xff\xfe", "%2e%2e", "a\\b", "a:b"}) {
    folder_.write("site/" + std::string(name), "odd");
    EXPECT_EQ(open(name), "odd") << name;
  }
}

TEST_F(DirectoryTest, follows_links_that_stay_beneath_the_root) {
  folder_.link("site/relative", "sub/b.txt");
  folder_.link("site/sub/up", "../a.txt");
  folder_.link("site/absolute", folder_ / "site/sub/b.txt");
  folder_.link("site/folder", folder_ / "site/sub");
  folder_.link("site/round", "../site/sub");
  EXPECT_EQ(open("relative"), "b");
  EXPECT_EQ(open("sub/up"), "a");
  EXPECT_EQ(open("absolute"), "b");
  EXPECT_EQ(open("folder/b.txt"), "b");
  EXPECT_EQ(open("folder/"), "directory");
  EXPECT_EQ(open("round/b.txt"), "b");
}

TEST_F(DirectoryTest, follows_no_link_that_leads_out) {
  folder_.link("site/relative", "../secret.txt");
  folder_.link("site/absolute", folder_ / "secret.txt");
  folder_.link("site/folder", folder_ / "shared");
  folder_.link("site/etc", "/etc");
  folder_.link("site/twice", "relative");
  folder_.link("site/neighbour", folder_ / "shared-not/e.txt");
  for (std::string_view path :
       {"relative", "absolute", "folder/c.txt", "folder", "folder/", "etc/passwd", "twice", "neighbour"}) {
    EXPECT_EQ(open(path), leads_out) << path;
  }
  folder_.link("site/parent", "..");
  EXPECT_EQ(open("parent/secret.txt"), leads_out);
  EXPECT_EQ(open("parent/site/a.txt"), "a") << "it ends beneath the root";
}

TEST_F(DirectoryTest, follows_no_magic_link) {
  Fd secret(::open((folder_ / "secret.txt").c_str(), O_RDONLY | O_CLOEXEC));
  folder_.link("site/magic", "/proc/self/fd/" + std::to_string(secret.get()));
  folder_.link("site/inside", "/proc/self/cwd");
  Directory proc("/proc/self", {});
  EXPECT_FALSE(site_.open("magic", now()));
  EXPECT_FALSE(site_.open("inside", now()));
  EXPECT_FALSE(proc.open("root/etc/passwd", now()));
  EXPECT_FALSE(proc.open("fd/" + std::to_string(secret.get()), now()));
}

TEST_F(DirectoryTest, follows_links_into_the_listed_folders_alone) {
  folder_.link("site/file", folder_ / "shared/c.txt");
  folder_.link("site/folder", "../shared");
  folder_.link("site/secret", "../secret.txt");
  folder_.link("site/neighbour", folder_ / "shared-not/e.txt");
  EXPECT_EQ(open(site_with_shared_, "file"), "c");
  EXPECT_EQ(open(site_with_shared_, "folder/sub/d.txt"), "d");
  EXPECT_EQ(open(site_with_shared_, "folder"), "directory");
  EXPECT_EQ(open(site_with_shared_, "folder/"), "directory");
  EXPECT_EQ(open(site_with_shared_, "folder/none"), missing);
  EXPECT_EQ(open(site_with_shared_, "secret"), leads_out);
  EXPECT_EQ(open(site_with_shared_, "neighbour"), leads_out);
}

TEST_F(DirectoryTest, links_in_a_listed_folder_may_not_leave_it) {
  folder_.link("shared/out", folder_ / "secret.txt");
  folder_.link("shared/in", "sub/d.txt");
  folder_.link("shared/back", folder_ / "site/a.txt");
  folder_.link("site/folder", folder_ / "shared");
  EXPECT_EQ(open(site_with_shared_, "folder/out"), leads_out);
  EXPECT_EQ(open(site_with_shared_, "folder/in"), "d");
  EXPECT_EQ(open(site_with_shared_, "folder/back"), "a");
}

TEST_F(DirectoryTest, a_listed_folder_may_be_a_link_or_missing) {
  folder_.link("alias", "shared");
  folder_.link("site/file", folder_ / "shared/c.txt");
  Directory by_alias(folder_ / "site", {folder_ / "none", folder_ / "alias"});
  EXPECT_EQ(open(by_alias, "file"), "c");
}

TEST_F(DirectoryTest, everything_may_be_listed) {
  folder_.link("site/file", folder_ / "shared/c.txt");
  Directory anything(folder_ / "site", {"/"});
  EXPECT_EQ(open(anything, "file"), "c");
}

TEST_F(DirectoryTest, ends_loops_of_links) {
  folder_.link("site/x", "y");
  folder_.link("site/y", "x");
  folder_.link("site/far", folder_ / "site/far");
  for (std::string_view path : {"x", "far"}) {
    Result<OpenedFile> file = site_.open(path, now());
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error(), Error::too_many_symbolic_link_levels) << path;
  }
}

TEST_F(DirectoryTest, serves_neither_fifos_nor_sockets_nor_devices) {
  folder_.make_fifo("site/fifo");
  EXPECT_EQ(open("fifo"), missing);
  Fd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::string path = folder_ / "site/socket";
  ASSERT_LT(path.size(), sizeof address.sun_path);
  path.copy(address.sun_path, path.size());
  ASSERT_EQ(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(open("socket"), missing);
  Directory devices("/dev", {});
  EXPECT_EQ(open(devices, "null"), missing);
  EXPECT_EQ(open(devices, "zero"), missing);
  for (std::string_view name : {"fifo", "socket"}) EXPECT_FALSE(site_.status(name, now())) << name;
}

TEST_F(DirectoryTest, tells_what_may_not_be_read) {
  folder_.write("site/locked", "x");
  ASSERT_EQ(::chmod((folder_ / "site/locked").c_str(), 0), 0);
  test::Unprivileged unprivileged;
  Result<OpenedFile> file = site_.open("locked", now());
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error(), Error::permission_denied);
  EXPECT_TRUE(site_.status("locked", now()));
}

TEST_F(DirectoryTest, status_says_what_open_would) {
  folder_.link("site/out", folder_ / "secret.txt");
  folder_.link("site/in", folder_ / "site/sub/b.txt");
  Result<struct stat> file = site_.status("sub/b.txt", now());
  ASSERT_TRUE(file);
  EXPECT_EQ(file->st_size, 1);
  EXPECT_TRUE(S_ISDIR(site_.status("sub", now())->st_mode));
  EXPECT_TRUE(S_ISREG(site_.status("in", now())->st_mode));
  EXPECT_EQ(site_.status("out", now()).error(), Error::cross_device_link);
  EXPECT_EQ(site_.status("none", now()).error(), Error::no_such_file_or_directory);
}

TEST_F(DirectoryTest, the_root_may_be_a_link_and_is_switched_within_a_moment) {
  folder_.write("other/a.txt", "other");
  folder_.link("current", "site");
  Directory current(folder_ / "current", {});
  EXPECT_EQ(open(current, "a.txt"), "a");
  folder_.link("next", "other");
  folder_.rename("next", "current");
  EXPECT_EQ(open(current, "a.txt"), "a") << "not looked up again yet";
  pass_a_moment();
  EXPECT_EQ(open(current, "a.txt"), "other");
}

TEST_F(DirectoryTest, a_root_that_is_replaced_vanishes_or_appears_is_seen) {
  folder_.rename("site", "old");
  EXPECT_EQ(open(""), missing);
  folder_.write("site/a.txt", "new");
  EXPECT_EQ(open("a.txt"), "new");
  folder_.rename("site", "older");
  pass_a_moment();
  EXPECT_EQ(open("a.txt"), missing);
  folder_.rename("older", "site");
  EXPECT_EQ(open("a.txt"), "new") << "a missing root is looked up each time";
}

TEST_F(DirectoryTest, a_root_that_is_a_file_can_be_opened_itself) {
  Directory file(folder_ / "site/a.txt", {});
  EXPECT_EQ(open(file, ""), "a");
  EXPECT_EQ(open(file, "x"), no_directory);
  folder_.make_fifo("fifo");
  Directory fifo(folder_ / "fifo", {});
  EXPECT_EQ(open(fifo, ""), missing);
}

// A name that changes between a folder and a link out of the root, as fast as another thread can do it.
TEST_F(DirectoryTest, a_race_of_links_never_leads_out) {
  folder_.write("outside/b.txt", "secret");
  folder_.link("site/door", folder_ / "outside");
  std::atomic<bool> done = false;
  std::string inside = folder_ / "site/sub";
  std::string door = folder_ / "site/door";
  std::thread swapper([&] {
    while (!done) ::renameat2(AT_FDCWD, inside.c_str(), AT_FDCWD, door.c_str(), RENAME_EXCHANGE);
  });
  std::set<std::string> seen;
  for (int i = 0; i < 4'000; ++i) {
    seen.insert(open("sub/b.txt"));
    seen.insert(open(site_with_shared_, "door/b.txt"));
  }
  done = true;
  swapper.join();
  EXPECT_FALSE(seen.contains("secret"));
  EXPECT_TRUE(seen.contains("b"));
}

// A link that changes between a listed folder and one beside it.
TEST_F(DirectoryTest, a_race_of_targets_never_leads_out) {
  folder_.write("site/links/none", "");
  folder_.link("site/links/a", folder_ / "shared/c.txt");
  folder_.link("site/links/b", folder_ / "secret.txt");
  std::string a = folder_ / "site/links/a";
  std::string b = folder_ / "site/links/b";
  std::atomic<bool> done = false;
  std::thread swapper([&] {
    while (!done) ::renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE);
  });
  std::set<std::string> seen;
  for (int i = 0; i < 4'000; ++i) seen.insert(open(site_with_shared_, "links/a"));
  done = true;
  swapper.join();
  EXPECT_FALSE(seen.contains("secret"));
  EXPECT_TRUE(seen.contains("c"));
}

std::set<std::string> names_in(Directory& directory, std::string_view path) {
  std::set<std::string> names;
  Result<OpenedFile> folder = directory.open(path, Clock::time_point{});
  if (!folder) return names;
  DirectoryReader reader(std::move(folder->fd));
  for (;;) {
    Result<std::optional<DirectoryReader::Entry>> entry = reader.next();
    if (!entry || !*entry) return names;
    names.insert((*entry)->name);
  }
}

TEST_F(DirectoryTest, reads_the_entries_of_a_directory) {
  folder_.write("site/.hidden", "");
  folder_.link("site/broken", "nowhere");
  EXPECT_THAT(names_in(site_, ""), testing::ElementsAre(".hidden", "a.txt", "broken", "sub"));
  folder_.make_folder("site/empty");
  EXPECT_THAT(names_in(site_, "empty/"), testing::IsEmpty());
}

TEST_F(DirectoryTest, tells_the_kinds_of_entries) {
  folder_.link("site/link", "a.txt");
  folder_.make_fifo("site/fifo");
  Result<OpenedFile> folder = site_.open("", now());
  ASSERT_TRUE(folder);
  DirectoryReader reader(std::move(folder->fd));
  std::map<std::string, DirectoryReader::Kind> kinds;
  for (auto entry = reader.next(); entry && *entry; entry = reader.next()) kinds[(*entry)->name] = (*entry)->kind;
  using Kind = DirectoryReader::Kind;
  // A file system may leave the kinds out.
  EXPECT_THAT(kinds["a.txt"], testing::AnyOf(Kind::file, Kind::unknown));
  EXPECT_THAT(kinds["sub"], testing::AnyOf(Kind::directory, Kind::unknown));
  EXPECT_THAT(kinds["link"], testing::AnyOf(Kind::link, Kind::unknown));
  EXPECT_THAT(kinds["fifo"], testing::AnyOf(Kind::other, Kind::unknown));
}

TEST(RealPath, is_where_the_file_is_now) {
  TemporaryFolder folder;
  folder.write("a", "");
  folder.link("b", "a");
  Fd file(::open((folder / "b").c_str(), O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(real_path(file), folder / "a");
  folder.rename("a", "c");
  EXPECT_EQ(real_path(file), folder / "c");
  EXPECT_EQ(real_path(Fd()), "");
}

}  // namespace
}  // namespace webserv::detail
