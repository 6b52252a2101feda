// Session: a protocol at work on one connection.
#pragma once

#include "webserv/base/clock.h"
#include "webserv/io/task.h"

namespace webserv::detail {

class Session : public Pooled {
 public:
  virtual ~Session() = default;

  // Once: serves requests until the client or the server ends the connection, closes its stream, and defers the
  // connection. Never throws.
  virtual Task<> serve() = 0;

  // Before serve(): the client has too many connections. It is told so at once, and that is all (503).
  virtual void turn_away() = 0;

  // Since when nothing was asked of it, in the time of its loop; Clock::time_point::max() where something is.
  virtual Clock::time_point idle_since() const = 0;

  // The worker drains: a connection without a request ends soon, any other with its next answer.
  virtual void drain() = 0;
};

}  // namespace webserv::detail
