// What a function that may fail for an expected reason returns: a value, or the system's error number.
#pragma once

#include <cerrno>
#include <expected>
#include <system_error>

namespace webserv {

using Error = std::errc;

template <class T = void>
using Result = std::expected<T, Error>;

// The error of the last system call, as the error of a Result.
inline std::unexpected<Error> last_error() { return std::unexpected(static_cast<Error>(errno)); }

}  // namespace webserv
