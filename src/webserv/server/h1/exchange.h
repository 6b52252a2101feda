// What a connection leases from its worker while it has something to do, and gives back before it idles: the bytes that
// came, the request they make, and the answers that wait to be sent. So an idle connection holds no buffer.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "webserv/http/h1_parser.h"
#include "webserv/server/h1/h1_body.h"
#include "webserv/server/h1/input_buffer.h"
#include "webserv/server/request_run.h"

namespace webserv::detail {

struct Exchange;

// What the head of an answer says of the message, decided by the connection.
struct MessageShape {
  std::string_view ok_and_date;            // "HTTP/1.1 200 OK\r\nDate: ...\r\n": how most answers begin
  Protocol protocol = Protocol::http_1_1;  // of the request
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

// What a handler may know of the connection that its request came by.
class H1Link final : public RequestConnection {
 public:
  explicit H1Link(Exchange& x) : x_(x) {}
  // Which connection that is from here on; borrowed.
  void attach(Connection& connection) { connection_ = &connection; }
  const Connection& connection() const { return *connection_; }

  Peer local() const override;
  Task<> client_gone() override;
  void cut() override;

 private:
  void probe();

  Exchange& x_;
  Connection* connection_ = nullptr;
};

// Of one connection at a time.
struct Exchange {
  explicit Exchange(WorkerContext& worker)
      : in(worker.application->limits.head.head_size + body_room),
        parser(worker.application->limits.head),
        run(worker) {}

  InputBuffer in;
  RequestParser parser;
  RequestRun run;
  std::string out;  // gathered answers
  H1Body body{in, out, run.request().limits};
  H1Link link{*this};
  MessageShape shape;  // of the answer that is being sent
  Probe probe = Probe::none;
  bool head_timed = false;  // the deadline of the head that is being read runs
  Exchange* next_free = nullptr;

  // It is that of the connection from here on.
  void attach(Connection& connection) {
    link.attach(connection);
    body.attach(connection.stream());
  }

  // What a client may take without taking anything of an answer.
  Clock::duration write_pause() {
    const RouteLimits& limits = run.request().limits;
    return link.connection().by_proxy() ? limits.proxy_write : limits.write;
  }

  // The next request is one to the application that holds now. Nothing is held in `in`; what is there of a head is read
  // anew.
  void update();

  // Of the head that is being read nothing is known any more: its bytes have moved, or are another's.
  void forget_head() {
    parser.reset();
    run.head().clear();
  }

  // The next connection begins with a head of its own: nobody sees this one's before it has been read.
  void clear() {
    in.clear();
    parser.reset();
    run.release();
    out.clear();
    head_timed = false;
  }
};

// The free exchanges of a worker. Keeps a few: bursts are given back to the heap.
class ExchangePool {
 public:
  explicit ExchangePool(WorkerContext& worker) : worker_(worker) {}
  ~ExchangePool() { drop_free(); }
  ExchangePool(const ExchangePool&) = delete;

  // To be given back.
  Exchange& take() {
    if (free_ == nullptr) return *new Exchange(worker_);
    --free_count_;
    return *std::exchange(free_, free_->next_free);
  }
  [[gnu::always_inline]] void give(Exchange& exchange) noexcept {
    exchange.clear();
    // One that served what was replaced meanwhile would keep it.
    if (free_count_ == kept || exchange.run.is_outdated()) {
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
  WorkerContext& worker_;
  Exchange* free_ = nullptr;  // a chain of them, which are the pool's own
  unsigned free_count_ = 0;
};

// Holds an exchange for a connection and a scope.
class ExchangeLease {
 public:
  ExchangeLease(ExchangePool& pool, Connection& connection) : pool_(pool), exchange_(pool.take()) {
    exchange_.attach(connection);
  }
  ExchangeLease(const ExchangeLease&) = delete;
  [[gnu::always_inline]] ~ExchangeLease() { pool_.give(exchange_); }
  Exchange& operator*() { return exchange_; }

 private:
  ExchangePool& pool_;
  Exchange& exchange_;
};

}  // namespace webserv::detail
