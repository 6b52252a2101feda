#include "app/serve/listening.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "app/serve/changes.h"

namespace webserv::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

ListenerConfig listener(std::string name, std::vector<std::string> addresses) {
  return {std::move(name), std::move(addresses), {}};
}

std::string any_port_of(const Listening& listening, size_t index) { return listening.listeners[index].address(); }

// The same, with sockets of systemd or without.
std::expected<Listening, Refusal> listen_for(std::vector<ListenerConfig> listeners, const Listening& former = {},
                                             std::vector<Listener> passed = {}) {
  return app::listen_for(listeners, passed, former);
}

TEST(ListenFor, opens_all_addresses_in_their_order) {
  const auto listening = listen_for({listener("a", {"127.0.0.1:0", "[::1]:0"}), listener("b", {"127.0.0.1:0"})});
  ASSERT_TRUE(listening);
  std::vector<std::string> names;
  for (const Listener& each : listening->listeners) names.push_back(each.name());
  EXPECT_THAT(names, ElementsAre("a", "a", "b"));
  EXPECT_EQ(listening->own.size(), 3U);
}

TEST(ListenFor, keeps_sockets_whose_address_stays_also_under_another_name) {
  const auto first = listen_for({listener("a", {"127.0.0.1:0", "127.0.0.1:0"}), listener("b", {"[::1]:0"})});
  ASSERT_TRUE(first);
  const auto second = listen_for({listener("c", {"[::1]:0"}), listener("a", {"127.0.0.1:0", "127.0.0.1:0"})}, *first);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->listeners[0].name(), "c");
  EXPECT_TRUE(second->listeners[0].shares_socket(first->listeners[2]));
  EXPECT_TRUE(second->listeners[1].shares_socket(first->listeners[0]));
  EXPECT_TRUE(second->listeners[2].shares_socket(first->listeners[1]));
}

TEST(ListenFor, opens_what_overlaps_a_socket_that_goes_but_nothing_that_overlaps_one_that_stays) {
  const auto first = listen_for({listener("a", {"127.0.0.1:0"})});
  ASSERT_TRUE(first);
  const std::string address = any_port_of(*first, 0);
  const std::string wide = "*" + address.substr(address.rfind(':'));
  // The configuration names port 0, so that the address itself is another one.
  EXPECT_TRUE(listen_for({listener("a", {wide})}, *first));
  EXPECT_FALSE(listen_for({listener("a", {"127.0.0.1:0", wide})}, *first));
}

TEST(ListenFor, tells_of_every_address_that_cannot_be_had) {
  const auto taken = listen_for({listener("a", {"127.0.0.1:0", "[::1]:0"})});
  ASSERT_TRUE(taken);
  const auto refused =
      listen_for({listener("x", {any_port_of(*taken, 0), "127.0.0.1:0"}), listener("y", {any_port_of(*taken, 1)})});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().status, ExitStatus::wrong_config);
  EXPECT_THAT(refused.error().errors, ElementsAre(HasSubstr("listener `x` cannot listen at " + any_port_of(*taken, 0)),
                                                  HasSubstr("listener `y` cannot listen at ")));
}

TEST(ListenFor, gives_sockets_of_systemd_the_name_of_their_listener) {
  const auto systemd = listen_for({listener("webserv.socket", {"127.0.0.1:0"})});
  ASSERT_TRUE(systemd);
  const auto listening = listen_for({listener("http", {"127.0.0.1:1"})}, {}, systemd->listeners);
  ASSERT_TRUE(listening);
  EXPECT_EQ(listening->listeners[0].name(), "http");
  EXPECT_TRUE(listening->listeners[0].shares_socket(systemd->listeners[0]));
  EXPECT_TRUE(listening->own.empty());
  const auto refused = listen_for({listener("a", {}), listener("b", {})}, {}, systemd->listeners);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().status, ExitStatus::wrong_config);
  EXPECT_EQ(refused.error().errors.size(), 3U);
}

Outline outline(std::vector<std::string> hosts, std::vector<std::string> listeners, unsigned workers = 2) {
  Outline result;
  result.hosts = std::move(hosts);
  result.listeners = std::move(listeners);
  result.workers = workers;
  return result;
}

TEST(Changes, tell_what_came_and_went) {
  const Outline old = outline({"a", "b"}, {"http (127.0.0.1:1)"});
  EXPECT_EQ(changes(old, old), "the same hosts and listeners");
  EXPECT_EQ(changes(old, outline({"b", "c", "d"}, {"http (127.0.0.1:2)"})),
            "hosts added: c, d; hosts removed: a; listeners added: http (127.0.0.1:2); listeners removed: http "
            "(127.0.0.1:1)");
  std::vector<std::string> many;
  for (char name = 'c'; name <= 'z'; ++name) many.emplace_back(1, name);
  EXPECT_EQ(changes(outline({}, {}), outline(many, {})), "hosts added: c, d, e, f, g, h, i, j, k, l and 14 more");
}

TEST(Changes, tell_what_holds_from_the_next_start_on) {
  const Outline two = outline({}, {}, 2);
  EXPECT_THAT(needs_restart(two, two, 2), ElementsAre());
  EXPECT_THAT(needs_restart(two, outline({}, {}, 3), 2),
              ElementsAre("server.workers = 3 holds from the next start on: 2 are running"));
  Outline before = two;
  before.unused["http"] = {"127.0.0.1:1"};
  Outline after = before;
  EXPECT_THAT(needs_restart(before, after, 2), ElementsAre());
  after.unused["http"] = {"127.0.0.1:2"};
  EXPECT_THAT(needs_restart(before, after, 2), ElementsAre(HasSubstr("listener `http` keeps the socket")));
  after.unused["http"] = {};
  EXPECT_THAT(needs_restart(before, after, 2), ElementsAre());
}

}  // namespace
}  // namespace webserv::app
