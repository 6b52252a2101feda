#include "webserv/server/h1/h1_body.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace webserv::detail {

namespace {

constexpr HttpError too_large{Status::content_too_large, "the body is larger than this resource takes"};
constexpr HttpError too_slow{Status::request_timeout, "the body came too slowly"};
constexpr HttpError cut_off{Status::bad_request, "the connection ended within the body"};

}  // namespace

void H1Body::begin(Framing framing, Expects expects) {
  framing_ = framing;
  left_ = framing.length;
  decoded_ = 0;
  received_ = 0;
  next_pause_ = bytes_per_turn;
  waited_ = {};
  decoder_ = ChunkDecoder();
  expects_continue_ = expects == Expects::interim;
  invited_ = false;
  ended_ = framing.kind == Framing::Kind::none;
}

std::optional<Body::Piece> H1Body::read_now(std::span<char> into) {
  if (ended_ || framing_.kind == Framing::Kind::none) return 0;
  if (left_ > limits_.body_size) return std::unexpected(too_large);
  if (!has_declared_length()) return take_chunked(into);
  const auto wanted = static_cast<size_t>(std::min<uint64_t>(into.size(), left_));
  const std::string_view here = in_.unread().substr(0, wanted);
  if (here.empty()) return std::nullopt;
  std::memcpy(into.data(), here.data(), here.size());
  in_.consume(here.size());
  return took(here.size(), here.size());
}

Body::Piece H1Body::took(size_t received, size_t decoded) {
  received_ += received;
  decoded_ += decoded;
  if (has_declared_length()) {
    left_ -= decoded;
    ended_ = left_ == 0;
  }
  return decoded;
}

// Nothing: what is there is dealt with, and had no payload.
std::optional<Body::Piece> H1Body::take_chunked(std::span<char> into) {
  while (!in_.empty()) {
    const std::string_view input = in_.unread();
    std::expected<ChunkDecoder::Piece, HttpError> piece =
        decoder_.decode(input.substr(0, std::min(input.size(), into.size())));
    if (!piece) return std::unexpected(piece.error());
    const std::string_view data = piece->data;
    if (decoded_ + data.size() > limits_.body_size) return std::unexpected(too_large);
    if (!data.empty()) std::memcpy(into.data(), data.data(), data.size());
    in_.consume(piece->consumed);
    ended_ = piece->done;
    Piece taken = took(piece->consumed, data.size());
    if (*taken > 0 || ended_) return taken;
  }
  return std::nullopt;
}

Task<Body::Piece> H1Body::read_later(std::span<char> into) {
  for (;;) {
    // What was gathered for the client is sent before it is waited for.
    if (has_something_to_say()) {
      bool said = co_await say_it();
      if (!said) co_return std::unexpected(cut_off);
    }
    // However fast it comes, others get their turn.
    if (received_ >= next_pause_) {
      next_pause_ = received_ + bytes_per_turn;
      co_await client_->loop().next_turn();
    }
    in_.make_room();
    std::span<char> room = in_.room();
    if (has_declared_length()) room = into.first(static_cast<size_t>(std::min<uint64_t>(into.size(), left_)));
    client_->reading().expires_in(limits_.body);
    Clock::time_point before = client_->loop().now();
    Result<size_t> got = co_await client_->read_some(room);
    Piece piece = outcome(got, before);
    if (!piece) co_return piece;
    if (has_declared_length()) co_return took(*piece, *piece);
    in_.added(*piece);
    std::optional<Piece> taken = take_chunked(into);
    if (taken) co_return *taken;
  }
}

Body::Piece H1Body::outcome(const Result<size_t>& got, Clock::time_point before) {
  waited_ += client_->loop().now() - before;
  if (!got && got.error() == Error::timed_out) return std::unexpected(too_slow);
  if (!got || *got == 0) return std::unexpected(cut_off);
  // Whoever takes longer than the pause in all has to keep to the least rate beyond it.
  const Clock::duration beyond = waited_ - limits_.body;
  const bool lags =
      beyond.count() > 0 && (received_ + *got) * 1000 < static_cast<uint64_t>(beyond.count()) * least_body_rate;
  if (lags) return std::unexpected(too_slow);
  return *got;
}

Task<bool> H1Body::invite() {
  bool said = true;
  if (has_something_to_say()) said = co_await say_it();
  invited_ = true;
  co_return said;
}

// RFC 9110 10.1.1: the client waits for "100 Continue" before it sends the body.
Task<bool> H1Body::say_it() {
  if (std::exchange(expects_continue_, false)) out_.append("HTTP/1.1 100 Continue\r\n\r\n");
  client_->writing().expires_after_pause(limits_.write);
  Result<> sent = co_await client_->write_all(out_);
  out_.clear();
  co_return sent.has_value();
}

bool H1Body::skippable() const {
  if (framing_.kind == Framing::Kind::none) return false;
  // A client that waits for "100 Continue" may send its body after the answer, or another request: nobody can tell.
  return !expects_continue_ && left_ <= skip_size;
}

Task<std::expected<bool, HttpError>> H1Body::skip(std::span<char> dropped) {
  const uint64_t most = decoded_ + skip_size;
  while (!ended_ && decoded_ <= most) {
    Piece got = co_await read_some(dropped);
    if (!got) co_return std::unexpected(got.error());
  }
  co_return ended_;
}

}  // namespace webserv::detail
