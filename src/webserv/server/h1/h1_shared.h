// What the HTTP/1 connections of a worker share.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "webserv/http/date.h"
#include "webserv/server/h1/exchange.h"

namespace webserv::detail {

struct H1Shared {
  explicit H1Shared(WorkerContext& worker) : exchanges(worker) {}

  ExchangePool exchanges;
  std::array<char, 16 * 1024> dropped;  // where bytes go that nobody wants

  // "HTTP/1.1 200 OK\r\nDate: ...\r\n" of this second.
  std::string_view ok_and_date(int64_t unix_seconds) {
    if (unix_seconds != date_of_) {
      date_of_ = unix_seconds;
      write_imf_fixdate(ok_and_date_.data() + ok_and_date_.rfind("\r\n") - imf_fixdate_size, date_of_);
    }
    return ok_and_date_;
  }

 private:
  int64_t date_of_ = -1;
  std::string ok_and_date_ = "HTTP/1.1 200 OK\r\nDate: Sat, 21 Nov 2026 09:20:00 GMT\r\n";
};

}  // namespace webserv::detail
