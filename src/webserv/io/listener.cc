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

// Sockets that all have SO_REUSEPORT may overlap (socket(7)). It is on while this lives, and no longer: nobody is to
// get half of our connections by listening at our address.
class Overlap {
 public:
  Overlap(int socket, std::span<const Listener> beside) : socket_(socket), beside_(beside) { share(1); }
  Overlap(const Overlap&) = delete;
  ~Overlap() { share(0); }

 private:
  void share(int value) const {
    if (beside_.empty()) return;
    set(socket_, SOL_SOCKET, SO_REUSEPORT, value);
    for (const Listener& listener : beside_) set(listener.fd(), SOL_SOCKET, SO_REUSEPORT, value);
  }

  const int socket_;
  const std::span<const Listener> beside_;
};

}  // namespace

Listener::Socket::~Socket() { unlink(); }

// By whoever comes first: at the path there may be another's socket later, or already.
void Listener::Socket::unlink() {
  std::call_once(unlinked, [this] {
    struct stat now {};
    if (path.empty() || ::lstat(path.c_str(), &now) != 0) return;
    if (now.st_dev == file.st_dev && now.st_ino == file.st_ino) ::unlink(path.c_str());
  });
}

void Listener::shut() const {
  if (!is_ours()) return;
  socket_->unlink();
  ::shutdown(fd(), SHUT_RD);
}

Listener::Listener(Fd fd, std::string name, bool ours)
    : socket_(std::make_shared<Socket>(std::move(fd), ours)), name_(std::move(name)) {
  int flags = ::fcntl(this->fd(), F_GETFL);
  ::fcntl(this->fd(), F_SETFL, flags | O_NONBLOCK);
  // Fails on unix sockets, which have no such delay.
  set(this->fd(), IPPROTO_TCP, TCP_NODELAY, 1);
}

Listener Listener::adopt(Fd socket, std::string name) { return Listener(std::move(socket), std::move(name), false); }

Listener Listener::renamed(std::string name) const {
  Listener other = *this;
  other.name_ = std::move(name);
  return other;
}

Result<Listener> Listener::open(const Address& address, std::string name, std::span<const Listener> beside) {
  Fd socket(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return last_error();
  if (address.family() == AF_UNIX) {
    if (is_abandoned(address)) ::unlink(address.path().c_str());
  } else {
    // A restart must not wait for connections of the last run that linger in TIME_WAIT.
    set(socket.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  }
  if (address.family() == AF_INET6) set(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, address.both_families() ? 0 : 1);
  const Overlap overlap(socket.get(), beside);
  if (::bind(socket.get(), address.data(), address.size()) != 0) return last_error();
  if (::listen(socket.get(), listen_backlog) != 0) return last_error();
  Listener listener(std::move(socket), std::move(name), true);
  if (address.family() == AF_UNIX && ::lstat(address.path().c_str(), &listener.socket_->file) == 0) {
    listener.socket_->path = address.path();
  }
  return listener;
}

std::string Listener::address() const {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (::getsockname(fd(), reinterpret_cast<sockaddr*>(&storage), &size) != 0) return {};
  return Address(storage, size).to_string();
}

}  // namespace webserv
