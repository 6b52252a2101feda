// Parser of an HTTP/1 request head (RFC 9112 2 to 5): in place, resumable at any byte, strict, with limits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "webserv/http/head_limits.h"
#include "webserv/http/request_head.h"
#include "webserv/http/status.h"

namespace webserv::detail {

// Reads one head. The caller keeps the bytes of an unfinished head where they are, appends what arrives and calls
// again; it calls reset() when it moved them or begins with another head. The outcome is the same however the bytes are
// split.
class RequestParser {
 public:
  explicit RequestParser(HeadLimits limits = {}) : limits_(limits) {}

  // `data` begins with the head's first byte; `head` is the same object in all calls for a head. Its views are into
  // `data`, but for a host that did not come normalized, which is good until another head is read. True: `head` is
  // whole, and size() of the bytes belong to it. False: more are needed. One empty line before the request line is
  // skipped (RFC 9112 2.2) and counted. What is refused, and with which status:
  //   400 a bare CR or LF, obs-fold, space before the colon, a name that is no token, control bytes, no or two Host
  //       fields in HTTP/1.1, a malformed Host (also in 1.0), a malformed request line or target;
  //   414 a target longer than head_size allows; 431 the whole head or the number of fields over the limit;
  //   501 a well-formed method that is not known (told once the whole request line is there and well-formed);
  //   505 a version HTTP/x.y other than 1.0 and 1.1 (1.2 to 1.9 are read as 1.1).
  std::expected<bool, HttpError> parse(std::string_view data, RequestHead& head);

  void reset() { line_ = 0; }

  // Of the last head that was whole: its bytes, with its last empty line, and whether the connection may go on after
  // this message as far as the client is concerned (RFC 9112 9.3).
  size_t size() const { return size_; }
  bool keep_alive() const { return keep_alive_; }

 private:
  HeadLimits limits_;
  size_t line_ = 0;         // where the first line begins that is not parsed yet
  HttpError target_error_;  // what parse_target() told
  std::string host_;        // normalized, where it did not come so
  size_t size_ = 0;
  bool keep_alive_ = true;
};

}  // namespace webserv::detail
