#include "webserv/io/listener.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <utility>

namespace webserv {

namespace {

bool set(int fd, int level, int option, int value) {
  return ::setsockopt(fd, level, option, &value, sizeof value) == 0;
}

// Whether a unix socket lies at the address whose owner is gone: nobody accepts there any more.
bool is_abandoned(const Address& address) {
  struct stat status {};
  if (::lstat(address.path().c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return false;
  Fd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  return probe && ::connect(probe.get(), address.data(), address.size()) != 0 && errno == ECONNREFUSED;
}

}  // namespace

Listener::Listener(Fd socket, std::string name, bool ours)
    : socket_(std::move(socket)), name_(std::move(name)), ours_(ours) {
  int flags = ::fcntl(socket_.get(), F_GETFL);
  ::fcntl(socket_.get(), F_SETFL, flags | O_NONBLOCK);
  // Fails on unix sockets, which have no such delay.
  set(socket_.get(), IPPROTO_TCP, TCP_NODELAY, 1);
}

Listener::Listener(Listener&& other) noexcept
    : socket_(std::move(other.socket_)),
      name_(std::move(other.name_)),
      ours_(other.ours_),
      path_(std::exchange(other.path_, {})) {}

Listener::~Listener() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

Listener Listener::adopt(Fd socket, std::string name) { return Listener(std::move(socket), std::move(name), false); }

Result<Listener> Listener::open(const Address& address, std::string name) {
  Fd socket(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return last_error();
  if (address.family() == AF_UNIX) {
    if (is_abandoned(address)) ::unlink(address.path().c_str());
  } else {
    // A restart must not wait for connections of the last run that linger in TIME_WAIT.
    set(socket.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  }
  if (address.family() == AF_INET6) set(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, address.both_families() ? 0 : 1);
  if (::bind(socket.get(), address.data(), address.size()) != 0) return last_error();
  if (::listen(socket.get(), listen_backlog) != 0) return last_error();
  Listener listener(std::move(socket), std::move(name), true);
  if (address.family() == AF_UNIX) listener.path_ = address.path();
  return listener;
}

std::string Listener::address() const {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&storage), &size) != 0) return {};
  return Address(storage, size).to_string();
}

}  // namespace webserv
