// The small files by which the kernel tells of cgroups and processes, and takes orders.
#pragma once

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "webserv/base/result.h"
#include "webserv/io/fd.h"

namespace webserv::detail {

inline Result<> write_file(int folder, const char* name, std::string_view text) {
  Fd file(::openat(folder, name, O_WRONLY | O_CLOEXEC));
  if (!file || ::write(file.get(), text.data(), text.size()) < 0) return last_error();
  return {};
}

// Empty where it cannot be read.
inline std::string read_file(int folder, const char* name) {
  Fd file(::openat(folder, name, O_RDONLY | O_CLOEXEC));
  std::string text;
  if (!file) return text;
  std::array<char, 4096> some;
  for (ssize_t got; (got = ::read(file.get(), some.data(), some.size())) > 0;) {
    text.append(some.data(), static_cast<size_t>(got));
  }
  return text;
}

// Takes a line off the text; without its end.
inline std::string_view next_line(std::string_view& text) {
  std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  return line;
}

}  // namespace webserv::detail
