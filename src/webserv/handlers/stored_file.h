// One file, or one coding of it, as it was when it was looked at: ready to be answered with.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <memory>
#include <string_view>

#include "webserv/http/accept.h"
#include "webserv/io/file.h"
#include "webserv/server/response.h"

namespace webserv {

// What tells one state of a file from another. Every change of the content changes the ctime, whatever the mtime says,
// as long as the kernel's clock ticked in between: see `settled`.
struct FileStamp {
  FileStamp() = default;
  explicit FileStamp(const struct stat& status);

  uint64_t device = 0;
  uint64_t inode = 0;
  int64_t size = 0;
  int64_t modified = 0;  // mtime, nanoseconds since 1970
  int64_t changed = 0;   // ctime
  bool operator==(const FileStamp&) const = default;
};

struct StoredFile {
  FileStamp stamp;
  ResponseFields fields;                     // of a 200, all but Content-Length
  std::shared_ptr<const Prepared> prepared;  // a small file: the whole answer; else null
  std::shared_ptr<const Fd> file;            // a larger one: to send from
  uint64_t size = 0;                         // of the content
  bool settled = false;                      // false: a change might not show in the stamp, so it may be used only once

  // The answer to a request without preconditions and ranges, or to any.
  Response plain() const;
  Response selectable() const;

  // Bytes that it takes, about.
  size_t memory() const;
};

// How a file is stored and described.
struct StoreOptions {
  // Files up to this size are kept in memory. Most pages, styles, scripts and icons are smaller; of larger ones
  // sendfile costs little per byte.
  uint64_t memory_file_size = 256 * 1024;

  // A file whose ctime is younger than this, in nanoseconds, may change once more without its times showing it: the
  // kernel takes them from a clock that ticks every 1 to 10 ms. The same holds for 2 s where the file system stores
  // whole seconds.
  int64_t settled = 100'000'000;
};

struct StoredFileFields {
  std::string_view type;  // Content-Type, of the file itself
  Coding coding = Coding::identity;
  ResponseFields common;  // what all files of the site have
  int64_t now = 0;        // seconds since 1970: Last-Modified is no later
};

}  // namespace webserv
