// One file, or one coding of it, as it was when it was looked at: ready to be answered with.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "webserv/base/clock.h"
#include "webserv/handlers/field_rules.h"
#include "webserv/http/accept.h"
#include "webserv/io/file.h"
#include "webserv/server/prepared.h"
#include "webserv/server/response.h"

namespace webserv::detail {

// What tells one state of a file from another. Every change of the content changes the ctime, whatever the mtime says,
// as long as the kernel's clock ticked in between: see StoreOptions.
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

// How files are stored.
struct StoreOptions {
  // Files up to this size are kept in memory. Most pages, styles, scripts and icons are smaller; of larger ones
  // sendfile(2), which copies nothing, costs less than a send from memory saves in system calls.
  int64_t memory_file_size = 32 * 1024;

  // Nanoseconds. A file whose ctime is younger may change once more without its times showing it: the kernel takes them
  // from a clock that ticks every 1 to 10 ms. Where the file system stores whole seconds it takes 2 s.
  int64_t settled_after = 100'000'000;
};

// Whether a change of the file from now on will show in its stamp.
bool is_settled(const FileStamp& stamp, const StoreOptions& options);

// What the answers for a file say, besides what follows from its content and times.
struct StoredFileFields {
  std::string_view type;  // Content-Type: of the file itself, whatever its coding
  Coding coding = Coding::identity;
  std::string_view cache_control;  // empty: none
  bool varies = false;             // other codings of the file may be there
  const FieldRules& rules;         // applied last
  int64_t now = 0;                 // the Date of the first answer, seconds since 1970: Last-Modified is never later
};

struct StoredFile {
  FileStamp stamp;
  std::shared_ptr<const Prepared> prepared;  // the whole answer, a 200
  std::shared_ptr<const Fd> file;            // of a file that is not kept in memory; else null
  uint64_t size = 0;                         // of the content
  bool settled = false;  // a later change will show in the stamp; else this may be used for one answer only

  // Whether an answer can be made of it without looking at the path: always where the content is here. An open file may
  // have been cut short, or replaced: its stamp tells, which is looked at once in a millisecond. `now` is the
  // time of the worker that it belongs to.
  bool is_usable(Clock::time_point now) const { return file == nullptr || now == looked_at_ || is_unchanged(now); }

  // Bytes that it takes, about.
  uint64_t memory() const;

 private:
  bool is_unchanged(Clock::time_point now) const;

  mutable Clock::time_point looked_at_{};
};

// Stores an opened regular file. Of a small one the content is read, as it was at one moment: where it changes
// meanwhile it is read again, a few times. A larger one is kept open. The ETag is a strong one (RFC 9110 8.8.3): of a
// small file a digest of its content, of a larger one of its size, times and inode. io_error and the like where it
// cannot be read.
Result<std::shared_ptr<const StoredFile>> store_file(OpenedFile file, const StoredFileFields& fields,
                                                     const StoreOptions& options);

// 128 bits, as 32 hexadecimal digits.
std::string digest(std::string_view bytes);

}  // namespace webserv::detail
