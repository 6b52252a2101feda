// Stream: bytes both ways, each with a deadline of its own. Its operations are awaitable; what a socket, a pipe, TLS or
// a test stream implements is three functions that never block.
#pragma once

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cassert>
#include <chrono>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "webserv/base/result.h"
#include "webserv/io/deadline.h"
#include "webserv/io/fd.h"
#include "webserv/io/loop.h"

namespace webserv {

enum class Wait : uint8_t { none, readable, writable };

// What one attempt came to: bytes moved, or what to wait for, or a failure.
struct Progress {
  size_t bytes = 0;
  Wait wait = Wait::none;
  Error error{};
};

// What is known of the peer's end of the connection.
enum class PeerEnd : uint8_t {
  none,
  half,  // it has ended what it sends; whether it still reads is not known, but where its end is a unix socket: it does
  whole,  // it is gone, or the connection has failed
};

// A resource: neither copied nor moved. It has two lanes, one for reading and one for writing. In each lane one
// operation at a time may wait, with a deadline and an error of its own: nothing that happens in one lane ends what
// waits in the other, but for fail(), which ends both.
//
// All of it belongs to the thread of its loop.
class Stream : private detail::Timed {
 public:
  explicit Stream(Loop& loop) : loop_(loop) {}
  Stream(const Stream&) = delete;
  ~Stream() override = default;

  class Lane;
  class Read;
  class Readable;
  class Write;
  class SendFile;
  class PeerEnded;

  // Reads what is there into `into` (not empty), waits where there is nothing. Result<size_t>: 0 where the peer has
  // ended. After Error::timed_out further reads are possible; any other error is that of all later reads.
  Read read_some(std::span<char> into);
  // One read that does not wait: `wait` says that nothing is there, as far as the loop has told.
  Progress read_now(std::span<char> into) {
    if (reading_.error != Error{}) return {.error = reading_.error};
    return try_read(into);
  }
  // Waits until a read would do something, without holding a buffer meanwhile. Result<>.
  Readable readable();
  // Writes all of it. Result<>; after any error every later write has it, for nothing may follow what was cut off.
  // `pieces` are consumed in place and live until then, as do the bytes. `more` says that a further write follows at
  // once, so that the kernel may gather them in one packet.
  Write write_all(std::span<iovec> pieces, bool more = false);
  Write write_all(std::string_view bytes, bool more = false);
  // Sends `length` bytes of a file from an offset. Result<>; Error::io_error where the file has become shorter.
  SendFile send_file(int fd, off_t from, size_t length);

  // One write that does not wait: how many of the bytes went out. None where a write waits, whose bytes come first.
  size_t write_now(std::string_view bytes);
  // Waits until the peer's end is `least` or worse, by one coroutine at a time beside those that read and write; no
  // deadline ends it. It is told without reading, so also while unread bytes are there. PeerEnd.
  PeerEnded peer_ended(PeerEnd least);

  // The deadlines of read_some() and readable(), and those of write_all() and send_file().
  Lane reading();
  Lane writing();

  // Ends the waiting operations, and all later ones at their first attempt, with this error.
  void fail(Error why);

  // Bytes that have come and were not read yet; where that is not known, 0.
  virtual size_t unread() const { return 0; }

  // The address of this end, as by getsockname(2). False: there is none.
  virtual bool local_address(sockaddr_storage&) const { return false; }

  // Tells the peer that nothing more comes (shutdown(2) of the sending side).
  virtual void end_output() = 0;
  // Closes; with `reset`, what is not sent yet is dropped and the peer sees a reset.
  virtual void close(bool reset = false) = 0;

  Loop& loop() { return loop_; }

 protected:
  // Never blocks. Bytes 0 without wait and error: the peer has ended.
  virtual Progress try_read(std::span<char> into) = 0;
  virtual Progress try_write(std::span<const iovec> pieces, bool more) = 0;
  virtual Progress try_send_file(int fd, off_t from, size_t length) = 0;
  // Whether try_read() would do something; where that is not known, true.
  virtual bool may_read() const = 0;
  // An operation begins to wait: wake() has to be called when the world changes.
  virtual Result<> arm() = 0;
  // How many of the written bytes the peer has not taken yet; where that is not known, 0.
  virtual size_t untaken() const { return 0; }

  void wake(bool readable, bool writable) {
    wake(reading_, readable, writable);
    wake(writing_, readable, writable);
  }
  void peer_has_ended(PeerEnd end);
  // Neither lane has a deadline any more: for those that close.
  void never();

 private:
  class Operation;
  class WriteOperation;

  // The time of a lane whose time passed while nothing waited.
  static constexpr Clock::time_point passed = Clock::time_point::min();

  struct LaneState {
    Operation* waiting = nullptr;
    Clock::time_point when = Timed::far;
    uint32_t pause = 0;  // milliseconds that `when` is set to whenever somebody begins to wait
    Error error{};       // of all operations that begin from now on
  };

  // What a suspended coroutine waits for. attempt() returns true once it is over, well or badly.
  class Operation {
   public:
    Operation(const Operation&) = delete;

