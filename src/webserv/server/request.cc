#include "webserv/server/request.h"

#include "webserv/base/text.h"

namespace webserv {

using namespace detail;

std::string to_string(const RequestId& id) {
  std::string text;
  for (uint64_t half : id) append_hex(text, half, 16);
  return text;
}

}  // namespace webserv
