// A file without a name, for what is too large to be kept in memory. It is gone with its last descriptor.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "webserv/base/result.h"
#include "webserv/io/fd.h"

namespace webserv::detail {

// Where those of this process go: $TMPDIR, or /tmp (environ(7)).
std::string temporary_folder();

class TemporaryFile {
 public:
  // In this folder, which decides on which disk it lies.
  static Result<TemporaryFile> make(const std::string& folder);

  // Writes all of it behind what is there; it may wait for the disk. Error::no_space_on_device or file_too_large where
  // it does not fit: then an unknown part of it is there.
  Result<> append(std::string_view bytes);

  uint64_t size() const { return size_; }

  // The descriptor, which stands at the beginning again: to be read, by a program too. Nothing is appended any more.
  Result<int> rewound();

 private:
  explicit TemporaryFile(Fd file) : file_(std::move(file)) {}

  Fd file_;
  uint64_t size_ = 0;
};

}  // namespace webserv::detail
