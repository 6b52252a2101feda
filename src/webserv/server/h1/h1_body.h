// The body of an HTTP/1 request, as the handler pulls it: framing, limits, the least rate, and "100 Continue".
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>

#include "webserv/http/chunk_decoder.h"
#include "webserv/http/framing.h"
#include "webserv/io/stream.h"
#include "webserv/server/body.h"
#include "webserv/server/h1/input_buffer.h"
#include "webserv/server/limits.h"

namespace webserv::detail {

class H1Body final : public Body {
 public:
  // Of an exchange: `in` holds what came behind the head, `out` answers that are to be sent before the client is waited
  // for, `limits` are read when the first byte is asked for. All are borrowed.
  H1Body(InputBuffer& in, std::string& out, const RouteLimits& limits) : in_(in), out_(out), limits_(limits) {}

  // Whose bodies it reads from here on; borrowed.
  void attach(Stream& client) { client_ = &client; }
  // Begins another request's body: of one that has none, or with what the client expects before it sends it.
  void begin() {
    framing_ = {};
    received_ = 0;
    expects_continue_ = false;
    ended_ = true;
  }
  enum class Expects : uint8_t { nothing, interim };
  void begin(Framing framing, Expects expects);

  std::optional<uint64_t> length() const override {
    if (framing_.kind == Framing::Kind::chunked) return std::nullopt;
    return framing_.length;
  }
  Task<bool> invite() override;

  // Whether all of it was read.
  bool ended() const { return ended_; }
  // Nobody knows where it ends: the connection cannot go on after this request.
  void give_up() { ended_ = false; }
  // Whether what is left may be little enough to be skipped, and is sure to come.
  bool skippable() const;
  // Reads and drops what is left, by way of `dropped`, which others may use meanwhile. False: it was more than
  // skip_size bytes, and the connection cannot go on. An error is what the client is to be told.
  Task<std::expected<bool, HttpError>> skip(std::span<char> dropped);

  // Bytes that were dealt with, with chunk framing.
  uint64_t received() const { return received_; }

 protected:
  std::optional<Piece> read_now(std::span<char> into) override;
  Task<Piece> read_later(std::span<char> into) override;

 private:
  bool has_declared_length() const { return framing_.kind == Framing::Kind::length; }
  Piece took(size_t received, size_t decoded);
  std::optional<Piece> take_chunked(std::span<char> into);
  Piece outcome(const Result<size_t>& got, Clock::time_point before);
  bool has_something_to_say() const { return !invited_ && (expects_continue_ || !out_.empty()); }
  Task<bool> say_it();

  InputBuffer& in_;
  std::string& out_;
  const RouteLimits& limits_;
  Stream* client_ = nullptr;
  Framing framing_;
  ChunkDecoder decoder_;
  uint64_t left_ = 0;     // of a declared length
  uint64_t decoded_ = 0;  // payload that was handed on
  uint64_t received_ = 0;
  uint64_t next_pause_ = 0;   // of received_: others get their turn then
  Clock::duration waited_{};  // for the client, in all
  bool expects_continue_ = false;
  bool invited_ = false;  // what is gathered is another's to send
  bool ended_ = true;
};

}  // namespace webserv::detail
