// Unix sockets of a server that changes and ends: the file of a socket is removed once, and by nobody else's end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/client.h"
#include "support/server_client.h"
#include "support/temporary_folder.h"
#include "webserv/server/server.h"

namespace webserv::detail {
namespace {

using test::get_close;

std::shared_ptr<const Application> says(std::string words) {
  return std::make_shared<const Application>(Application{
      .handler = [words = std::move(words)](Request&) { return text(words); }, .refusal = {}, .limits = {}});
}

class UnixListenerTest : public testing::Test {
 protected:
  Listener open() const {
    Result<Listener> listener = Listener::open(Address(address_), "http");
    EXPECT_TRUE(listener);
    return std::move(*listener);
  }
  bool exists() const { return std::filesystem::exists(path_); }
  // Asks, which needs nobody who accepts.
  Fd begin_to_ask() const {
    const Address to(address_);
    Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(socket.get(), to.data(), to.size()) != 0) return Fd(-1);
    ::send(socket.get(), get_close.data(), get_close.size(), MSG_NOSIGNAL);
    return socket;
  }
  // The end of an answer, "refused" where nobody listened, and nothing where the connection was cut.
  static std::string hear(const Fd& socket) {
    if (!socket) return "refused";
    std::string all;
    std::array<char, 4096> some;
    for (ssize_t got; (got = ::recv(socket.get(), some.data(), some.size(), 0)) > 0;) {
      all.append(some.data(), static_cast<size_t>(got));
    }
    return all.substr(all.rfind('\n') + 1);
  }
  std::string ask() const { return hear(begin_to_ask()); }

  const test::TemporaryFolder folder_;
  const std::string path_ = folder_ / "socket";
  const std::string address_ = "unix:" + path_;
};

// As SIGHUP and then SIGTERM do it, in every order that two threads and the workers make of them.
TEST_F(UnixListenerTest, a_socket_that_is_kept_ends_once_however_a_change_and_a_drain_meet) {
  const auto next = says("new");
  for (int i = 0; i < 200; ++i) {
    {
      const Listener socket = open();
      Server server(2, {socket}, says("old"));
      server.start();
      std::atomic<int> begun = 0;
      const auto together = [&begun] {
        ++begun;
        while (begun != 3) std::this_thread::yield();
      };
      std::thread change([&] {
        together();
        server.replace(next, {socket.renamed("renamed")});
      });
      std::thread change_listeners([&] {
        together();
        server.listen({socket.renamed("again")});
      });
      together();
      server.drain();
      change.join();
      change_listeners.join();
      server.wait();
      EXPECT_FALSE(exists()) << i;
      // Somebody else's from here on.
      std::ofstream(path_) << "another's";
    }
    ASSERT_TRUE(exists()) << i;
    std::filesystem::remove(path_);
  }
}

TEST_F(UnixListenerTest, a_socket_that_another_has_made_at_its_path_stays) {
  auto server = std::make_unique<Server>(2, std::vector<Listener>{open()}, says("first"));
  server->start();
  std::filesystem::remove(path_);
  Server other(2, {open()}, says("second"));
  other.start();
  server->drain();
  server->wait();
  EXPECT_EQ(ask(), "second");
  server.reset();
  EXPECT_EQ(ask(), "second");
}

TEST_F(UnixListenerTest, a_change_that_comes_after_the_end_leaves_no_socket_behind) {
  {
    Server server(2, Address("127.0.0.1:0"), [](Request&) { return text("old"); });
    server.start();
    server.stop();
    server.wait();
    server.replace(says("new"), {open()});
    server.listen({*Listener::open(Address("unix:" + (folder_ / "second")), "http")});
    EXPECT_TRUE(exists());
  }
  EXPECT_FALSE(exists());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "second"));
}

// One worker has stopped to accept and knows of the change, the other one has still to do both.
TEST_F(UnixListenerTest, who_waits_at_a_socket_that_is_kept_is_served_where_a_change_comes_into_a_drain) {
  std::atomic<int> held = 0;
  std::atomic<bool> open_again = false;
  const Listener socket = open();
  auto handler =
      std::make_shared<const Application>(Application{.handler =
                                                          [&](Request& request) {
                                                            if (request.path() != "/hold")
                                                              return text("worker " + std::to_string(request.worker()));
                                                            ++held;
                                                            while (!open_again) std::this_thread::yield();
                                                            return text("held");
                                                          },
                                                      .refusal = {},
                                                      .limits = {}});
  const Listener entrance = test::any_port();
  Server server(2, {socket, entrance}, handler);
  server.start();
  test::SocketClient holds(entrance.address());
  holds.say("GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
  while (held == 0) std::this_thread::yield();
  // Of the other worker, which alone can answer now.
  test::SocketClient free(entrance.address());
  free.say(test::get);
  ASSERT_THAT(free.hear(), testing::HasSubstr("worker "));
  server.drain();
  server.listen({socket.renamed("kept")});
  // When it has answered this, and closed behind it, it has come to both.
  free.say(test::get);
  EXPECT_THAT(free.hear_all(), testing::HasSubstr("worker "));
  const Fd waits = begin_to_ask();
  open_again = true;
  EXPECT_THAT(hear(waits), testing::StartsWith("worker "));
  server.wait();
  EXPECT_EQ(ask(), "refused");
}

}  // namespace
}  // namespace webserv::detail
