// A service manager that hears what the program has to say (sd_notify(3)).
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <string>

#include "webserv/io/fd.h"

namespace webserv::app::test {

// A manager that listens at an abstract address, or at a path.
class FakeManager {
 public:
  explicit FakeManager(std::string address) : fd_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    setenv("NOTIFY_SOCKET", address.c_str(), 1);
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    if (address[0] == '@') address[0] = '\0';
    address.copy(name.sun_path, sizeof name.sun_path);
    const size_t size = offsetof(sockaddr_un, sun_path) + address.size();
    EXPECT_EQ(bind(fd_.get(), reinterpret_cast<const sockaddr*>(&name), static_cast<socklen_t>(size)), 0);
  }
  ~FakeManager() { unsetenv("NOTIFY_SOCKET"); }

  // The next datagram, or "none".
  std::string next() const {
    std::string text(8192, '\0');
    const ssize_t size = recv(fd_.get(), text.data(), text.size(), MSG_DONTWAIT);
    if (size < 0) return "none";
    text.resize(static_cast<size_t>(size));
    return text;
  }

 private:
  Fd fd_;
};

inline std::string abstract_name() { return "@webserv-notify-test-" + std::to_string(getpid()); }

}  // namespace webserv::app::test
