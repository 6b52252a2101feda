// What a server serves: immutable, and replaced as a whole (Server::replace).
#pragma once

#include <functional>

#include "webserv/server/handler.h"
#include "webserv/server/limits.h"

namespace webserv {

struct Application {
  Handler handler;
  // The answer to a request that is refused without asking the handler, or after it: what cannot be read, or asks for
  // what nobody offers. Where not even its head is whole, it has neither host nor path. Without this function, the
  // built-in page.
  std::function<Response(Request&, const HttpError&)> refusal;
  Limits limits;
};

}  // namespace webserv
