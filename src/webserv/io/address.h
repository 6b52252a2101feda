// Where a listener listens: an IP address and a port, or the path of a unix socket. Numbers alone: no name is looked
// up.
#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <string>
#include <string_view>

namespace webserv {

// A value that bind(2) takes.
class Address {
 public:
  // parse_address() for a text known to be right: throws std::invalid_argument where it is not.
  explicit Address(std::string_view text);

  // The address that the kernel gave, as by getsockname(2), which does not tell of both families.
  Address(const sockaddr_storage& storage, socklen_t size, bool both_families = false);

  // AF_INET, AF_INET6 or AF_UNIX.
  int family() const { return storage_.ss_family; }
  const sockaddr* data() const { return reinterpret_cast<const sockaddr*>(&storage_); }
  socklen_t size() const { return size_; }

  // Of AF_INET6: whether IPv4 clients are to be served too, so that IPV6_V6ONLY must be off. True of "*:PORT" alone:
  // "[::]:PORT" is for IPv6 and may stand beside "0.0.0.0:PORT".
  bool both_families() const { return both_families_; }

  // 0 stands for one that the kernel chooses, and is that of a unix socket.
  uint16_t port() const;

  // Of a unix socket; empty otherwise.
  std::string path() const;

  // As parse_address() reads it: "127.0.0.1:8080", "[::1]:8080", "*:8080", "unix:/run/x.sock".
  std::string to_string() const;

  bool operator==(const Address& other) const {
    return size_ == other.size_ && both_families_ == other.both_families_ &&
           std::memcmp(&storage_, &other.storage_, size_) == 0;
  }

 private:
  friend std::expected<Address, std::string> parse_address(std::string_view text);
  Address() = default;

  sockaddr_storage storage_{};
  socklen_t size_ = 0;
  bool both_families_ = false;
};

// Reads the forms above. A port is 1*DIGIT up to 65535; a path may be relative. The error is a sentence for the user
// that names a right form.
std::expected<Address, std::string> parse_address(std::string_view text);

}  // namespace webserv
