#include "app/serve/config_trust.h"

#include <gmock/gmock.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>

#include "support/temporary_folder.h"

namespace webserv::app {

using detail::test::TemporaryFolder;

namespace {

using testing::HasSubstr;

// Which users there are does not matter, but that they are not root and not each other.
constexpr uid_t service = 61234;
constexpr gid_t service_group = 61235;
constexpr uid_t somebody = 61236;

// What a server of that user would say, a line for each way; only root can ask.
std::string ways_of_service(const std::string& file) {
  int ends[2];
  if (::pipe(ends) != 0) return "no pipe";
  const pid_t child = ::fork();
  if (child == 0) {
    std::string all;
    if (::setgroups(0, nullptr) != 0 || ::setgid(service_group) != 0 || ::setuid(service) != 0) all = "not root";
    for (const std::string& way : ways_to_write(file)) all += way + "\n";
    const ssize_t written = ::write(ends[1], all.data(), all.size());
    ::_exit(written == static_cast<ssize_t>(all.size()) ? 0 : 1);
  }
  ::close(ends[1]);
  std::string all;
  char some[4096];
  for (ssize_t got; (got = ::read(ends[0], some, sizeof some)) > 0;) all.append(some, static_cast<size_t>(got));
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return all;
}

class ConfigTrustTest : public testing::Test {
 protected:
  ConfigTrustTest() {
    folder.write("etc/webserv.toml", "");
    ::chmod((folder / "etc").c_str(), 0755);
    ::chmod((folder / "etc/webserv.toml").c_str(), 0644);
  }
  void own(std::string_view name, uid_t user, gid_t group = 0) {
    EXPECT_EQ(::lchown((folder / name).c_str(), user, group), 0);
  }
  void set_mode(std::string_view name, mode_t mode) { EXPECT_EQ(::chmod((folder / name).c_str(), mode), 0); }
  std::string ways() { return ways_of_service(folder / "etc/webserv.toml"); }

  TemporaryFolder folder;
};

TEST_F(ConfigTrustTest, believes_what_is_roots_alone) {
  EXPECT_EQ(ways(), "");
  own("etc/webserv.toml", somebody, service_group);
  set_mode("etc/webserv.toml", 0640);
  EXPECT_EQ(ways(), "") << "to be read by the group";
}

TEST_F(ConfigTrustTest, names_each_way_to_write_it) {
  struct Case {
    std::function<void()> make;
    const char* what;
    const char* how;
  };
  const Case cases[] = {
      {[&] { own("etc/webserv.toml", service); }, "etc/webserv.toml: error: the configuration",
       "belongs to the server's own user"},
      {[&] { own("etc/webserv.toml", service), set_mode("etc/webserv.toml", 0444); }, "the configuration",
       "belongs to the server's own user"},
      {[&] { own("etc/webserv.toml", 0, service_group), set_mode("etc/webserv.toml", 0664); }, "the configuration",
       "can be written by the server's group"},
      {[&] { set_mode("etc/webserv.toml", 0666); }, "the configuration", "can be written by everyone"},
      {[&] { own("etc", service); }, "etc: error: a folder on the way", "belongs to the server's own user"},
      {[&] { own("etc", 0, service_group), set_mode("etc", 0775); }, "a folder on the way", "by the server's group"},
      {[&] { set_mode("etc", 0777); }, "a folder on the way", "can be written by everyone"},
      {[&] { own("", service); }, "a folder on the way", "belongs to the server's own user"},
  };
  for (const Case& c : cases) {
    own("", 0);
    own("etc", 0);
    own("etc/webserv.toml", 0);
    set_mode("etc", 0755);
    set_mode("etc/webserv.toml", 0644);
    c.make();
    EXPECT_THAT(ways(), testing::AllOf(HasSubstr(c.what), HasSubstr(c.how), HasSubstr("make it root's alone: ch")));
  }
}

TEST_F(ConfigTrustTest, follows_links) {
  folder.write("elsewhere/target.toml", "");
  folder.remove("etc/webserv.toml");
  folder.link("etc/webserv.toml", "../elsewhere/target.toml");
  EXPECT_EQ(ways(), "");
  own("elsewhere", service);
  EXPECT_THAT(ways(), HasSubstr("elsewhere: error: a folder on the way"));
  own("elsewhere", 0);
  own("elsewhere/target.toml", service);
  EXPECT_THAT(ways(), HasSubstr("elsewhere/target.toml: error: the configuration"));
  folder.link("loop", "loop");
  EXPECT_EQ(ways_of_service(folder / "loop"), "") << "whoever reads it finds the same";
}

TEST_F(ConfigTrustTest, knows_a_service_by_its_environment) {
  ::unsetenv("INVOCATION_ID");
  ::unsetenv("NOTIFY_SOCKET");
  ::unsetenv("SYSTEMD_EXEC_PID");
  EXPECT_FALSE(find_surroundings().service);
  ::setenv("INVOCATION_ID", "1", 1);
  EXPECT_EQ(find_surroundings().service, ::geteuid() != 0) << "root owns everything";
  ::setenv("SYSTEMD_EXEC_PID", "1", 1);
  EXPECT_FALSE(find_surroundings().service) << "the shell of a desktop session";
  ::unsetenv("INVOCATION_ID");
  ::unsetenv("SYSTEMD_EXEC_PID");
}

}  // namespace
}  // namespace webserv::app
