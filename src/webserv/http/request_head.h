// What a request says before its body, whatever protocol it came by.
#pragma once

#include <string_view>

#include "webserv/http/fields.h"
#include "webserv/http/method.h"
#include "webserv/http/protocol.h"
#include "webserv/http/uri.h"

namespace webserv {

// All views are into bytes that somebody else holds.
struct RequestHead {
  Method method = Method::unknown;
  std::string_view method_name;  // as sent
  Target target;
  // The host asked for, normalized by normalize_host; "" where HTTP/1.0 names none. RFC 9110 7.2, RFC 9112 3.2.2: the
  // authority of the target wins over Host.
  std::string_view host;
  Protocol protocol = Protocol::http_1_1;
  Fields fields;

  // Nothing is left of it, but for memory that the next one can use.
  void clear() {
    method = Method::unknown;
    method_name = host = {};
    target = {};
    protocol = Protocol::http_1_1;
    fields.clear();
  }
};

}  // namespace webserv
