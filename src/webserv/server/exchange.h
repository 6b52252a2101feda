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
#include <vector>

#include "webserv/http/h1_parser.h"
#include "webserv/server/application.h"
#include "webserv/server/h1_body.h"
#include "webserv/server/input_buffer.h"
#include "webserv/server/request.h"
#include "webserv/server/response.h"

namespace webserv {

// What the head of an answer says of the message, decided by the connection.
struct MessageShape {
  std::string_view date_line;  // "Date: ...\r\n"
  int minor_version = 1;       // of the request
  bool keep_alive = true;
  bool head_only = false;  // the answer to HEAD
};

struct Exchange {
  Exchange(Loop& loop, unsigned worker, std::shared_ptr<const Application> application_)
      : in(application_->limits.head.head_size + body_room),
        parser(application_->limits.head),
        request(loop, worker),
        application(std::move(application_)) {}

  InputBuffer in;
  RequestParser parser;
  Request request;
  H1Body body;
  std::string path_scratch;  // where a path or host had to be decoded
  std::string host_scratch;
  std::string last_authority;  // the host that was asked for last, as it came and normalized
  std::string last_host;
  std::string out;                                 // gathered answers
  std::shared_ptr<const Application> application;  // what the request began with, also when it is replaced meanwhile
  MessageShape shape;                              // of the answer that is being sent
  bool head_timed = false;                         // the deadline of the head that is being read runs
  int64_t began = 0;  // when its bytes came, microseconds since 1970; 0 where requests were not logged then

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
  ExchangePool(Loop& loop, unsigned worker, const std::shared_ptr<const Application>& application)
      : loop_(loop), worker_(worker), application_(application) {}

  std::unique_ptr<Exchange> take() {
    if (free_.empty()) return std::make_unique<Exchange>(loop_, worker_, application_);
    std::unique_ptr<Exchange> exchange = std::move(free_.back());
    free_.pop_back();
    return exchange;
  }
  void give(std::unique_ptr<Exchange> exchange) {
    exchange->clear();
    // One that served what was replaced meanwhile would keep it.
    if (free_.size() < kept && exchange->application == application_) free_.push_back(std::move(exchange));
  }
  // Those that are free have no use any more.
  void drop_free() { free_.clear(); }

 private:
  static constexpr size_t kept = 32;
  Loop& loop_;
  unsigned worker_;
  const std::shared_ptr<const Application>& application_;
  std::vector<std::unique_ptr<Exchange>> free_;
};

// Holds an exchange for a scope.
class ExchangeLease {
 public:
  explicit ExchangeLease(ExchangePool& pool) : pool_(pool), exchange_(pool.take()) {}
  ExchangeLease(const ExchangeLease&) = delete;
  ~ExchangeLease() { pool_.give(std::move(exchange_)); }
  Exchange& operator*() { return *exchange_; }

 private:
  ExchangePool& pool_;
  std::unique_ptr<Exchange> exchange_;
};

}  // namespace webserv
