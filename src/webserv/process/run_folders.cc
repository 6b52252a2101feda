#include "webserv/process/run_folders.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <string>
#include <utility>

#include "webserv/io/file.h"

namespace webserv::detail {

namespace {

constexpr mode_t for_us_alone = 0700;

// Over a folder that is to be emptied: far more than folders can be deep, but who still writes to it is given up.
constexpr int most_passes = 10'000;

// What is below another folder is opened without following links: a program may have put anything there.
Fd open_folder(int in, const char* name) {
  return Fd(::openat(in, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

// The name of the next entry; null: none, or it cannot be read.
const char* next_name(DirectoryReader& folder) {
  const Result<std::optional<DirectoryReader::Entry>> entry = folder.next();
  return entry && *entry ? (*entry)->name : nullptr;
}

// A file, or a folder with nothing in it.
bool remove(int in, const char* name) {
  return ::unlinkat(in, name, 0) == 0 || ::unlinkat(in, name, AT_REMOVEDIR) == 0;
}

// A program may have made a folder that even its owner may not enter.
void open_up(int in, const char* name) {
  const Fd folder(::openat(in, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (folder) ::chmod(("/proc/self/fd/" + std::to_string(folder.get())).c_str(), for_us_alone);
}

// Empties the folder `name` of `top`: its folders move up to `top`, so that however deep they are, two are open.
// Whether that gets anywhere.
bool flatten(int top, const char* name, uint64_t& moved) {
  Fd opened = open_folder(top, name);
  if (!opened) {
    open_up(top, name);
    opened = open_folder(top, name);
  }
  if (!opened) return false;
  const int inner = opened.get();
  // Written to by its owner only where its mode says so.
  ::fchmod(inner, for_us_alone);
  DirectoryReader folder(std::move(opened));
  bool changed = false;
  while (const char* entry = next_name(folder)) {
    if (remove(inner, entry)) {
      changed = true;
      continue;
    }
    // A folder that cannot be written to cannot be moved either: its ".." would change.
    open_up(inner, entry);
    const std::string free_name = ".webserv-" + std::to_string(moved++);
    // A name that is taken: the next one may be free.
    changed |= ::renameat(inner, entry, top, free_name.c_str()) == 0 || errno == ENOTEMPTY || errno == ENOTDIR;
  }
  return changed;
}

}  // namespace

RunFolder::~RunFolder() {
  if (path_.empty() || ::rmdir(path_.c_str()) == 0) return;
  [[maybe_unused]] const Result<> cleared = clear();
  ::rmdir(path_.c_str());
}

bool RunFolder::is_empty() const {
  Fd opened = open_folder(AT_FDCWD, path_.c_str());
  if (!opened) return false;
  DirectoryReader folder(std::move(opened));
  return next_name(folder) == nullptr;
}

Result<> RunFolder::clear() const {
  // What is moved up while the folder is read may be missed: again, as long as that gets anywhere.
  uint64_t moved = 0;
  bool again = true;
  for (int passes = 0; again && passes < most_passes; ++passes) {
    Fd opened = open_folder(AT_FDCWD, path_.c_str());
    if (!opened) return last_error();
    const int top = opened.get();
    ::fchmod(top, for_us_alone);
    DirectoryReader folder(std::move(opened));
    again = false;
    while (const char* entry = next_name(folder)) {
      if (remove(top, entry)) {
        again = true;
      } else {
        again |= flatten(top, entry, moved);
        again |= remove(top, entry);
      }
    }
  }
  if (!is_empty()) return std::unexpected(Error::directory_not_empty);
  return {};
}

RunFolders::~RunFolders() {
  cleaner_.reset();
  if (!parent_.empty()) RunFolder last(parent_);
}

Result<> RunFolders::make_parent() {
  if (!parent_.empty()) return {};
  std::string path = where_ + "/webserv-XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) return last_error();
  parent_ = std::move(path);
  // Who cleans up temporary folders by their age goes past one that is locked (tmpfiles.d(5)).
  lock_ = Fd(::open(parent_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ::flock(lock_.get(), LOCK_SH | LOCK_NB);
  return {};
}

Result<RunFolder> RunFolders::make() {
  const std::lock_guard lock(mutex_);
  const std::string name = "/" + std::to_string(made_++);
  // Who cleans up without a look at locks may have taken the parent away.
  for (bool is_first = true;; is_first = false) {
    const Result<> parent = make_parent();
    if (!parent) return std::unexpected(parent.error());
    if (::mkdir((parent_ + name).c_str(), for_us_alone) == 0) return RunFolder(parent_ + name);
    if (errno != ENOENT || !is_first) return last_error();
    parent_.clear();
  }
}

}  // namespace webserv::detail
