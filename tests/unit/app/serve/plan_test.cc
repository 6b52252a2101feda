#include "app/serve/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/config/config_source.h"

namespace webserv::app {
namespace {

using ::testing::ElementsAre;

TEST(WithOptions, the_command_line_wins_over_the_configuration) {
  Config config = default_config();
  config.listeners = {{"web", {"127.0.0.1:1", "[::1]:1"}, {1, 1}}, {"other", {"127.0.0.1:2"}, {2, 1}}};
  config = with_options(config, {.listen = {{"web", "*:3"}, {"new", "*:4"}, {"web", "*:5"}}, .workers = 7});
  EXPECT_EQ(config.server.workers, 7u);
  ASSERT_EQ(config.listeners.size(), 3u);
  EXPECT_THAT(config.listeners[0].addresses, ElementsAre("*:3", "*:5"));
  EXPECT_THAT(config.listeners[1].addresses, ElementsAre("127.0.0.1:2"));
  EXPECT_EQ(config.listeners[2].name, "new");
  EXPECT_THAT(config.listeners[2].addresses, ElementsAre("*:4"));
}

TEST(WithOptions, a_listener_of_the_command_line_replaces_the_default_one) {
  EXPECT_EQ(with_options(default_config(), {}).listeners.size(), 1u);
  const Config config = with_options(default_config(), {.listen = {{"web", "*:3"}}});
  ASSERT_EQ(config.listeners.size(), 1u);
  EXPECT_EQ(config.listeners[0].name, "web");
}

}  // namespace
}  // namespace webserv::app
