#include "webserv/server/h1/exchange.h"

namespace webserv {

void Exchange::update() {
  run.update();
  const HeadLimits& limits = run.application().limits.head;
  parser = RequestParser(limits);
  in.reserve(limits.head_size + body_room);
}

}  // namespace webserv
