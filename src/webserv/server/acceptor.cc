#include "webserv/server/acceptor.h"

#include <sys/socket.h>

#include <system_error>

#include "webserv/server/worker.h"

namespace webserv {

namespace {

// Another worker's connection may have ended meanwhile, or a descriptor of somebody else.
constexpr Clock::duration pause_time = std::chrono::milliseconds(50);

// A lack of descriptors that lasts is told once in a while.
constexpr Clock::duration tell_pause = std::chrono::minutes(1);

}  // namespace

Acceptor::Acceptor(Worker& worker, Door door)
    : Deadline(worker.loop().wheel()), worker_(worker), door_(std::move(door)) {}

void Acceptor::start() {
  resume();
  if (paused_) throw std::system_error(errno, std::generic_category(), "epoll_ctl");
}

void Acceptor::stop() {
  if (!paused_) worker_.loop().unwatch(listener().fd());
  stopped_ = true;
  if (listener().is_ours()) {
    while (accept_one()) {
    }
  }
}

void Acceptor::pause() {
  if (paused_ || stopped_) return;
  worker_.loop().unwatch(listener().fd());
  paused_ = true;
  expires_at(worker_.loop().now() + pause_time);
}

void Acceptor::resume() {
  if (!paused_ || stopped_) return;
  paused_ = false;
  if (!worker_.loop().watch(listener().fd(), EPOLLIN | EPOLLEXCLUSIVE, *this)) {
    paused_ = true;
    expires_at(worker_.loop().now() + pause_time);
  }
}

void Acceptor::ready(uint32_t) {
  for (unsigned i = 0; i < accepts_per_turn && !paused_ && accept_one(); ++i) {
  }
}

bool Acceptor::accept_one() {
  if (!stopped_ && !worker_.may_accept()) {
    pause();
    return false;
  }
  sockaddr_storage address;
  socklen_t length = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  Fd socket(::accept4(listener().fd(), generic, &length, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (socket) {
    worker_.accepted(std::move(socket), peer_of(address), *door_.entrance);
    return true;
  }
  switch (errno) {
    case EAGAIN: return false;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case EINVAL:
    case ENOTSOCK:
    case EOPNOTSUPP:
      // The listener stays readable: without a pause the loop would spin.
      if (worker_.loop().now() >= tell_again_) {
        tell_again_ = worker_.loop().now() + tell_pause;
        worker_.crew().warn("accept_paused", "no descriptor or memory is left for another connection: new ones wait");
      }
      pause();
      return false;
    default:
      // The connection failed before we had it (accept(2), "Error handling"): there may be others.
      return true;
  }
}

}  // namespace webserv
