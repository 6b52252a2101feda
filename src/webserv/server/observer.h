// Who looks at requests that are over: the access log, and whatever counts.
#pragma once

#include <cstdint>

namespace webserv {

class Request;
struct Response;

namespace detail {

// A request that is over, however it ended. Borrowed for the call.
struct FinishedRequest {
  Request& request;
  const Response& response;
  uint64_t request_bytes = 0;   // of the body, as it came over the wire
  uint64_t response_bytes = 0;  // of the body, as it went over the wire
  int64_t began = 0;            // when its first byte came, in microseconds since 1970
  int64_t ended = 0;
};

// Of one worker, and called on its thread.
class RequestObserver {
 public:
  virtual void finished(const FinishedRequest& what) = 0;

 protected:
  ~RequestObserver() = default;
};

}  // namespace detail

}  // namespace webserv
