// Parser of an HTTP/1 request head (RFC 9112 2 to 5): in place, resumable at any byte, strict, with limits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "webserv/http/fields.h"
#include "webserv/http/method.h"
#include "webserv/http/status.h"
#include "webserv/http/uri.h"

namespace webserv {

struct HeadLimits {
  size_t head_size = 16 * 1024;  // bytes of request line and fields: 431 above, 414 where the target alone is longer
  size_t fields = 100;           // number of fields: 431 above
};

// What a request says before its body. All views are into the bytes given to the parser, but for the host.
struct RequestHead {
  Method method = Method::unknown;
  std::string_view method_name;
  Target target;
  // The host asked for, normalized by normalize_host; "" where HTTP/1.0 names none. RFC 9112 3.2.2: the authority of
  // the target wins over Host. Valid until the parser reads another head.
  std::string_view host;
  int minor_version = 1;  // HTTP/1.x
  Fields fields;
  size_t size = 0;  // bytes of the head, with its last empty line

  // Whether the connection may go on after this message (RFC 9112 9.3), as far as the client is concerned.
  bool keep_alive = true;

  // Where a head is not whole, nothing that another one named is taken for its own.
  void forget() {
    method_name = target.text = {};
    fields.clear();
  }
};

// Reads one head. The caller keeps the bytes of an unfinished head where they are, appends what arrives and calls
// again; it calls reset() when it moved them or begins with another head. The outcome is the same however the bytes are
// split.
class RequestParser {
 public:
  explicit RequestParser(HeadLimits limits = {}) : limits_(limits) {}

  // `data` begins with the head's first byte; `head` is the same object in all calls for a head. True: `head` is whole
  // and head.size of the bytes belong to it. False: more are needed. One empty line before the request line is skipped
  // (RFC 9112 2.2) and counted in head.size. What is refused, and with which status:
  //   400 a bare CR or LF, obs-fold, space before the colon, a name that is no token, control bytes, no or two Host
  //       fields in HTTP/1.1, a malformed Host (also in 1.0), a malformed request line or target;
  //   414 a target longer than head_size allows; 431 the whole head or the number of fields over the limit;
  //   501 a well-formed method that is not known (told once the whole request line is there and well-formed);
  //   505 a version HTTP/x.y other than 1.0 and 1.1 (1.2 to 1.9 are read as 1.1).
  std::expected<bool, HttpError> parse(std::string_view data, RequestHead& head);

  void reset() { line_ = 0; }

 private:
  HeadLimits limits_;
  size_t line_ = 0;         // where the first line begins that is not parsed yet
  HttpError target_error_;  // what parse_target() told
  std::string host_;        // normalized, where it did not come so
};

}  // namespace webserv
