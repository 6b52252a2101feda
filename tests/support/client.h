// A client over a real socket, with a bounded patience.
#pragma once

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>

#include "webserv/base/text.h"
#include "webserv/io/address.h"
#include "webserv/io/fd.h"

namespace webserv::detail::test {

class SocketClient {
 public:
  explicit SocketClient(const std::string& address) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    timeval patience{.tv_sec = 20, .tv_usec = 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    Address to(address);
    if (::connect(socket_.get(), to.data(), to.size()) != 0) socket_.close();
  }

  void say(std::string_view bytes) {
    while (!bytes.empty()) {
      ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
  }
  // Nothing more is said; what is heard still comes.
  void end_saying() { ::shutdown(socket_.get(), SHUT_WR); }
  void leave() { socket_.close(); }

  // One read; empty at the end, which was_reset() tells more of.
  std::string hear() {
    std::array<char, 65536> bytes;
    ssize_t got = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
    if (got < 0) reset_ = true;
    return got > 0 ? std::string(bytes.data(), static_cast<size_t>(got)) : std::string();
  }
  std::string hear_all() {
    std::string all;
    for (std::string some; !(some = hear()).empty();) all += some;
    return all;
  }
  // Up to `text`, or to the end.
  std::string hear_until(std::string_view text) {
    std::string all;
    while (!all.contains(text)) {
      std::string some = hear();
      if (some.empty()) break;
      all += some;
    }
    return all;
  }
  bool was_reset() const { return reset_; }

 private:
  Fd socket_;
  bool reset_ = false;
};

// The answer to a request, from a connection that was closed behind it.
struct Heard {
  int status = 0;
  std::string head;
  std::string body;    // without chunks
  bool whole = false;  // nothing is missing at its end

  bool has(std::string_view line) const { return head.contains("\r\n" + std::string(line) + "\r\n"); }
};

inline Heard take_apart_heard(const std::string& bytes) {
  Heard heard;
  size_t end = bytes.find("\r\n\r\n");
  if (end == std::string::npos) return heard;
  heard.head = bytes.substr(0, end + 4);
  heard.status = std::atoi(heard.head.substr(9, 3).c_str());
  std::string_view rest = std::string_view(bytes).substr(end + 4);
  if (!heard.head.contains("Transfer-Encoding: chunked")) {
    heard.body = rest;
    size_t length = heard.head.find("Content-Length: ");
    heard.whole =
        length == std::string::npos || heard.body.size() == std::strtoull(&heard.head[length + 16], nullptr, 10);
    return heard;
  }
  for (;;) {
    size_t line = rest.find("\r\n");
    if (line == std::string_view::npos) return heard;
    std::optional<uint64_t> size = parse_hex(rest.substr(0, line));
    if (!size || rest.size() < line + *size + 4) return heard;
    heard.body.append(rest.substr(line + 2, *size));
    rest.remove_prefix(line + *size + 4);
    if (*size == 0) {
      heard.whole = rest.empty();
      return heard;
    }
  }
}

}  // namespace webserv::detail::test
