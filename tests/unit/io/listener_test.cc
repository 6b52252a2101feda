#include "webserv/io/listener.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <filesystem>

namespace webserv::detail {
namespace {

Fd connect_to(const std::string& text) {
  Address address(text);
  Fd client(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::connect(client.get(), address.data(), address.size()) != 0) client.close();
  return client;
}

TEST(ListenerTest, opens_each_kind_of_address) {
  std::string path = testing::TempDir() + "listener_test.sock";
  for (const std::string& text : {std::string("127.0.0.1:0"), std::string("*:0"), "unix:" + path}) {
    Result<Listener> listener = Listener::open(Address(text), "http");
    ASSERT_TRUE(listener) << text;
    EXPECT_EQ(listener->name(), "http");
    EXPECT_TRUE(listener->is_ours());
    EXPECT_TRUE(::fcntl(listener->fd(), F_GETFL) & O_NONBLOCK);
    EXPECT_TRUE(::fcntl(listener->fd(), F_GETFD) & FD_CLOEXEC);
    if (text != "*:0") {
      EXPECT_TRUE(connect_to(listener->address())) << listener->address();
    }
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(ListenerTest, serves_both_families_at_a_star) {
  Result<Listener> listener = Listener::open(Address("*:0"), "http");
  ASSERT_TRUE(listener);
  std::string address = listener->address();
  std::string port = address.substr(address.rfind(':'));
  EXPECT_TRUE(connect_to("127.0.0.1" + port));
  EXPECT_TRUE(connect_to("[::1]" + port));
}

TEST(ListenerTest, tells_that_an_address_is_taken) {
  Result<Listener> first = Listener::open(Address("127.0.0.1:0"), "a");
  ASSERT_TRUE(first);
  Result<Listener> second = Listener::open(Address(first->address()), "b");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error(), Error::address_in_use);
}

TEST(ListenerTest, overlaps_a_socket_of_ours_that_will_end_and_no_other) {
  for (const auto& [first, second] :
       {std::pair("127.0.0.1:", "*:"), std::pair("*:", "127.0.0.1:"), std::pair("127.0.0.1:", "0.0.0.0:")}) {
    Result<Listener> old = Listener::open(Address(first + std::string("0")), "old");
    ASSERT_TRUE(old);
    const std::string port = std::to_string(Address(old->address()).port());
    EXPECT_FALSE(Listener::open(Address(second + port), "new")) << second;
    Result<Listener> next = Listener::open(Address(second + port), "new", {&*old, 1});
    ASSERT_TRUE(next) << second;
    EXPECT_FALSE(Listener::open(Address("127.0.0.1:" + port), "third")) << second;
    old = std::unexpected(Error{});
    EXPECT_TRUE(connect_to("127.0.0.1:" + port)) << second;
  }
}

TEST(ListenerTest, copies_share_a_socket_that_ends_with_the_last) {
  Result<Listener> first = Listener::open(Address("127.0.0.1:0"), "a");
  ASSERT_TRUE(first);
  const std::string address = first->address();
  Listener second = first->renamed("b");
  EXPECT_EQ(second.name(), "b");
  EXPECT_TRUE(second.shares_socket(*first));
  first = std::unexpected(Error{});
  EXPECT_TRUE(connect_to(address));
  Result<Listener> other = Listener::open(Address("127.0.0.1:0"), "a");
  ASSERT_TRUE(other);
  EXPECT_FALSE(second.shares_socket(*other));
}

TEST(ListenerTest, frees_its_address_when_it_is_shut) {
  const std::string path = "unix:" + testing::TempDir() + "listener_shut.sock";
  for (const std::string& where : {std::string("127.0.0.1:0"), path}) {
    Result<Listener> shut = Listener::open(Address(where), "a");
    ASSERT_TRUE(shut) << where;
    const std::string address = shut->address();
    EXPECT_TRUE(connect_to(address)) << where;
    shut->shut();
    EXPECT_FALSE(connect_to(address)) << where;
    Result<Listener> next = Listener::open(Address(address), "b");
    ASSERT_TRUE(next) << where;
    shut = std::unexpected(Error{});
    EXPECT_TRUE(connect_to(address)) << where << ": the end of the first took the second's address";
  }
  Result<Listener> opened = Listener::open(Address("127.0.0.1:0"), "a");
  ASSERT_TRUE(opened);
  Listener::adopt(Fd(::dup(opened->fd())), "b").shut();
  EXPECT_TRUE(connect_to(opened->address())) << "who handed it over goes on";
}

TEST(ListenerTest, replaces_a_unix_socket_whose_owner_is_gone_but_no_other) {
  std::string path = testing::TempDir() + "listener_stale.sock";
  Address address("unix:" + path);
  {
    Fd dead(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(::bind(dead.get(), address.data(), address.size()), 0);
  }
  ASSERT_TRUE(std::filesystem::exists(path));
  Result<Listener> mine = Listener::open(address, "http");
  ASSERT_TRUE(mine);
  Result<Listener> second = Listener::open(address, "http");
  EXPECT_EQ(second.error(), Error::address_in_use);
  EXPECT_TRUE(connect_to("unix:" + path));
}

TEST(ListenerTest, sets_up_a_socket_that_was_handed_over_and_leaves_it_alive) {
  Result<Listener> opened = Listener::open(Address("127.0.0.1:0"), "x");
  ASSERT_TRUE(opened);
  int blocking = ::fcntl(opened->fd(), F_GETFL) & ~O_NONBLOCK;
  ASSERT_EQ(::fcntl(opened->fd(), F_SETFL, blocking), 0);
  {
    Listener adopted = Listener::adopt(Fd(::dup(opened->fd())), "web");
    EXPECT_EQ(adopted.name(), "web");
    EXPECT_FALSE(adopted.is_ours());
    EXPECT_TRUE(::fcntl(adopted.fd(), F_GETFL) & O_NONBLOCK);
    int no_delay = 0;
    socklen_t size = sizeof no_delay;
    ASSERT_EQ(::getsockopt(adopted.fd(), IPPROTO_TCP, TCP_NODELAY, &no_delay, &size), 0);
    EXPECT_EQ(no_delay, 1);
  }
  EXPECT_TRUE(connect_to(opened->address()));
}

}  // namespace
}  // namespace webserv::detail
