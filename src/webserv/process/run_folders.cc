#include "webserv/process/run_folders.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>
#include <string_view>
#include <utility>

#include "webserv/io/fd.h"

namespace webserv::detail {

namespace {

constexpr mode_t for_us_alone = 0700;

// Over a folder that is to be emptied: far more than folders can be deep, but who still writes to it is given up.
constexpr int most_passes = 10'000;

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};
using Folder = std::unique_ptr<DIR, CloseFolder>;

// What is below another folder is opened without following links: a program may have put anything there.
Folder open_folder(int in, const char* name) {
  const int file = ::openat(in, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (file < 0) return nullptr;
  DIR* folder = ::fdopendir(file);
  if (folder == nullptr) ::close(file);
  return Folder(folder);
}

// The next entry but the folder itself and the one above; null: none, or it cannot be read.
const dirent* next_entry(DIR* folder) {
  for (;;) {
    const dirent* entry = ::readdir(folder);
    if (entry == nullptr) return nullptr;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") return entry;
  }
}

// A program may have made a folder that even its owner may not enter.
void open_up(int in, const char* name) {
  const Fd folder(::openat(in, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (folder) ::chmod(("/proc/self/fd/" + std::to_string(folder.get())).c_str(), for_us_alone);
}

// Empties the folder `name` of `top`: its folders move up to `top`, so that however deep they are, two are open.
// Whether that gets anywhere.
bool flatten(int top, const char* name, uint64_t& moved) {
  Folder folder = open_folder(top, name);
  if (folder == nullptr) {
    open_up(top, name);
    folder = open_folder(top, name);
  }
  if (folder == nullptr) return false;
  bool changed = false;
  const int inner = ::dirfd(folder.get());
  // Written to by its owner only where its mode says so.
  ::fchmod(inner, for_us_alone);
  while (const dirent* entry = next_entry(folder.get())) {
    if (::unlinkat(inner, entry->d_name, 0) == 0 || ::unlinkat(inner, entry->d_name, AT_REMOVEDIR) == 0) {
      changed = true;
      continue;
    }
    // A folder that cannot be written to cannot be moved either: its ".." would change.
    open_up(inner, entry->d_name);
    const std::string free_name = ".webserv-" + std::to_string(moved++);
    // A name that is taken: the next one may be free.
    changed |= ::renameat(inner, entry->d_name, top, free_name.c_str()) == 0 || errno == ENOTEMPTY || errno == ENOTDIR;
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
  const Folder folder = open_folder(AT_FDCWD, path_.c_str());
  return folder != nullptr && next_entry(folder.get()) == nullptr;
}

Result<> RunFolder::clear() const {
  // What is moved up while the folder is read may be missed: again, as long as that gets anywhere.
  uint64_t moved = 0;
  bool again = true;
  for (int passes = 0; again && passes < most_passes; ++passes) {
    const Folder folder = open_folder(AT_FDCWD, path_.c_str());
    if (folder == nullptr) return last_error();
    const int top = ::dirfd(folder.get());
    ::fchmod(top, for_us_alone);
    again = false;
    while (const dirent* entry = next_entry(folder.get())) {
      again |= ::unlinkat(top, entry->d_name, 0) == 0;
      if (::unlinkat(top, entry->d_name, AT_REMOVEDIR) == 0) again = true;
      if (errno != ENOTEMPTY && errno != EACCES) continue;
      again |= flatten(top, entry->d_name, moved);
      again |= ::unlinkat(top, entry->d_name, AT_REMOVEDIR) == 0;
    }
  }
  if (!is_empty()) return std::unexpected(Error::directory_not_empty);
  return {};
}

RunFolders::~RunFolders() {
  cleaner_.reset();
  if (!parent_.empty()) RunFolder remove(parent_);
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
