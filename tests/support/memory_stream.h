// A stream for tests: its input is what the test feeds, piece by piece, and its output is a string.
#pragma once

#include <algorithm>
#include <cstring>
#include <deque>
#include <limits>
#include <string>
#include <string_view>

#include "webserv/io/stream.h"

namespace webserv::detail::test {

class MemoryStream final : public Stream {
 public:
  using Stream::Stream;

  // One more piece that the peer sent; a read gets no more than a piece.
  void feed(std::string_view piece) {
    if (!piece.empty()) input_.emplace_back(piece);
    wake(true, false);
  }
  // The peer says nothing more.
  void end_input() {
    input_ended_ = true;
    wake(true, false);
  }
  // The peer takes this many bytes from now on, at most `each` at a time.
  void take(size_t bytes, size_t each = std::numeric_limits<size_t>::max()) {
    room_ = bytes;
    each_ = each;
    wake(false, true);
  }
  // The peer has ended its side, or is gone.
  void peer_ends(PeerEnd end) { peer_has_ended(end); }
  // Every read or write fails from now on.
  void break_with(Error error) {
    broken_ = error;
    wake(true, true);
  }

  const std::string& output() const { return output_; }
  std::string take_output() { return std::exchange(output_, {}); }
  bool output_ended() const { return output_ended_; }
  bool closed() const { return closed_; }
  bool was_reset() const { return reset_; }
  int writes() const { return writes_; }

  void end_output() override { output_ended_ = true; }
  void close(bool reset = false) override {
    closed_ = true;
    reset_ = reset;
    never();
  }

 protected:
  Progress try_read(std::span<char> into) override {
    if (broken_ != Error{}) return {.error = broken_};
    if (input_.empty()) return {.wait = input_ended_ ? Wait::none : Wait::readable};
    std::string& piece = input_.front();
    size_t count = std::min(piece.size(), into.size());
    std::memcpy(into.data(), piece.data(), count);
    piece.erase(0, count);
    if (piece.empty()) input_.pop_front();
    return {.bytes = count};
  }
  Progress try_write(std::span<const iovec> pieces, bool) override {
    if (broken_ != Error{}) return {.error = broken_};
    ++writes_;
    size_t limit = std::min(room_, each_);
    size_t done = 0;
    for (const iovec& piece : pieces) {
      size_t count = std::min(piece.iov_len, limit - done);
      output_.append(static_cast<const char*>(piece.iov_base), count);
      done += count;
    }
    if (done == 0) return {.wait = Wait::writable};
    if (room_ != std::numeric_limits<size_t>::max()) room_ -= done;
    return {.bytes = done};
  }
  Progress try_send_file(int fd, off_t from, size_t length) override {
    std::string bytes(std::min<size_t>({length, room_, each_, 65536}), '\0');
    if (bytes.empty()) return {.wait = Wait::writable};
    ssize_t got = ::pread(fd, bytes.data(), bytes.size(), from);
    if (got < 0) return {.error = static_cast<Error>(errno)};
    bytes.resize(static_cast<size_t>(got));
    iovec piece{bytes.data(), bytes.size()};
    if (bytes.empty()) return {};
    return try_write(std::span(&piece, 1), false);
  }
  bool may_read() const override { return !input_.empty() || input_ended_ || broken_ != Error{}; }
  Result<> arm() override { return {}; }

 private:
  std::deque<std::string> input_;
  std::string output_;
  size_t room_ = std::numeric_limits<size_t>::max();
  size_t each_ = std::numeric_limits<size_t>::max();
  Error broken_{};
  int writes_ = 0;
  bool input_ended_ = false;
  bool output_ended_ = false;
  bool closed_ = false;
  bool reset_ = false;
};

}  // namespace webserv::detail::test
