#include "webserv/io/temporary_file.h"

#include <fcntl.h>
#include <stdlib.h>

namespace webserv::detail {

namespace {

constexpr mode_t for_us_alone = 0600;

// Where the file system knows no files without a name: it has one for a moment.
Result<Fd> make_and_unlink(const std::string& folder) {
  std::string path = folder + "/webserv-XXXXXX";
  Fd file(::mkostemp(path.data(), O_CLOEXEC));
  if (!file || ::unlink(path.c_str()) != 0) return last_error();
  return file;
}

}  // namespace

std::string temporary_folder() {
  const char* folder = ::getenv("TMPDIR");
  return folder == nullptr || *folder == '\0' ? "/tmp" : folder;
}

Result<TemporaryFile> TemporaryFile::make(const std::string& folder) {
  Fd file(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, for_us_alone));
  if (!file) {
    // EISDIR: a kernel or a file system that takes it for the opening of the folder (open(2)).
    if (errno != EOPNOTSUPP && errno != EISDIR) return last_error();
    Result<Fd> named = make_and_unlink(folder);
    if (!named) return std::unexpected(named.error());
    file = std::move(*named);
  }
  return TemporaryFile(std::move(file));
}

Result<> TemporaryFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t written = ::write(file_.get(), bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return last_error();
    }
    size_ += static_cast<uint64_t>(written);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return {};
}

Result<int> TemporaryFile::rewound() {
  if (::lseek(file_.get(), 0, SEEK_SET) != 0) return last_error();
  return file_.get();
}

}  // namespace webserv::detail
