#include "webserv/server/h1/h1_body.h"

#include <algorithm>
#include <cstring>

namespace webserv {

namespace {

constexpr HttpError too_large{Status::content_too_large, "the body is larger than this resource takes"};
constexpr HttpError too_slow_error{Status::request_timeout, "the body came too slowly"};
constexpr HttpError cut_off{Status::bad_request, "the connection ended within the body"};

}  // namespace

void H1Body::begin(Stream& client, InputBuffer& in, std::string& out, const RouteLimits& limits, Framing framing,
                   bool expects_continue) {
  client_ = &client;
  in_ = &in;
  out_ = &out;
  limits_ = &limits;
  framing_ = framing;
  left_ = framing.length;
  ended_ = framing.kind == Framing::Kind::none;
  expects_continue_ = expects_continue;
  decoded_ = 0;
  received_ = 0;
  if (ended_) return;
  invited_ = false;
  next_pause_ = bytes_per_turn;
  decoder_ = ChunkDecoder();
  waited_ = {};
}

Task<std::expected<size_t, HttpError>> H1Body::read_some(std::span<char> into) {
  if (ended_ || framing_.kind == Framing::Kind::none) co_return 0;
  if (left_ > limits_->body_size) co_return std::unexpected(too_large);
  if (framing_.kind == Framing::Kind::length) {
    std::expected<size_t, HttpError> got = co_await read_length(into);
    co_return got;
  }
  std::expected<size_t, HttpError> got = co_await read_chunked(into);
  co_return got;
}

Task<std::expected<size_t, HttpError>> H1Body::read_length(std::span<char> into) {
  size_t want = static_cast<size_t>(std::min<uint64_t>(into.size(), left_));
  std::string_view here = in_->unread().substr(0, want);
  size_t count = here.size();
  if (count > 0) {
    std::memcpy(into.data(), here.data(), count);
    in_->consume(count);
  } else {
    std::span<char> exactly = into.first(want);
    std::expected<size_t, HttpError> got = co_await receive(exactly);
    if (!got) co_return got;
    count = *got;
  }
  left_ -= count;
  received_ += count;
  decoded_ += count;
  ended_ = left_ == 0;
  co_return count;
}

Task<std::expected<size_t, HttpError>> H1Body::read_chunked(std::span<char> into) {
  for (;;) {
    std::string_view input = in_->unread();
    std::expected<ChunkDecoder::Piece, HttpError> piece =
        decoder_.decode(input.substr(0, std::min(input.size(), into.size())));
    if (!piece) co_return std::unexpected(piece.error());
    if (decoded_ + piece->data.size() > limits_->body_size) co_return std::unexpected(too_large);
    size_t count = piece->data.size();
    if (count > 0) std::memcpy(into.data(), piece->data.data(), count);
    in_->consume(piece->consumed);
    received_ += piece->consumed;
    decoded_ += count;
    ended_ = piece->done;
    if (count > 0 || ended_) co_return count;
    if (!in_->empty()) continue;
    in_->make_room();
    std::expected<size_t, HttpError> got = co_await receive(in_->room());
    if (!got) co_return got;
    in_->added(*got);
  }
}

// One read from the client, which is waited for. What was gathered for it is sent before.
Task<std::expected<size_t, HttpError>> H1Body::receive(std::span<char> into) {
  bool asked = co_await ask_for_it();
  if (!asked) co_return std::unexpected(cut_off);
  // However fast it comes, others get their turn.
  if (received_ >= next_pause_) {
    next_pause_ = received_ + bytes_per_turn;
    co_await client_->loop().next_turn();
  }
  client_->reading().expires_in(limits_->body);
  Clock::time_point before = client_->loop().now();
  Result<size_t> got = co_await client_->read_some(into);
  waited_ += client_->loop().now() - before;
  if (!got && got.error() == Error::timed_out) co_return std::unexpected(too_slow_error);
  if (!got || *got == 0) co_return std::unexpected(cut_off);
  // Whoever takes longer than the pause in all has to keep to the least rate beyond it.
  Clock::duration beyond = waited_ - limits_->body;
  bool too_slow =
      beyond.count() > 0 && (received_ + *got) * 1000 < static_cast<uint64_t>(beyond.count()) * least_body_rate;
  if (too_slow) co_return std::unexpected(too_slow_error);
  co_return *got;
}

Task<bool> H1Body::invite() {
  bool asked = co_await ask_for_it();
  invited_ = true;
  co_return asked;
}

// RFC 9110 10.1.1: the client waits for "100 Continue" before it sends the body.
Task<bool> H1Body::ask_for_it() {
  if (invited_) co_return true;
  if (std::exchange(expects_continue_, false)) out_->append("HTTP/1.1 100 Continue\r\n\r\n");
  if (out_->empty()) co_return true;
  client_->writing().expires_after_pause(limits_->write);
  Result<> sent = co_await client_->write_all(*out_);
  out_->clear();
  co_return sent.has_value();
}

bool H1Body::skippable() const {
  if (framing_.kind == Framing::Kind::none) return false;
  // A client that waits for "100 Continue" may send its body after the answer, or another request: nobody can tell.
  return !expects_continue_ && left_ <= skip_size;
}

std::expected<void, HttpError> H1Body::drop_buffered() {
  std::string_view input = in_->unread();
  size_t count = static_cast<size_t>(std::min<uint64_t>(input.size(), left_));
  if (framing_.kind == Framing::Kind::chunked) {
    std::expected<ChunkDecoder::Piece, HttpError> piece = decoder_.decode(input);
    if (!piece) return std::unexpected(piece.error());
    count = piece->consumed;
    decoded_ += piece->data.size();
    ended_ = piece->done;
  } else {
    left_ -= count;
    decoded_ += count;
    ended_ = left_ == 0;
  }
  in_->consume(count);
  received_ += count;
  if (decoded_ > limits_->body_size) return std::unexpected(too_large);
  return {};
}

Task<std::expected<bool, HttpError>> H1Body::skip() {
  uint64_t most = decoded_ + skip_size;
  while (!ended_ && decoded_ <= most) {
    if (!in_->empty()) {
      std::expected<void, HttpError> dropped = drop_buffered();
      if (!dropped) co_return std::unexpected(dropped.error());
      continue;
    }
    in_->make_room();
    std::expected<size_t, HttpError> got = co_await receive(in_->room());
    if (!got) co_return std::unexpected(got.error());
    in_->added(*got);
  }
  co_return ended_;
}

}  // namespace webserv
