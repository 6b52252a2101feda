#include "app/serve/watchdog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "support/fake_manager.h"
#include "support/log_lines.h"
#include "support/server_client.h"

namespace webserv::app {

using namespace detail;
using namespace test;
using detail::test::Client;
using detail::test::get_close;

namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// A server whose handler keeps its worker until the test lets it go, watched at times that the test chooses.
class WatchdogTest : public testing::Test {
 protected:
  ~WatchdogTest() override { let_go(); }

  void let_go() {
    keep_ = false;
    keep_.notify_all();
  }

  // Keeps one worker.
  void hang() {
    keep_ = true;
    client_ = std::make_unique<Client>(server_.addresses().front());
    client_->say(get_close);
    while (!kept_) std::this_thread::yield();
  }

  // Looks, and says after how long it wants to look again.
  std::chrono::milliseconds look(std::chrono::milliseconds later = 0ms) {
    now_ += later;
    return watchdog_.look(now_);
  }

  // Looks until the manager hears something; the time stands still meanwhile.
  std::string heard() {
    for (int i = 0; i < 10'000; ++i) {
      look();
      if (std::string message = manager_.next(); message != "none") return message;
      std::this_thread::sleep_for(1ms);
    }
    return "none";
  }

  Handler handler() {
    return [this](Request&) {
      kept_ = true;
      keep_.wait(true);
      return text("at last");
    };
  }

  std::atomic<bool> keep_ = false;
  std::atomic<bool> kept_ = false;
  const FakeManager manager_{abstract_name()};
  const Notifier notifier_;
  LogLines lines_;
  Server server_{2, Address("127.0.0.1:0"), handler()};
  Watchdog watchdog_{8s, notifier_, lines_.log(), server_, [] { return std::string("serving"); }};
  Watchdog::Time now_{1h};
  std::unique_ptr<Client> client_;
};

}  // namespace
}  // namespace webserv::app
