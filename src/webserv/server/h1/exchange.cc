#include "webserv/server/h1/exchange.h"

namespace webserv {

void Exchange::begin_with(const std::shared_ptr<const Application>& next) {
  application = next;
  parser = RequestParser(next->limits.head);
  in.reserve(next->limits.head.head_size + body_room);
}

}  // namespace webserv