   protected:
    Operation(Stream& stream, LaneState& lane) : stream_(stream), lane_(lane) {}
    virtual ~Operation() {
      if (lane_.waiting == this) abandon();
    }
    bool begin() {
      stream_.loop_.assert_here();
      assert(lane_.waiting == nullptr && "an operation begins in a lane of a stream in which another one waits");
      return lane_.error == Error{} ? attempt() : fail();
    }
    bool suspend(std::coroutine_handle<> waiter);
    bool take(const Progress& progress);  // false: has to wait
    virtual bool attempt() = 0;
    Result<> outcome() {
      if (error_ == Error{}) return {};
      return failure();
    }
    bool writes() const { return &lane_ == &stream_.writing_; }

    Stream& stream_;
    LaneState& lane_;
    Error error_{};
    Wait wait_ = Wait::none;
    bool moved_ = false;  // a byte, in the last attempt

   private:
    friend class Stream;
    void abandon();
    bool fail();
    std::unexpected<Error> failure();

    std::coroutine_handle<> waiter_;
  };

  // Of one that waits to write, from begin_pause() on: what the peer had not taken when it was last seen to take
  // something.
  struct Untaken {
    size_t bytes = 0;
    Clock::time_point seen{};
  };

  void wake(LaneState& lane, bool readable, bool writable) {
    if (lane.waiting != nullptr) try_again(lane, readable, writable);
  }
  void try_again(LaneState& lane, bool readable, bool writable);
  void expired() override;
  void expire(LaneState& lane, Clock::time_point when);
  void begin_pause(LaneState& lane);
  void lane_expired(LaneState& lane);
  bool takes_something();
  void resume_ended();
  void resume(LaneState& lane);

  // The lanes share one place in the wheel, which is at the earlier of their deadlines or before it.
  LaneState reading_;
  LaneState writing_;
  Loop& loop_;
  PeerEnded* watching_ = nullptr;
  PeerEnd peer_end_ = PeerEnd::none;
};

// One direction of a stream, for setting its deadline. A deadline ends one wait with Error::timed_out: the one that
// goes on when it passes or, where nothing waits then, the next one. What is done without waiting is never ended by it.
class Stream::Lane {
 public:
  void expires_at(Clock::time_point when) {
    state_.pause = 0;
    stream_.expire(state_, when);
  }
  // The same, counted from this turn of the loop.
  void expires_in(Clock::duration time) { expires_at(stream_.loop_.now() + time); }
  // Whoever waits has `pause` at most without a byte read or written, or taken by the peer of what was written before.
  void expires_after_pause(Clock::duration pause) {
    state_.pause = static_cast<uint32_t>(std::clamp<int64_t>(pause.count(), 1, UINT32_MAX));
    if (state_.waiting != nullptr) stream_.begin_pause(state_);
  }
  void never() {
    state_.pause = 0;
    state_.when = Timed::far;
  }
  Clock::time_point when() const { return state_.when; }

 private:
  friend class Stream;
  Lane(Stream& stream, LaneState& state) : stream_(stream), state_(state) {}

  Stream& stream_;
  LaneState& state_;
};

class Stream::Read final : Operation {
 public:
  Read(Stream& stream, std::span<char> into) : Operation(stream, stream.reading_), into_(into) {}
  bool await_ready() { return begin(); }
  bool await_suspend(std::coroutine_handle<> waiter) { return suspend(waiter); }
  Result<size_t> await_resume() {
    if (error_ != Error{}) return failure();
    return bytes_;
  }

 private:
  bool attempt() override;
  std::span<char> into_;
  size_t bytes_ = 0;
};

class Stream::Readable final : Operation {
 public:
  explicit Readable(Stream& stream) : Operation(stream, stream.reading_) {}
  bool await_ready() { return begin(); }
  bool await_suspend(std::coroutine_handle<> waiter) { return suspend(waiter); }
  Result<> await_resume() { return outcome(); }

 private:
  bool attempt() override;
};

class Stream::WriteOperation : protected Operation {
 protected:
  explicit WriteOperation(Stream& stream) : Operation(stream, stream.writing_) {}

 private:
  friend class Stream;
  Untaken untaken_;
};

class Stream::Write final : WriteOperation {
 public:
  Write(Stream& stream, std::span<iovec> pieces, bool more) : WriteOperation(stream), pieces_(pieces), more_(more) {
    consume(0);
  }
  Write(Stream& stream, std::string_view bytes, bool more)
      : WriteOperation(stream),
        single_{const_cast<char*>(bytes.data()), bytes.size()},
        pieces_(&single_, 1),
        more_(more) {}
  bool await_ready() { return begin(); }
  bool await_suspend(std::coroutine_handle<> waiter) { return suspend(waiter); }
  Result<> await_resume() { return outcome(); }

