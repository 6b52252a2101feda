// What the workers of a server share.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "webserv/base/log.h"
#include "webserv/base/result.h"
#include "webserv/server/client_counts.h"
#include "webserv/server/h1/h1_connection.h"

namespace webserv {

class Worker;

struct Crew {
  std::deque<Entrance> entrances;  // by all names that listeners ever had: connections outlive their listener
  std::vector<std::unique_ptr<Worker>> workers;
  std::atomic<uint64_t> connections{0};
  std::atomic<unsigned> accepting{0};  // workers that may still accept
  ClientCounts clients;
  const Log* log = nullptr;

  // Of a listener. Where there is no memory to tell it with, nobody is told.
  void warn(std::string_view name, std::string_view message, std::string_view listener, Error error) const noexcept {
    if (log == nullptr) return;
    try {
      const std::string reason = std::make_error_code(error).message();
      log->event(Level::warning, name, message, {{"listener", listener}, {"error", reason}});
    } catch (...) {
    }
  }
};

}  // namespace webserv
