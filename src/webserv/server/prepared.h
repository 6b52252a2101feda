// A response that was made once and is the same for everyone: all but what a connection adds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "webserv/http/status.h"
#include "webserv/server/response.h"

namespace webserv {

struct Prepared {
  // Statuses that have no body get none, and no length.
  Prepared(Status status_, ResponseFields fields_, std::string_view body);
  // A 200 whose body is a part of a file.
  Prepared(ResponseFields fields_, FileSlice file_);

  std::string_view body() const { return std::string_view(h1_text).substr(h1_head_size); }
  uint64_t length() const { return body().size() + file.length; }

  Status status;
  ResponseFields fields;
  FileSlice file{};  // the body where it is not in memory; else empty
  // The fields with Content-Length, the empty line and the body, as HTTP/1 sends them: so most answers are one copy.
  std::string h1_text;
  size_t h1_head_size = 0;
};

// The same as a response whose body can be cut.
Response unfold(const std::shared_ptr<const Prepared>& prepared);

}  // namespace webserv