 private:
  bool attempt() override;
  void consume(size_t bytes);
  iovec single_{};
  std::span<iovec> pieces_;
  bool more_;
};

class Stream::SendFile final : WriteOperation {
 public:
  SendFile(Stream& stream, int fd, off_t from, size_t length)
      : WriteOperation(stream), fd_(fd), from_(from), left_(length) {}
  bool await_ready() { return begin(); }
  bool await_suspend(std::coroutine_handle<> waiter) { return suspend(waiter); }
  Result<> await_resume() { return outcome(); }

 private:
  bool attempt() override;
  int fd_;
  off_t from_;
  size_t left_;
};

class Stream::PeerEnded final {
 public:
  PeerEnded(Stream& stream, PeerEnd least) : stream_(stream), least_(least) {}
  PeerEnded(const PeerEnded&) = delete;
  ~PeerEnded() {
    if (stream_.watching_ == this) stream_.watching_ = nullptr;
  }
  bool await_ready() const { return stream_.peer_end_ >= least_; }
  bool await_suspend(std::coroutine_handle<> waiter);
  PeerEnd await_resume() const { return failed_ ? PeerEnd::whole : stream_.peer_end_; }

 private:
  friend class Stream;
  Stream& stream_;
  const PeerEnd least_;
  bool failed_ = false;  // nobody can tell
  std::coroutine_handle<> waiter_;
};

inline Stream::Lane Stream::reading() { return Lane(*this, reading_); }
inline Stream::Lane Stream::writing() { return Lane(*this, writing_); }
inline void Stream::expire(LaneState& lane, Clock::time_point when) {
  lane.when = when;
  if (when < Timed::when()) Timed::expires_at(when, loop_.wheel());
}
inline Stream::Read Stream::read_some(std::span<char> into) { return Read(*this, into); }
inline Stream::Readable Stream::readable() { return Readable(*this); }
inline Stream::Write Stream::write_all(std::span<iovec> pieces, bool more) { return Write(*this, pieces, more); }
inline Stream::Write Stream::write_all(std::string_view bytes, bool more) { return Write(*this, bytes, more); }
inline Stream::PeerEnded Stream::peer_ended(PeerEnd least) { return PeerEnded(*this, least); }
inline Stream::SendFile Stream::send_file(int fd, off_t from, size_t length) {
  return SendFile(*this, fd, from, length);
}

namespace detail {

// A stream over a descriptor that does not block. It is registered with the loop, edge-triggered for both directions
// and once, only when an operation has to wait for the first time: a short connection never is.
class DescriptorStream : public Stream, private Watcher {
 public:
  ~DescriptorStream() override { close_descriptor(); }

  int fd() const { return fd_.get(); }

 protected:
  DescriptorStream(Loop& loop, Fd fd) : Stream(loop), fd_(std::move(fd)) {}

  // Nothing is told of it from now on: the loop would go on telling of a copy that a process has which is being started
  // (epoll(7), Q6).
  void close_descriptor();

  bool may_read() const override { return readable_; }
  Result<> arm() override;

  // What a system call that reads into `wanted` bytes, or writes, came to. An attempt that was interrupted is made
  // again.
  template <class Call>
  Progress receive(size_t wanted, Call call);
  template <class Call>
  Progress send(Call call);

  Fd fd_;

 private:
  void ready(uint32_t events) override;

  bool readable_ = true;  // as far as is known: a read is worth its system call
  bool writable_ = true;
  bool ended_ = false;  // the peer has ended: a short read does not mean that nothing is left to learn
  bool registered_ = false;
};

// A connected stream socket.
class SocketStream final : public DescriptorStream {
 public:
  SocketStream(Loop& loop, Fd socket) : DescriptorStream(loop, std::move(socket)) {}

  size_t unread() const override;
  bool local_address(sockaddr_storage& to) const override;
  void end_output() override;
  void close(bool reset = false) override;

 protected:
  Progress try_read(std::span<char> into) override;
  Progress try_write(std::span<const iovec> pieces, bool more) override;
  Progress try_send_file(int fd, off_t from, size_t length) override;
  size_t untaken() const override;
};

template <class Call>
Progress DescriptorStream::receive(size_t wanted, Call call) {
  if (!readable_) return {.wait = Wait::readable};
  ssize_t bytes;
  do bytes = call();
  while (bytes < 0 && errno == EINTR);
  if (bytes < 0) {
    if (errno != EAGAIN) return {.error = static_cast<Error>(errno)};
    readable_ = false;
    return {.wait = Wait::readable};
  }
  // A read that did not fill the buffer has emptied the descriptor: the next edge tells of more.
  if (static_cast<size_t>(bytes) < wanted && !ended_) readable_ = false;
  return {.bytes = static_cast<size_t>(bytes)};
}

template <class Call>
Progress DescriptorStream::send(Call call) {
  if (!writable_) return {.wait = Wait::writable};
  ssize_t bytes;
  do bytes = call();
  while (bytes < 0 && errno == EINTR);
  if (bytes < 0) {
    if (errno != EAGAIN) return {.error = static_cast<Error>(errno)};
    writable_ = false;
    return {.wait = Wait::writable};
  }
  return {.bytes = static_cast<size_t>(bytes)};
}

}  // namespace detail

}  // namespace webserv
