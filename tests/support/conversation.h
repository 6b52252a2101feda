// One connection over a MemoryStream, with a clock that stands still: what a client says, byte by byte if need be, and
// what it hears.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "support/memory_stream.h"
#include "support/test_connection.h"
#include "webserv/server/h1/h1_connection.h"

namespace webserv::detail::test {

class Conversation final {
 public:
  explicit Conversation(Handler handler, Limits limits = {}, const ServerLog& log = {})
      : Conversation(Application{.handler = std::move(handler), .refusal = {}, .limits = limits}, log) {}
  explicit Conversation(Application application, const ServerLog& log = {})
      : worker_(loop_, 0, std::make_shared<const Application>(std::move(application)), log) {}

  // Begins; what was fed before is there at once.
  void start() {
    turn();
    task_.start();
    turn();
  }
  void feed(std::string_view bytes) {
    stream_.feed(bytes);
    turn();
  }
  // What the client hears of a whole input that it sends at once, and then half-closes.
  std::string all_at_once(std::string_view bytes) {
    stream_.feed(bytes);
    stream_.end_input();
    start();
    settle();
    return stream_.output();
  }
  // The same, split at a position, or byte by byte.
  std::string split(std::string_view bytes, size_t at) {
    start();
    feed(bytes.substr(0, at));
    feed(bytes.substr(at));
    stream_.end_input();
    settle();
    return stream_.output();
  }
  std::string byte_by_byte(std::string_view bytes) {
    start();
    for (size_t i = 0; i < bytes.size() && !ended(); ++i) feed(bytes.substr(i, 1));
    stream_.end_input();
    settle();
    return stream_.output();
  }

  void pass(Clock::duration time) {
    clock_.advance(time);
    turn();
  }
  void turn() { loop_.turn(Clock::duration(0)); }
  // Turns until nothing happens any more.
  void settle() {
    for (int i = 0; i < 100 && !ended(); ++i) turn();
  }

  MemoryStream& stream() { return stream_; }
  H1Connection& session() { return session_; }
  TestConnection& connection() { return connection_; }
  WorkerContext& worker() { return worker_; }
  Loop& loop() { return loop_; }
  bool ended() const { return connection_.ended(); }

 private:
  FakeClock clock_;
  Loop loop_{clock_};
  WorkerContext worker_;
  MemoryStream stream_{loop_};
  TestConnection connection_{worker_, stream_};
  H1Connection session_{connection_};
  Task<> task_ = session_.serve();
};

}  // namespace webserv::detail::test
