#include "app/systemd/notify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <optional>
#include <string>

#include "support/fake_manager.h"
#include "webserv/base/text.h"

namespace webserv::app {

using namespace detail;
using namespace test;

namespace {

TEST(Notifier, sends_one_datagram_for_each_state) {
  const FakeManager manager(abstract_name());
  const Notifier notifier;
  notifier.ready("Serving http");
  EXPECT_EQ(manager.next(), "READY=1\nSTATUS=Serving http\n");
  notifier.status("busy");
  EXPECT_EQ(manager.next(), "STATUS=busy\n");
  notifier.stopping("3 requests left");
  EXPECT_EQ(manager.next(), "STOPPING=1\nSTATUS=3 requests left\n");
  EXPECT_EQ(manager.next(), "none");
}

TEST(Notifier, reaches_a_manager_at_a_path) {
  const std::string path = testing::TempDir() + "notify-" + std::to_string(getpid());
  const FakeManager manager(path);
  Notifier().ready("here");
  EXPECT_EQ(manager.next(), "READY=1\nSTATUS=here\n");
  unlink(path.c_str());
}

TEST(Notifier, a_reload_carries_the_monotonic_time_in_the_same_datagram) {
  const FakeManager manager(abstract_name());
  const Notifier notifier;
  const auto microseconds = [] {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<uint64_t>(now.tv_sec) * 1'000'000 + static_cast<uint64_t>(now.tv_nsec) / 1000;
  };
  const uint64_t before = microseconds();
  notifier.reloading();
  const std::string message = manager.next();
  constexpr std::string_view begin = "RELOADING=1\nMONOTONIC_USEC=";
  ASSERT_TRUE(message.starts_with(begin) && message.ends_with('\n')) << message;
  const auto time = parse_decimal(std::string_view(message).substr(begin.size(), message.size() - begin.size() - 1));
  ASSERT_TRUE(time);
  EXPECT_GE(*time, before);
  EXPECT_LE(*time, microseconds());
}

TEST(Notifier, takes_what_is_meant_for_it_alone_out_of_the_environment) {
  const FakeManager manager(abstract_name());
  for (const char* name :
       {"WATCHDOG_PID", "WATCHDOG_USEC", "FDSTORE", "MEMORY_PRESSURE_WATCH", "MEMORY_PRESSURE_WRITE"}) {
    setenv(name, "1", 1);
  }
  const Notifier notifier;
  for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC", "FDSTORE", "MEMORY_PRESSURE_WATCH",
                           "MEMORY_PRESSURE_WRITE"}) {
    EXPECT_EQ(std::getenv(name), nullptr) << name;
  }
  notifier.status("still heard");
  EXPECT_EQ(manager.next(), "STATUS=still heard\n");
}

struct WatchdogCase {
  const char* time;                     // null: not set
  std::string process;                  // of WATCHDOG_PID; empty: not set
  std::optional<int64_t> microseconds;  // what holds
};

TEST(Notifier, knows_how_long_its_manager_is_patient) {
  const std::string ours = std::to_string(getpid());
  const WatchdogCase cases[] = {
      {nullptr, "", std::nullopt},
      {nullptr, ours, std::nullopt},
      {"10000000", ours, 10'000'000},
      {"10000000", "", 10'000'000},
      {"1", ours, 1},
      {"10000000", "1", std::nullopt},
      {"10000000", "garbage", std::nullopt},
      {"0", ours, std::nullopt},
      {"", ours, std::nullopt},
      {"-1", ours, std::nullopt},
      {"10s", ours, std::nullopt},
      {"garbage", ours, std::nullopt},
      {"99999999999999999999999", ours, std::nullopt},
      {"18446744073709551615", ours, std::nullopt},
      {"18446744073709551614", ours, int64_t{24} * 3600 * 1'000'000},
  };
  for (const WatchdogCase& each : cases) {
    SCOPED_TRACE(std::string(each.time == nullptr ? "not set" : each.time) + " of " + each.process);
    const FakeManager manager(abstract_name());
    if (each.time != nullptr) setenv("WATCHDOG_USEC", each.time, 1);
    if (!each.process.empty()) setenv("WATCHDOG_PID", each.process.c_str(), 1);
    const Notifier notifier;
    ASSERT_EQ(notifier.watchdog().has_value(), each.microseconds.has_value());
    if (each.microseconds) {
      EXPECT_EQ(notifier.watchdog()->count(), *each.microseconds);
    }
    EXPECT_EQ(std::getenv("WATCHDOG_USEC"), nullptr);
    EXPECT_EQ(std::getenv("WATCHDOG_PID"), nullptr);
  }
}

TEST(Notifier, has_no_watchdog_without_a_manager) {
  setenv("WATCHDOG_USEC", "10000000", 1);
  EXPECT_EQ(Notifier().watchdog(), std::nullopt);
}

TEST(Notifier, asks_for_more_patience_while_it_reloads) {
  const FakeManager manager(abstract_name());
  setenv("WATCHDOG_USEC", "10000000", 1);
  const Notifier notifier;
  notifier.alive();
  EXPECT_EQ(manager.next(), "WATCHDOG=1\n");
  notifier.reloading();
  EXPECT_THAT(manager.next(), testing::EndsWith("\nWATCHDOG_USEC=60000000\n"));
  notifier.ready("serving");
  EXPECT_EQ(manager.next(), "READY=1\nSTATUS=serving\nWATCHDOG_USEC=10000000\n");
  notifier.ready();
  EXPECT_EQ(manager.next(), "READY=1\n");
  EXPECT_EQ(manager.next(), "WATCHDOG_USEC=10000000");
}

TEST(Notifier, does_nothing_without_a_manager) {
  const std::string too_long = "/" + std::string(200, 'x');
  for (const char* address : {"", "/", "@", "vsock:2:1", "nonsense", "/nonexistent/socket", too_long.c_str()}) {
    setenv("NOTIFY_SOCKET", address, 1);
    Notifier().ready("nobody hears this");
  }
  unsetenv("NOTIFY_SOCKET");
  Notifier().ready("nor this");
}

TEST(Notifier, a_status_is_one_line_of_utf8) {
  struct Case {
    std::string_view text, line;
  };
  const Case cases[] = {
      {"", ""},
      {"plain", "plain"},
      {"two\nlines", "two lines"},
      {"\n\r\n a\t\x1b[31mred\x7f", " a [31mred "},
      {"READY=1\nSTOPPING=1", "READY=1 STOPPING=1"},
      {"caf\u00e9 \u20ac", "caf\u00e9 \u20ac"},
      {"a\u009b2J", "a 2J"},
      {"bad\xff, cut\xe2\x82", "bad?, cut??"},
  };
  for (const Case& c : cases) EXPECT_EQ(one_line(c.text), c.line);
  for (std::string_view piece : {"x", "\u20ac", "\xff"}) {
    std::string text;
    while (text.size() < 5000) text += piece;
    const std::string line = one_line(text);
    EXPECT_LT(line.size(), 1010U);
    EXPECT_TRUE(line.ends_with("..."));
    EXPECT_TRUE(is_utf8(line));
  }
}

}  // namespace
}  // namespace webserv::app
