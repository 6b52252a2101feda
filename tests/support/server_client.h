// A client of a server that runs on threads of its own, and what such a server is made of.
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "webserv/io/listener.h"
#include "webserv/io/loop.h"
#include "webserv/server/application.h"
#include "webserv/server/handler.h"

namespace webserv::detail::test {

inline const std::string get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
inline const std::string get_close = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

// A client with a bounded patience.
class Client {
 public:
  // `own` is the address that the server sees.
  explicit Client(const std::string& address, std::string_view own = "127.0.0.1")
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    timeval patience{.tv_sec = 20, .tv_usec = 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    Address from(std::string(own) + ":0");
    EXPECT_EQ(::bind(socket_.get(), from.data(), from.size()), 0);
    Address to(address);
    connected_ = ::connect(socket_.get(), to.data(), to.size()) == 0;
  }
  bool connected() const { return connected_; }
  void say(std::string_view bytes) {
    ASSERT_EQ(::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
  }
  // One byte, whether anybody takes it or not.
  void dribble() { ::send(socket_.get(), "x", 1, MSG_NOSIGNAL | MSG_DONTWAIT); }
  // Whether it goes on, and nothing was said to it that it has not heard.
  bool is_silent() {
    char byte;
    return ::recv(socket_.get(), &byte, 1, MSG_DONTWAIT | MSG_PEEK) < 0 && errno == EAGAIN;
  }
  // One read; empty at the end or a reset.
  std::string hear() {
    std::array<char, 65536> bytes;
    ssize_t got = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
    return got > 0 ? std::string(bytes.data(), static_cast<size_t>(got)) : std::string();
  }
  std::string hear_all() {
    std::string all;
    for (std::string some; !(some = hear()).empty();) all += some;
    return all;
  }
  bool ended() {
    char byte;
    return ::recv(socket_.get(), &byte, 1, 0) == 0;
  }

 private:
  Fd socket_;
  bool connected_ = false;
};

inline Listener any_port() {
  Result<Listener> listener = Listener::open(Address("127.0.0.1:0"), "http");
  EXPECT_TRUE(listener);
  return std::move(*listener);
}

// Answers when the test opens the gate.
struct Gate {
  std::atomic<bool> asked = false;
  std::atomic<bool> open = false;
  Handler handler() {
    return [this](Request& request) -> Task<Response> {
      asked = true;
      while (!open) {
        Clock::time_point soon = request.loop().now() + std::chrono::milliseconds(5);
        co_await request.loop().sleep_until(soon);
      }
      co_return text("at last");
    };
  }
  void wait_until_asked() const {
    while (!asked) std::this_thread::yield();
  }
};

}  // namespace webserv::detail::test
