#include "webserv/server/acceptor.h"

#include <sys/socket.h>

#include <system_error>
#include <utility>

#include "webserv/server/limits.h"

namespace webserv::detail {

namespace {

// Another worker's connection may have ended meanwhile, or a descriptor of somebody else.
constexpr Clock::duration pause_time = std::chrono::milliseconds(50);

// What lasts is told once in a while.
constexpr Clock::duration warn_pause = std::chrono::minutes(1);

// accept(2), "Error handling": most errors are those of a connection that failed before we had it. These are not.
enum class Failure : uint8_t { connection, lack, listener };
Failure failure_of(int error) {
  switch (error) {
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM: return Failure::lack;
    case EBADF:
    case EINVAL:
    case ENOTSOCK: return Failure::listener;
    default: return Failure::connection;
  }
}

}  // namespace

Acceptor::Acceptor(Loop& loop, AcceptedSink& to, ActiveListener listener)
    : Deadline(loop.wheel()), loop_(loop), to_(to), listener_(std::move(listener)) {}

void Acceptor::start() {
  resume();
  if (paused_) throw std::system_error(errno, std::generic_category(), "epoll_ctl");
}

void Acceptor::stop() {
  if (!paused_) loop_.unwatch(listener().fd());
  stopped_ = true;
  if (listener().is_ours()) {
    while (accept_one()) {
    }
  }
}

void Acceptor::pause() {
  if (paused_ || stopped_) return;
  loop_.unwatch(listener().fd());
  paused_ = true;
  failures_ = 0;
  expires_at(loop_.now() + pause_time);
}

void Acceptor::resume() {
  if (!paused_ || stopped_) return;
  paused_ = false;
  if (!loop_.watch(listener().fd(), EPOLLIN | EPOLLEXCLUSIVE, *this)) {
    paused_ = true;
    expires_at(loop_.now() + pause_time);
  }
}

void Acceptor::ready(uint32_t) {
  for (unsigned i = 0; i < accepts_per_turn && !paused_ && accept_one(); ++i) {
  }
}

bool Acceptor::accept_one() {
  if (!stopped_ && !to_.may_accept()) {
    pause();
    return false;
  }
  sockaddr_storage address;
  socklen_t length = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  Fd socket(::accept4(listener().fd(), generic, &length, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (socket) {
    failures_ = 0;
    to_.accepted(std::move(socket), peer_of(address), *listener_.info);
    return true;
  }
  const int error = errno;
  if (error == EAGAIN) return false;
  // There may be others behind it; but where a filter or a policy forbids the call, the same one comes again for ever.
  if (failure_of(error) == Failure::connection && ++failures_ < accepts_per_turn) return true;
  // The listener stays readable: without a pause the loop would spin.
  warn(error);
  pause();
  return false;
}

void Acceptor::warn(int error) {
  if (loop_.now() < warn_again_) return;
  warn_again_ = loop_.now() + warn_pause;
  std::string_view why = failure_of(error) == Failure::lack
                             ? "no descriptor or memory is left for another connection: new ones wait"
                             : "a listener gives no connection: new ones wait, and it is asked again";
  to_.cannot_accept(*listener_.info, why, static_cast<Error>(error));
}

}  // namespace webserv::detail
