// Gathers the body of a request for a program that is to know its length: in memory while it is small, then in a file
// without a name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "webserv/http/status.h"
#include "webserv/io/temporary_file.h"
#include "webserv/server/request.h"

namespace webserv::detail {

struct GatheredBody {
  std::string bytes;  // all of it, unless there is a file
  std::optional<TemporaryFile> file;
  uint64_t size = 0;
};

// What is kept in memory: the kernel takes as much into a pipe, so that giving it to the program does not wait.
constexpr size_t gathered_in_memory = 64 * 1024;

// An error is what the client is to be told: what Body says, and 507 where the file cannot be written.
Task<std::expected<GatheredBody, HttpError>> gather(Body& body);

}  // namespace webserv::detail
