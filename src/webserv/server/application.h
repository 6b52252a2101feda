// What a server serves: immutable, and replaced as a whole (Server::replace).
#pragma once

#include <functional>

#include "webserv/server/handler.h"
#include "webserv/server/limits.h"

namespace webserv {

struct Application {
  Handler handler;
  // The answer to a request that was refused before a handler could be asked; without it, the built-in page.
  std::function<Response(const HttpError&)> refusal;
  Limits limits;
};

}  // namespace webserv
