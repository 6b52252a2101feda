#include "app/config/own_paths.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <string>
#include <string_view>
#include <utility>

#include "app/config/config_reader.h"
#include "app/config/config_source.h"
#include "support/temporary_folder.h"

namespace webserv::app {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* all_variables[] = {"CREDENTIALS_DIRECTORY", "RUNTIME_DIRECTORY", "STATE_DIRECTORY",
                                         "CACHE_DIRECTORY", "LOGS_DIRECTORY"};

// What systemd would set, for one test.
class OwnPaths : public ::testing::Test {
 protected:
  OwnPaths() {
    for (const char* name : all_variables) ::unsetenv(name);
  }
  ~OwnPaths() override {
    for (const char* name : all_variables) ::unsetenv(name);
  }

  static Config config_of(std::string_view text) {
    auto config = read_config(text, "/etc/webserv/a.toml", "/etc/webserv");
    EXPECT_TRUE(config.has_value());
    return config ? *std::move(config) : Config();
  }

  // What load_config() says of a file with this sandbox, in a folder of its own.
  std::string complaint(const std::string& sandbox) {
    folder_.write("etc/a.toml", "[vhost.\"*\".route.\"/x/\"]\ncgi.root = \"x\"\nsandbox = { " + sandbox + " }\n");
    const auto config = load_config(folder_ / "etc/a.toml");
    if (config) return {};
    EXPECT_EQ(config.error().size(), 1u);
    EXPECT_EQ(config.error()[0].region.begin.line, 3u);
    return to_string(config.error()[0]);
  }

  detail::test::TemporaryFolder folder_;
};

TEST_F(OwnPaths, are_sorted_and_told_once) {
  ::setenv("CREDENTIALS_DIRECTORY", "/run/credentials/webserv.service", 1);
  ::setenv("RUNTIME_DIRECTORY", "/run/webserv:/run/more/", 1);
  ::setenv("STATE_DIRECTORY", ":/var/lib/webserv:relative:", 1);
  ::setenv("CACHE_DIRECTORY", "/var/cache/webserv", 1);
  ::setenv("LOGS_DIRECTORY", "", 1);
  const Config config = config_of(R"(
[vhost.a]
root = "/srv/a"
scripts = { ".php" = "" }
[vhost.b]
root = "/srv/a/"
[vhost.b.route."/x/"]
cgi.root = "cgi-bin"
[vhost.b.route."/y/"]
cgi.program = "/usr/bin/true"
[vhost.b.route."/z/"]
respond = {}
[vhost.c]
root = "/nix/store/abc-site/www"
)");
  const detail::HiddenPaths own = own_paths(config);
  EXPECT_THAT(own.secrets, ElementsAre("/etc/webserv/a.toml", "/run/credentials/webserv.service", "/run/more",
                                       "/run/webserv", "/var/cache/webserv", "/var/lib/webserv"));
  EXPECT_THAT(own.roots, ElementsAre("/etc/webserv/cgi-bin", "/srv/a"));
}

TEST_F(OwnPaths, of_a_configuration_in_a_store_are_public) {
  auto config = read_config("[vhost.a]\nroot = \"/nix/store-of-mine\"\n", "/nix/store/x.toml", "/nix/store");
  EXPECT_THAT(own_paths(*config).secrets, IsEmpty());
  EXPECT_THAT(own_paths(*config).roots, ElementsAre("/nix/store-of-mine"));
}

TEST_F(OwnPaths, of_ten_thousand_hosts) {
  std::string text;
  for (int i = 0; i < 10'000; ++i) {
    text += "[vhost.h" + std::to_string(i) + "]\nroot = \"/srv/" + std::to_string(i % 5000) + "\"\n";
  }
  EXPECT_EQ(own_paths(config_of(text)).roots.size(), 5000u);
}

TEST_F(OwnPaths, are_not_opened_by_a_sandbox) {
  ::setenv("CREDENTIALS_DIRECTORY", "/run/credentials/webserv.service", 1);
  ::setenv("RUNTIME_DIRECTORY", "/run/webserv:/srv/run", 1);
  ::setenv("STATE_DIRECTORY", "/var/lib/webserv", 1);
  EXPECT_THAT(complaint("read = \"/srv\""),
              HasSubstr("`/srv` opens a folder of $RUNTIME_DIRECTORY, which is the server's own: `/srv/run`"));
  EXPECT_THAT(complaint("read = [\"/a\", \"/run/webserv\"]"), HasSubstr("`/run/webserv` opens a folder of $RUNTIME"));
  EXPECT_THAT(complaint("write = \"/run\""), HasSubstr("`/run` opens a folder of $CREDENTIALS_DIRECTORY"));
  // What somebody names on purpose: one credential, a folder of the state, the state.
  EXPECT_THAT(complaint("read = \"/run/credentials/webserv.service/key\", write = \"/var/lib/webserv/app\""),
              IsEmpty());
  EXPECT_THAT(complaint("write = [\"/var/lib/webserv\", \"/run/webserv-other\"]"), IsEmpty());
}

TEST_F(OwnPaths, are_not_opened_by_a_link) {
  folder_.make_folder("etc/data");
  folder_.link("etc/link", "../etc");
  folder_.link("good", "etc/data");
  EXPECT_THAT(complaint("read = \"link\""), HasSubstr("etc/link` opens the configuration by a link to `"));
  EXPECT_THAT(complaint("read = \"../good\""), IsEmpty());
}

TEST_F(OwnPaths, are_known_by_what_the_configuration_is_a_link_to) {
  folder_.make_folder("etc");
  folder_.write("real/a.toml", "");
  folder_.link("etc/a.toml", "../real/a.toml");
  EXPECT_THAT(complaint("read = \"../real\""), HasSubstr("real` opens the configuration, which is the server's own"));
}

}  // namespace
}  // namespace webserv::app
