#include "webserv/io/stream.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <utility>

namespace webserv {

using namespace detail;

namespace {

// How often within a pause it is looked whether the peer takes something: so much later than it may a peer is cut off
// that has stopped.
constexpr int looks_per_pause = 4;

// recv(2) and send(2). The C library's own are points where a thread can be cancelled, which costs four atomic
// operations a request; nobody cancels a thread here. Under sanitizers they are used, for those watch them.
#ifdef WEBSERV_SANITIZED

ssize_t socket_receive(int socket, std::span<char> into) { return ::recv(socket, into.data(), into.size(), 0); }
ssize_t socket_send(int socket, const iovec& piece, int flags) {
  return ::send(socket, piece.iov_base, piece.iov_len, flags);
}

#else

ssize_t socket_receive(int socket, std::span<char> into) {
  return ::syscall(SYS_recvfrom, socket, into.data(), into.size(), 0, nullptr, nullptr);
}
ssize_t socket_send(int socket, const iovec& piece, int flags) {
  return ::syscall(SYS_sendto, socket, piece.iov_base, piece.iov_len, flags, nullptr, 0);
}

#endif

}  // namespace

void Stream::Operation::abandon() {
  lane_.waiting = nullptr;
  // Half of something may be out: whatever would follow it would be taken for the rest.
  if (writes()) lane_.error = Error::operation_canceled;
}

bool Stream::Operation::fail() {
  error_ = lane_.error;
  return true;
}

bool Stream::Operation::suspend(std::coroutine_handle<> waiter) {
  if (lane_.when == passed) {
    lane_.when = far;
    error_ = Error::timed_out;
    return false;
  }
  if (Result<> armed = stream_.arm(); !armed) {
    error_ = armed.error();
    return false;
  }
  waiter_ = waiter;
  lane_.waiting = this;
  if (lane_.pause != 0) stream_.begin_pause(lane_);
  return true;
}

// A lane is as good as its last operation; but a read that took too long may be tried again.
std::unexpected<Error> Stream::Operation::failure() {
  if (writes() || error_ != Error::timed_out) lane_.error = error_;
  return std::unexpected(error_);
}

bool Stream::Operation::take(const Progress& progress) {
  wait_ = progress.wait;
  error_ = progress.error;
  return wait_ == Wait::none;
}

void Stream::resume(LaneState& lane) {
  Operation* ended = std::exchange(lane.waiting, nullptr);
  drive(ended->waiter_);
}

void Stream::try_again(LaneState& lane, bool readable, bool writable) {
  Operation& operation = *lane.waiting;
  if (!(operation.wait_ == Wait::readable ? readable : writable)) return;
  operation.moved_ = false;
  if (operation.attempt()) {
    resume(lane);
  } else if (lane.pause != 0 && operation.moved_) {
    begin_pause(lane);
  }
}

void Stream::begin_pause(LaneState& lane) {
  const Clock::time_point now = loop_.now();
  const Clock::duration pause(lane.pause);
  if (&lane == &reading_) return expire(lane, now + pause);
  static_cast<WriteOperation&>(*lane.waiting).untaken_ = {.bytes = untaken(), .seen = now};
  expire(lane, now + pause / looks_per_pause);
}

// Whether the pause of what waits to write is not over yet. The kernel tells of room only when a good part of its queue
// has left, which may be megabytes: whoever takes less than that in a pause does take something.
bool Stream::takes_something() {
  Untaken& before = static_cast<WriteOperation&>(*writing_.waiting).untaken_;
  const size_t left = untaken();
  if (left < before.bytes) before = {.bytes = left, .seen = loop_.now()};
  const Clock::duration pause(writing_.pause);
  const Clock::time_point end = before.seen + pause;
  if (end <= loop_.now()) return false;
  writing_.when = std::min(end, loop_.now() + pause / looks_per_pause);
  return true;
}

// Marked first: who goes on may begin another operation at once, such as to send a 408, which is not meant.
void Stream::expired() {
  Clock::time_point earliest = far;
  for (LaneState* lane : {&reading_, &writing_}) {
    if (lane->when <= loop_.now()) lane_expired(*lane);
    if (lane->when > loop_.now()) earliest = std::min(earliest, lane->when);
  }
  if (earliest != far) Timed::expires_at(earliest, loop_.wheel());
  resume_ended();
}

void Stream::lane_expired(LaneState& lane) {
  if (lane.waiting == nullptr) {
    lane.when = lane.pause == 0 ? passed : far;
    return;
  }
  const bool is_paused_write = &lane == &writing_ && lane.pause != 0;
  if (is_paused_write && takes_something()) return;
  lane.when = far;
  lane.waiting->error_ = Error::timed_out;
}

void Stream::resume_ended() {
  for (LaneState* lane : {&reading_, &writing_}) {
    if (lane->waiting != nullptr && lane->waiting->error_ != Error{}) resume(*lane);
  }
}

void Stream::fail(Error why) {
  loop_.assert_here();
  for (LaneState* lane : {&reading_, &writing_}) {
    if (lane->error == Error{}) lane->error = why;
    if (lane->waiting != nullptr) lane->waiting->error_ = why;
  }
  resume_ended();
  peer_has_ended(PeerEnd::whole);
}

void Stream::never() {
  reading().never();
  writing().never();
  Timed::never();
}

bool Stream::PeerEnded::await_suspend(std::coroutine_handle<> waiter) {
  assert(stream_.watching_ == nullptr && "a second coroutine would watch the peer of a stream");
  failed_ = !stream_.arm();
  if (failed_) return false;
  waiter_ = waiter;
  stream_.watching_ = this;
  return true;
}

void Stream::peer_has_ended(PeerEnd end) {
  peer_end_ = std::max(peer_end_, end);
  if (watching_ == nullptr || peer_end_ < watching_->least_) return;
  drive(std::exchange(watching_, nullptr)->waiter_);
}

size_t Stream::write_now(std::string_view bytes) {
  if (writing_.error != Error{} || writing_.waiting != nullptr) return 0;
  iovec piece{const_cast<char*>(bytes.data()), bytes.size()};
  return try_write(std::span(&piece, 1), false).bytes;
}

bool Stream::Read::attempt() {
  Progress progress = stream_.try_read(into_);
  bytes_ = progress.bytes;
  return take(progress);
}

bool Stream::Readable::attempt() { return stream_.may_read() || take({.wait = Wait::readable}); }

// Takes away what was written, and pieces that are empty.
void Stream::Write::consume(size_t bytes) {
  while (!pieces_.empty() && bytes >= pieces_.front().iov_len) {
    bytes -= pieces_.front().iov_len;
    pieces_ = pieces_.subspan(1);
  }
  if (bytes == 0) return;
  iovec& piece = pieces_.front();
  piece.iov_base = static_cast<char*>(piece.iov_base) + bytes;
  piece.iov_len -= bytes;
}

bool Stream::Write::attempt() {
  while (!pieces_.empty()) {
    Progress progress = stream_.try_write(pieces_, more_);
    if (progress.wait != Wait::none || progress.error != Error{}) return take(progress);
    moved_ = true;
    consume(progress.bytes);
  }
  return true;
}

bool Stream::SendFile::attempt() {
  while (left_ > 0) {
    Progress progress = stream_.try_send_file(fd_, from_, left_);
    if (progress.bytes == 0 && progress.wait == Wait::none && progress.error == Error{}) {
      progress.error = Error::io_error;
    }
    if (progress.wait != Wait::none || progress.error != Error{}) return take(progress);
    moved_ = true;
    from_ += static_cast<off_t>(progress.bytes);
    left_ -= progress.bytes;
  }
  return true;
}

Result<> DescriptorStream::arm() {
  if (registered_) return {};
  Result<> watched = loop().watch(fd_.get(), EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, *this);
  registered_ = watched.has_value();
  return watched;
}

void DescriptorStream::close_descriptor() {
  if (std::exchange(registered_, false) && fd_) loop().unwatch(fd_.get());
  fd_.close();
}

void DescriptorStream::ready(uint32_t events) {
  if (!fd_) return;  // closed earlier in this turn
  bool failed = (events & (EPOLLHUP | EPOLLERR)) != 0;
  bool in = failed || (events & (EPOLLIN | EPOLLRDHUP)) != 0;
  bool out = failed || (events & EPOLLOUT) != 0;
  readable_ |= in;
  writable_ |= out;
  bool ended = failed || (events & EPOLLRDHUP) != 0;
  ended_ |= ended;
  wake(in, out);
  if (ended) peer_has_ended(failed ? PeerEnd::whole : PeerEnd::half);
}

Progress SocketStream::try_read(std::span<char> into) {
  return receive(into.size(), [&] { return socket_receive(fd_.get(), into); });
}

Progress SocketStream::try_write(std::span<const iovec> pieces, bool more) {
  int flags = MSG_NOSIGNAL | (more ? MSG_MORE : 0);
  if (pieces.size() == 1) {
    return send([&] { return socket_send(fd_.get(), pieces.front(), flags); });
  }
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(pieces.data());
  message.msg_iovlen = pieces.size();
  return send([&] { return ::sendmsg(fd_.get(), &message, flags); });
}

Progress SocketStream::try_send_file(int fd, off_t from, size_t length) {
  return send([&] { return ::sendfile(fd_.get(), fd, &from, length); });
}

size_t SocketStream::untaken() const {
  int bytes = 0;
  return ::ioctl(fd_.get(), SIOCOUTQ, &bytes) == 0 ? static_cast<size_t>(bytes) : 0;
}

size_t SocketStream::unread() const {
  int bytes = 0;
  return ::ioctl(fd_.get(), SIOCINQ, &bytes) == 0 ? static_cast<size_t>(bytes) : 0;
}

bool SocketStream::local_address(sockaddr_storage& to) const {
  socklen_t size = sizeof to;
  return ::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&to), &size) == 0;
}

void SocketStream::end_output() {
  if (fd_) ::shutdown(fd_.get(), SHUT_WR);
}

void SocketStream::close(bool reset) {
  if (reset && fd_) {
    linger now{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }
  never();
  close_descriptor();
}

}  // namespace webserv
