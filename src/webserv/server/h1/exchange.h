// What a connection leases from its worker while it has something to do, and gives back before it idles: the bytes that
// came, the request they make, and the answers that wait to be sent. So an idle connection holds no buffer.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "webserv/http/h1_parser.h"
#include "webserv/server/application.h"
#include "webserv/server/h1/h1_body.h"
#include "webserv/server/h1/input_buffer.h"
#include "webserv/server/request.h"
#include "webserv/server/response.h"

namespace webserv {

// What the head of an answer says of the message, decided by the connection.
struct MessageShape {
  std::string_view ok_and_date;  // "HTTP/1.1 200 OK\r\nDate: ...\r\n": how most answers begin
  int minor_version = 1;         // of the request
  bool keep_alive = true;
  bool head_only = false;  // the answer to HEAD
};

// How a client that has ended what it sends can be asked whether it is still there: what is gone answers to any byte
// with a reset.
enum class Probe : uint8_t {
  none,
  interim,       // no answer has begun: "100 Continue", which every client of 1.1 may get (RFC 9110 15.2)
  leading_zero,  // the body goes out in chunks, and between two of them: a zero before the next chunk's size
};

struct Exchange {
  Exchange(Loop& loop, unsigned worker, RequestIds& ids, std::shared_ptr<const Application> application_)
      : in(application_->limits.head.head_size + body_room),
        parser(application_->limits.head),
        request(loop, worker, ids),
        application(std::move(application_)) {}

  InputBuffer in;
  RequestParser parser;
  Request request;
  H1Body body;
  std::string path_scratch;                        // where a path had to be decoded
  std::string redirect_target;                     // of a local redirect
  std::string out;                                 // gathered answers
  std::shared_ptr<const Application> application;  // what the request began with, also when it is replaced meanwhile
  MessageShape shape;                              // of the answer that is being sent
  Probe probe = Probe::none;
  bool head_timed = false;  // the deadline of the head that is being read runs
  int64_t began = 0;        // when its bytes came, microseconds since 1970; 0 where requests were not logged then
  Exchange* next_free = nullptr;

  // The next request is one to this application. Nothing is held in `in`; what is there of a head is read anew.
  void begin_with(const std::shared_ptr<const Application>& next);

  void clear() {
    in.clear();
    parser.reset();
    out.clear();
    head_timed = false;
    began = 0;
  }
};

// The free exchanges of a worker. Keeps a few: bursts are given back to the heap.
class ExchangePool {
 public:
  // `application` is the worker's: it is looked at whenever an exchange is made or comes back.
  ExchangePool(Loop& loop, unsigned worker, RequestIds& ids, const std::shared_ptr<const Application>& application)
      : loop_(loop), worker_(worker), ids_(ids), application_(application) {}

  ~ExchangePool() { drop_free(); }
  ExchangePool(const ExchangePool&) = delete;

  // To be given back.
  Exchange& take() {
    if (free_ == nullptr) return *new Exchange(loop_, worker_, ids_, application_);
    --free_count_;
    return *std::exchange(free_, free_->next_free);
  }
  void give(Exchange& exchange) noexcept {
    exchange.clear();
    // One that served what was replaced meanwhile would keep it.
    if (free_count_ == kept || exchange.application != application_) {
      delete &exchange;
      return;
    }
    ++free_count_;
    exchange.next_free = std::exchange(free_, &exchange);
  }
  // Those that are free have no use any more.
  void drop_free() noexcept {
    while (free_ != nullptr) delete std::exchange(free_, free_->next_free);
    free_count_ = 0;
  }

 private:
  static constexpr unsigned kept = 32;
  Loop& loop_;
  unsigned worker_;
  RequestIds& ids_;
  const std::shared_ptr<const Application>& application_;
  Exchange* free_ = nullptr;  // a chain of them, which are the pool's own
  unsigned free_count_ = 0;
};

// Holds an exchange for a scope.
class ExchangeLease {
 public:
  explicit ExchangeLease(ExchangePool& pool) : pool_(pool), exchange_(pool.take()) {}
  ExchangeLease(const ExchangeLease&) = delete;
  ~ExchangeLease() { pool_.give(exchange_); }
  Exchange& operator*() { return exchange_; }

 private:
  ExchangePool& pool_;
  Exchange& exchange_;
};

}  // namespace webserv
