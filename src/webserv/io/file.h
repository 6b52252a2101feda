// Files beneath a folder: whatever a path, a symbolic link or a race says, nothing else can be opened through it.
#pragma once

#include <dirent.h>
#include <sys/stat.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "webserv/base/clock.h"
#include "webserv/base/result.h"
#include "webserv/io/fd.h"

namespace webserv::detail {

// A regular file or a directory, open for reading, and what fstat(2) said of it then.
struct OpenedFile {
  Fd fd;
  struct stat status {};

  bool is_directory() const { return S_ISDIR(status.st_mode); }
};

// A folder whose files are served. It belongs to one thread.
//
// The folder's own path is trusted: it may lead through links, and is looked up again a moment after it was replaced.
// Paths beneath it are not. Symbolic links in them are followed as long as they end beneath the folder, or beneath one
// of the `link_folders`, which are absolute paths. There is no moment between the check and the opening (openat2(2)).
class Directory {
 public:
  // How long the folder's path is not looked up again.
  static constexpr Clock::duration look_again = std::chrono::milliseconds(400);

  // Nothing is opened yet. A path to a file is fine where only "" is opened.
  Directory(std::string path, std::vector<std::string> link_folders);

  // Opens `relative`, a path without a leading slash and without empty, "." and ".." segments; a slash at the end asks
  // for a directory; "" is the folder itself. Never blocks on what is no file. Errors of openat2(2), and:
  // - no_such_file_or_directory: also what is neither file nor directory (a FIFO, a device), and a malformed path;
  // - cross_device_link: a link that leads out.
  Result<OpenedFile> open(std::string_view relative, Clock::time_point now);

  // What open() would say of it, also where it may not be read.
  Result<struct stat> status(std::string_view relative, Clock::time_point now);

  const std::string& path() const { return path_; }

 private:
  Result<Fd> open_any(std::string_view relative, uint64_t flags, Clock::time_point now);
  Result<Fd> open_linked(const char* relative, uint64_t flags) const;
  Result<> look_up(Clock::time_point now);

  const std::string path_;
  const std::vector<std::string> link_folders_;
  Fd root_;
  Clock::time_point stale_{};  // when root_ is looked up again
};

// The path that an open file has now, by the kernel; "" where that is not known.
std::string real_path(const Fd& file);

// Reads the entries of a directory one by one, in no order, without "." and "..".
class DirectoryReader {
 public:
  enum class Kind : uint8_t { unknown, file, directory, link, other };
  struct Entry {
    const char* name;  // valid until the next one
    Kind kind;
  };

  // Takes the descriptor over.
  explicit DirectoryReader(Fd directory);

  // Nothing at the end.
  Result<std::optional<Entry>> next();

  // The descriptor, for fstatat(2).
  int fd() const { return ::dirfd(stream_.get()); }

 private:
  struct Close {
    void operator()(DIR* stream) const { ::closedir(stream); }
  };
  std::unique_ptr<DIR, Close> stream_;
};

}  // namespace webserv::detail
