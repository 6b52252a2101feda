// What the connections of a worker share: its loop, buffers, log and date, and the application they serve.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "webserv/base/access_log.h"
#include "webserv/base/log.h"
#include "webserv/http/date.h"
#include "webserv/io/loop.h"
#include "webserv/server/application.h"
#include "webserv/server/h1/exchange.h"

namespace webserv {

// Writes the access log when its oldest line has waited long enough.
class LogTimer final : public Deadline {
 public:
  LogTimer(Wheel& wheel, AccessLog& log) : Deadline(wheel), log_(log) {}

 private:
  void expired() override { log_.flush(); }
  AccessLog& log_;
};

struct WorkerContext {
  WorkerContext(Loop& loop_, unsigned index_, std::shared_ptr<const Application> application_, LineSink& sink,
                AccessFormat format)
      : loop(loop_),
        index(index_),
        application(std::move(application_)),
        exchanges(loop_, index_, request_ids, application),
        access(sink, format),
        log_timer(loop_.wheel(), access) {}

  Loop& loop;
  const unsigned index;
  RequestIds request_ids;
  std::shared_ptr<const Application> application;
  ExchangePool exchanges;
  AccessLog access;
  LogTimer log_timer;
  bool draining = false;                // every answer is the last of its connection
  std::array<char, 16 * 1024> dropped;  // where bytes go that nobody wants

  // New requests see this application; those in flight keep theirs, in their exchange.
  void replace(std::shared_ptr<const Application> next) {
    std::swap(application, next);
    exchanges.drop_free();
  }

  // "HTTP/1.1 200 OK\r\nDate: ...\r\n" of this second.
  std::string_view ok_and_date() {
    if (loop.unix_seconds() != date_of_) {
      date_of_ = loop.unix_seconds();
      write_imf_fixdate(ok_and_date_.data() + ok_and_date_.rfind("\r\n") - imf_fixdate_size, date_of_);
    }
    return ok_and_date_;
  }

 private:
  int64_t date_of_ = -1;
  std::string ok_and_date_ = "HTTP/1.1 200 OK\r\nDate: Sat, 21 Nov 2026 09:20:00 GMT\r\n";
};

}  // namespace webserv
