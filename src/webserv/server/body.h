// The body of a request, as its handler pulls it.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>

#include "webserv/http/status.h"
#include "webserv/io/task.h"

namespace webserv {

class Body {
 public:
  // How many bytes came, 0 at the end; or what the client is to be told.
  using Piece = std::expected<size_t, HttpError>;
  class Read;

  virtual ~Body() = default;

  // What the head declares, in bytes: 0 where there is no body, nothing where it does not say how long it is.
  virtual std::optional<uint64_t> length() const = 0;

  // Awaitable: the next bytes into `into` (not empty); bytes that are there cost no frame. Errors: 413 over the limit,
  // 408 too slow, 400 malformed or cut off. "100 Continue" is sent when the client is first waited for.
  Read read_some(std::span<char> into);

  // For who reads it while the answer is written: sends "100 Continue" now, and nothing for the body's sake from then
  // on, since two may not write at once. Before the first byte is asked for. False: the client takes nothing more.
  virtual Task<bool> invite() = 0;

  // All of it, at most `limit` bytes (413).
  Task<std::expected<std::string, HttpError>> text(uint64_t limit);

 protected:
  // Nothing: the client has to be waited for.
  virtual std::optional<Piece> read_now(std::span<char> into) = 0;
  // One read, which may wait. `into` lives until it ends.
  virtual Task<Piece> read_later(std::span<char> into) = 0;
};

class Body::Read {
 public:
  Read(Body& body, std::span<char> into) : body_(body), into_(into) {}
  Read(const Read&) = delete;

  bool await_ready() {
    now_ = body_.read_now(into_);
    return now_.has_value();
  }
  bool await_suspend(std::coroutine_handle<> waiter) {
    later_.emplace(body_.read_later(into_));
    return later_->await_suspend(waiter);
  }
  Piece await_resume() { return now_ ? *now_ : later_->await_resume(); }

 private:
  Body& body_;
  const std::span<char> into_;
  std::optional<Piece> now_;
  std::optional<Task<Piece>> later_;
};

inline Body::Read Body::read_some(std::span<char> into) { return Read(*this, into); }

// The body of what has none.
class NoBody final : public Body {
 public:
  std::optional<uint64_t> length() const override { return 0; }
  Task<bool> invite() override { co_return true; }

 protected:
  std::optional<Piece> read_now(std::span<char>) override { return 0; }
  Task<Piece> read_later(std::span<char>) override { co_return 0; }
};

}  // namespace webserv
