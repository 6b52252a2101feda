// What the workers of a server share.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "webserv/base/log.h"
#include "webserv/server/client_counts.h"
#include "webserv/server/listener_info.h"

namespace webserv::detail {

class Worker;

struct WorkerGroup {
  std::deque<ListenerInfo> listeners;  // all that there ever were, by their names: connections outlive their listener
  std::vector<std::unique_ptr<Worker>> workers;
  std::atomic<uint64_t> connections{0};  // but for those of clients that were turned away
  std::atomic<uint64_t> turned_away{0};
  std::atomic<unsigned> accepting{0};     // workers that may still accept
  std::atomic<unsigned> closing_idle{0};  // workers that have still to close idle connections
  ClientCounts clients;
  const Log* log = nullptr;
};

}  // namespace webserv::detail
