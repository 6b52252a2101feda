// Memory that is short while the configuration is read again: nothing changes, and the next reload is one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "app/serve/serve.h"
#include "failure/failing_calls.h"
#include "support/client.h"
#include "support/server_client.h"
#include "support/temporary_folder.h"
#include "webserv/server/server.h"

namespace webserv::detail {
namespace {

using test::FailingAllocation;
using test::get_close;
using test::SocketClient;
using testing::EndsWith;
using testing::HasSubstr;

// Under sanitizers all takes longer.
#ifdef WEBSERV_SANITIZED
constexpr long step = 13;
#else
constexpr long step = 1;
#endif

std::string ask(const std::string& address) {
  SocketClient client(address);
  client.say(get_close);
  return client.hear_all();
}

std::shared_ptr<const Application> says(std::string words) {
  return std::make_shared<const Application>(Application{
      .handler = [words = std::move(words)](Request&) { return text(words); }, .refusal = {}, .limits = {}});
}

// The workers take it over without memory, too.
TEST(ReplaceFailureTest, what_a_server_serves_is_replaced_as_a_whole_or_not_at_all) {
  const Listener former = test::any_port();
  const Listener next = test::any_port();
  Server server(2, {former}, says("old"));
  server.start();
  const auto application = says("new");
  bool failed = true;
  long failures = 0;
  for (; failed; ++failures) {
    std::atomic<bool> begins = false;
    std::atomic<bool> threw = false;
    std::atomic<bool> taken_over = false;
    std::vector<Listener> listeners = {next.renamed("number " + std::to_string(failures)), next};
    std::thread thread([&] {
      while (!begins) std::this_thread::yield();
      try {
        server.replace(application, std::move(listeners), [&] { taken_over = true; });
      } catch (const std::bad_alloc&) {
        threw = true;
      }
    });
    {
      FailingAllocation failing(failures, FailingAllocation::Which::all_later);
      begins = true;
      while (!threw && !taken_over) std::this_thread::yield();
      failed = failing.failed();
      EXPECT_EQ(failed, threw);
    }
    thread.join();
    if (!failed) break;
    ASSERT_EQ(server.addresses(), std::vector<std::string>{former.address()}) << failures;
    ASSERT_THAT(ask(former.address()), EndsWith("old")) << failures;
  }
  EXPECT_GT(failures, 10) << "it has tested nothing";
  EXPECT_THAT(ask(next.address()), EndsWith("new"));
}

// The program in a thread of this one, with a file for its standard error.
class ReloadFailureTest : public testing::Test {
 protected:
  ReloadFailureTest() {
    sigset_t signals;
    sigemptyset(&signals);
    for (int signal : {SIGHUP, SIGTERM}) sigaddset(&signals, signal);
    ::pthread_sigmask(SIG_BLOCK, &signals, &former_mask_);
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    std::strncpy(address.sun_path, (folder_ / "notify").c_str(), sizeof address.sun_path - 1);
    EXPECT_EQ(::bind(notified_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ::setenv("NOTIFY_SOCKET", address.sun_path, 1);
    ::setenv("RUNTIME_DIRECTORY", folder_.path().c_str(), 1);
    ::dup2(errors_.get(), STDERR_FILENO);
    write(0);
    thread_ = std::thread([this] { status_ = app::serve({.config = folder_ / "webserv.toml"}); });
    const std::string ready = wait_until_ready();
    const size_t begins = ready.find("http://") + 7;
    address_ = ready.substr(begins, ready.find('/', begins) - begins);
  }
  ~ReloadFailureTest() override {
    ::kill(::getpid(), SIGTERM);
    thread_.join();
    ::dup2(standard_error_.get(), STDERR_FILENO);
    ::pthread_sigmask(SIG_SETMASK, &former_mask_, nullptr);
    EXPECT_EQ(status_, app::ExitStatus::ok);
  }

  // Listeners and hosts, so that there is something to make of each.
  void write(long number) const {
    const std::string respond = "respond = { text = \"number " + std::to_string(number) + "\" }\n";
    folder_.replace("webserv.toml", "[server]\nworkers = 2\n[log]\naccess = \"off\"\nlevel = \"error\"\n" +
                                        std::string("[listener.http]\naddress = \"127.0.0.1:0\"\n") +
                                        "[vhost.\"*\"]\n" + respond + "[vhost.\"b.test\"]\n" + respond);
  }
  static void reload() { ::kill(::getpid(), SIGHUP); }
  // The program removes the file that asks for it when it has succeeded.
  bool reload_to_the_end() const {
    folder_.write("reload", "");
    reload();
    const std::string request = folder_ / "reload";
    for (int i = 0; i < 20'000 && ::access(request.c_str(), F_OK) == 0; ++i) ::usleep(1'000);
    return ::access(request.c_str(), F_OK) != 0;
  }
  // What the program says to systemd, if it has said anything.
  std::string notified(int flags = 0) const {
    std::array<char, 4096> bytes;
    const ssize_t got = ::recv(notified_.get(), bytes.data(), bytes.size(), flags);
    return {bytes.data(), got > 0 ? static_cast<size_t>(got) : 0};
  }
  std::string wait_until_ready() const {
    for (;;) {
      std::string message = notified();
      if (message.empty() || message.starts_with("READY=1\n")) return message;
    }
  }

  const test::TemporaryFolder folder_;
  const Fd notified_{make_notified()};
  const Fd errors_{::open((folder_ / "errors").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};
  const Fd standard_error_{::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)};
  sigset_t former_mask_{};
  std::string address_;
  std::thread thread_;
  app::ExitStatus status_ = app::ExitStatus::failure;

 private:
  // With a bounded patience.
  static int make_notified() {
    const int made = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const timeval patience{.tv_sec = 20, .tv_usec = 0};
    ::setsockopt(made, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return made;
  }
};

TEST_F(ReloadFailureTest, every_allocation_of_a_reload_may_fail_and_the_next_reload_is_one) {
  bool failed = true;
  long number = 0;
  ASSERT_TRUE(reload_to_the_end()) << "it has done all that belongs to its start";
  while (!notified(MSG_DONTWAIT).empty()) continue;
  for (long behind = 0; failed; behind += step) {
    write(++number);
    {
      FailingAllocation failing(behind);
      reload();
      // Where the message itself failed there is none.
      while (!failing.failed() && !notified(MSG_DONTWAIT).starts_with("READY=1\n")) std::this_thread::yield();
      failed = failing.failed();
    }
    write(++number);
    ASSERT_TRUE(reload_to_the_end()) << "it was only remembered, behind " << behind;
    ASSERT_THAT(ask(address_), EndsWith("number " + std::to_string(number))) << behind;
    while (!notified(MSG_DONTWAIT).empty()) continue;
  }
  RecordProperty("reloads", static_cast<int>(number));
  EXPECT_GT(number * step, 100) << "it has tested nothing";
}

}  // namespace
}  // namespace webserv::detail
