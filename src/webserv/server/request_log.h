// The access log of a worker, as it hears of requests.
#pragma once

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "webserv/base/access_log.h"
#include "webserv/io/loop.h"
#include "webserv/server/observer.h"

namespace webserv::detail {

// A note of handlers: what the line of their request says besides what is known of every request. Names are literals.
struct LogNote {
  std::vector<std::pair<std::string_view, uint64_t>> numbers;
};

class RequestLog final : public RequestObserver, private Deadline {
 public:
  // Borrows both. Without a sink it is always off.
  RequestLog(Loop& loop, LineSink* sink) : Deadline(loop.wheel()), loop_(loop) {
    if (sink != nullptr) log_.emplace(*sink, AccessFormat::off);
  }

  bool on() const { return log_ && log_->on(); }
  void use(AccessFormat format) {
    if (log_) log_->use(format);
  }
  // Writes what waits.
  void flush() {
    if (log_) log_->flush();
  }
  void finished(const FinishedRequest& what) override;

 private:
  // The oldest line has waited long enough.
  void expired() override { log_->flush(); }

  Loop& loop_;
  std::optional<AccessLog> log_;
};

}  // namespace webserv::detail
