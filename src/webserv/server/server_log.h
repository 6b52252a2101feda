// Where a server logs to.
#pragma once

#include "webserv/base/access_format.h"
#include "webserv/base/log.h"

namespace webserv {

// What is given is borrowed and outlives the server.
struct ServerLog {
  const Log* events = nullptr;  // none: silent
  LineSink* access = nullptr;
  AccessFormat format = AccessFormat::off;
};

}  // namespace webserv
