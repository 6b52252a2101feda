// Connections that cannot be accepted: nobody spins, nobody waits for ever, and people are told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "failure/failing_calls.h"
#include "support/client.h"
#include "support/server_client.h"
#include "support/temporary_folder.h"
#include "webserv/server/server.h"

namespace webserv::detail {
namespace {

using test::FailingAccepts;
using test::get_close;
using test::SocketClient;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using Steady = std::chrono::steady_clock;

class AcceptFailureTest : public testing::Test {
 protected:
  AcceptFailureTest() {
    std::vector<Listener> listeners = {test::any_port().renamed("front")};
    Limits limits;
    limits.drain = std::chrono::hours(1);
    auto application = std::make_shared<const Application>(
        Application{.handler = [](Request&) { return text("hello"); }, .refusal = {}, .limits = limits});
    server_ = std::make_unique<Server>(1, std::move(listeners), application, ServerLog{.events = &log_});
    server_->start();
  }

  std::string answer(SocketClient& client) {
    client.say(get_close);
    return client.hear_all();
  }
  std::string events() const {
    std::ifstream file(folder_ / "events");
    return {std::istreambuf_iterator<char>(file), {}};
  }

  const test::TemporaryFolder folder_;
  const Fd file_{::open((folder_ / "events").c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};
  LineSink sink_{file_.get()};
  Log log_{sink_, LogFormat::json, Level::info};
  std::unique_ptr<Server> server_;
};

TEST_F(AcceptFailureTest, a_connection_that_failed_before_it_was_accepted_keeps_nobody_waiting) {
  for (int error : {ECONNABORTED, EPROTO, EPERM, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH, EOPNOTSUPP,
                    ENETUNREACH, ETIMEDOUT, EINTR}) {
    FailingAccepts failing(error, 3);
    SocketClient client(server_->addresses().front());
    EXPECT_THAT(answer(client), EndsWith("hello")) << error;
    EXPECT_EQ(failing.failed(), 3u) << error;
  }
  EXPECT_EQ(events(), "") << "there was no pause";
}

// What lasts is asked for again after pauses: about so many failures in each, of 50 milliseconds.
TEST_F(AcceptFailureTest, an_error_that_lasts_is_met_with_pauses_and_told_once) {
  struct Case {
    int error;
    unsigned in_a_row;
  };
  for (Case c : {Case{EMFILE, 1}, Case{ENFILE, 1}, Case{ENOBUFS, 1}, Case{ENOMEM, 1}, Case{EINVAL, 1},
                 Case{ENOTSOCK, 1}, Case{EPERM, 16}, Case{EACCES, 16}, Case{ENOSYS, 16}, Case{ECONNABORTED, 16}}) {
    const auto since = Steady::now();
    auto failing = std::make_unique<FailingAccepts>(c.error);
    SocketClient client(server_->addresses().front());
    while (failing->failed() < 4 * c.in_a_row) std::this_thread::yield();
    const unsigned failed = failing->failed();
    // Of a slow machine more is allowed, not less.
    const auto pauses = static_cast<unsigned>((Steady::now() - since) / std::chrono::milliseconds(25)) + 1;
    EXPECT_LE(failed, pauses * c.in_a_row) << c.error;
    // When it is over, whoever waited is served.
    failing.reset();
    EXPECT_THAT(answer(client), EndsWith("hello")) << c.error;
  }
  EXPECT_THAT(events(), AllOf(HasSubstr("\"event\":\"accept_paused\""), HasSubstr("\"listener\":\"front\""),
                              HasSubstr("\"error\":\"Too many open files\"")));
  EXPECT_EQ(std::ranges::count(events(), '\n'), 1) << "not for each";
}

TEST_F(AcceptFailureTest, an_error_that_lasts_does_not_keep_the_server_from_ending) {
  FailingAccepts failing(EPERM);
  server_->drain();
  server_->wait();
  EXPECT_GT(failing.failed(), 0u);
}

}  // namespace
}  // namespace webserv::detail
