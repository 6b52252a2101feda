// X-Sendfile: a program names the file that is to be sent instead of its output.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "webserv/base/result.h"
#include "webserv/io/file.h"
#include "webserv/server/response.h"

namespace webserv::detail {

// The folders whose files may be named. It belongs to one thread.
class SendfileRoots {
 public:
  explicit SendfileRoots(const std::vector<std::string>& folders);

  // The answer of the program with this file as its body. The error: it lies beneath none of the folders, or cannot be
  // read. `now` is that of the loop, `unix_seconds` the wall's.
  Result<Response> answer(std::string_view path, const Response& answer, Clock::time_point now,
                          int64_t unix_seconds) const;

 private:
  Result<OpenedFile> open(std::string_view path, Clock::time_point now) const;

  std::vector<std::unique_ptr<Directory>> folders_;
};

}  // namespace webserv::detail
