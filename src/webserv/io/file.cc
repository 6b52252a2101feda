#include "webserv/io/file.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

#include <array>
#include <climits>
#include <utility>

namespace webserv::detail {

namespace {

constexpr uint64_t to_read = O_RDONLY | O_NONBLOCK | O_NOCTTY;
constexpr uint64_t to_find = O_PATH;
constexpr uint64_t folder_to_find = O_PATH | O_DIRECTORY;

// The kernel may say that it cannot decide because something was renamed meanwhile; then it is asked once more.
constexpr int races = 8;

Result<Fd> open_at(int folder, const char* name, uint64_t flags) {
  for (;;) {
    int number = ::openat(folder, name, static_cast<int>(flags | O_CLOEXEC));
    if (number >= 0) return Fd(number);
    if (errno != EINTR) return last_error();
  }
}

bool is_link(const Fd& file) {
  struct stat status {};
  return ::fstat(file.get(), &status) == 0 && S_ISLNK(status.st_mode);
}

// Where there is no openat2(2): from folder to folder, through no link at all. systemd takes that call away from every
// service with DynamicUser= or RestrictSUIDSGID= (ENOSYS), for its filter cannot look into the call's arguments.
Result<Fd> walk_beneath(int root, std::string_view path, uint64_t flags) {
  Fd folder;
  for (;;) {
    size_t slash = path.find('/');
    std::string name(path.substr(0, slash));
    path.remove_prefix(slash == path.npos ? path.size() : slash + 1);
    uint64_t wanted = path.empty() ? flags : folder_to_find;
    if (slash != std::string_view::npos) wanted |= O_DIRECTORY;
    Result<Fd> next = open_at(folder ? folder.get() : root, name.c_str(), wanted | O_NOFOLLOW);
    if (!next) return next;
    // O_PATH opens a link itself.
    if ((wanted & O_PATH) != 0 && is_link(*next)) return std::unexpected(Error::too_many_symbolic_link_levels);
    if (path.empty()) return next;
    folder = std::move(*next);
  }
}

// A path with a link in it is left to open_linked(): the walk calls every such link one that leads out.
Result<Fd> open_without_openat2(int root, const char* path, uint64_t flags, uint64_t resolve) {
  if ((resolve & RESOLVE_BENEATH) == 0) return open_at(root, path, flags);
  Result<Fd> file = walk_beneath(root, path, flags);
  if (file || (resolve & RESOLVE_NO_SYMLINKS) != 0) return file;
  bool met_a_link = file.error() == Error::too_many_symbolic_link_levels || file.error() == Error::not_a_directory;
  return met_a_link ? std::unexpected(Error::cross_device_link) : std::move(file);
}

Result<Fd> open_beneath(int root, const char* path, uint64_t flags, uint64_t resolve) {
  open_how how{};
  how.flags = flags | O_CLOEXEC;
  how.resolve = resolve | RESOLVE_NO_MAGICLINKS;
  for (int attempt = 0;; ++attempt) {
    long number = ::syscall(SYS_openat2, root, path, &how, sizeof how);
    if (number >= 0) return Fd(static_cast<int>(number));
    if (errno == ENOSYS) return open_without_openat2(root, path, flags, resolve);
    if (errno != EINTR && (errno != EAGAIN || attempt == races)) return last_error();
  }
}

Result<Fd> open_trusted(const std::string& path, uint64_t flags) {
  int number = ::open(path.c_str(), static_cast<int>(flags | O_CLOEXEC));
  if (number < 0) return last_error();
  return Fd(number);
}

// openat2 has the last word on what lies beneath; this sees to it that a link alone can lead upwards, and that nothing
// is cut off at a NUL.
bool is_well_formed(std::string_view relative) {
  if (relative.find('\0') != std::string_view::npos) return false;
  for (size_t begin = 0; begin < relative.size();) {
    size_t end = std::min(relative.find('/', begin), relative.size());
    std::string_view segment = relative.substr(begin, end - begin);
    if (segment.empty() || segment == "." || segment == "..") return false;
    begin = end + 1;
  }
  return true;
}

// What `path` is called seen from `folder`, both without links; nothing where it does not lie beneath.
std::optional<std::string_view> path_beneath(std::string_view folder, std::string_view path) {
  if (folder.ends_with('/')) folder.remove_suffix(1);  // of the root of all
  if (!path.starts_with(folder)) return std::nullopt;
  path.remove_prefix(folder.size());
  if (path.empty()) return ".";
  if (!path.starts_with('/') || path == "/") return std::nullopt;
  return path.substr(1);
}

Result<struct stat> status_of(const Fd& file) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return last_error();
  if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) return std::unexpected(Error::no_such_file_or_directory);
  return status;
}

}  // namespace

Directory::Directory(std::string path, std::vector<std::string> link_folders)
    : path_(std::move(path)), link_folders_(std::move(link_folders)) {}

Result<OpenedFile> Directory::open(std::string_view relative, Clock::time_point now) {
  Result<Fd> fd = open_any(relative, to_read, now);
  // A socket, or a device that is not there.
  if (!fd && fd.error() == Error::no_such_device_or_address) return std::unexpected(Error::no_such_file_or_directory);
  if (!fd) return std::unexpected(fd.error());
  Result<struct stat> status = status_of(*fd);
  if (!status) return std::unexpected(status.error());
  return OpenedFile{std::move(*fd), *status};
}

Result<struct stat> Directory::status(std::string_view relative, Clock::time_point now) {
  Result<Fd> fd = open_any(relative, to_find, now);
  if (!fd) return std::unexpected(fd.error());
  return status_of(*fd);
}

Result<Fd> Directory::open_any(std::string_view relative, uint64_t flags, Clock::time_point now) {
  if (relative.empty()) return open_trusted(path_, flags);
  if (!is_well_formed(relative)) return std::unexpected(Error::no_such_file_or_directory);
  if (relative.size() >= PATH_MAX) return std::unexpected(Error::filename_too_long);
  Result<> root = look_up(now);
  if (!root) return std::unexpected(root.error());
  std::array<char, PATH_MAX> path;
  path[relative.copy(path.data(), relative.size())] = '\0';
  Result<Fd> file = open_beneath(root_.get(), path.data(), flags, RESOLVE_BENEATH);
  if (file || file.error() != Error::cross_device_link) return file;
  return open_linked(path.data(), flags);
}

// A link was absolute or went through the outside, or there is no openat2. Where it ends is found without opening it;
// then that very place is opened beneath the folder that it belongs to, through no link at all. Whatever is moved
// meanwhile: what is opened lies beneath one of the folders.
Result<Fd> Directory::open_linked(const char* relative, uint64_t flags) const {
  Result<Fd> target = open_beneath(root_.get(), relative, to_find, 0);
  if (!target) return target;
  std::string end = real_path(*target);
  std::unexpected leads_out(Error::cross_device_link);
  auto open_in = [&](const Fd& folder) -> Result<Fd> {
    std::string base = real_path(folder);
    std::optional<std::string_view> rest = path_beneath(base, end);
    if (base.empty() || !rest) return leads_out;
    return open_beneath(folder.get(), std::string(*rest).c_str(), flags, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
  };
  Result<Fd> file = open_in(root_);
  for (size_t i = 0; i < link_folders_.size() && !file && file.error() == Error::cross_device_link; ++i) {
    Result<Fd> folder = open_trusted(link_folders_[i], folder_to_find);
    if (folder) file = open_in(*folder);
  }
  return file;
}

// Opening it anew is as cheap as looking whether it was replaced.
Result<> Directory::look_up(Clock::time_point now) {
  if (root_ && now < stale_) return {};
  Result<Fd> root = open_trusted(path_, folder_to_find);
  if (!root) {
    root_.close();
    return std::unexpected(root.error());
  }
  root_ = std::move(*root);
  stale_ = now + look_again;
  return {};
}

std::string real_path(const Fd& file) {
  std::string link = "/proc/self/fd/" + std::to_string(file.get());
  std::array<char, PATH_MAX> path;
  ssize_t size = ::readlink(link.c_str(), path.data(), path.size());
  if (size <= 0 || static_cast<size_t>(size) == path.size() || path[0] != '/') return {};
  return std::string(path.data(), static_cast<size_t>(size));
}

DirectoryReader::DirectoryReader(Fd directory) : stream_(::fdopendir(directory.get())) {
  if (stream_) directory.release();
}

Result<std::optional<DirectoryReader::Entry>> DirectoryReader::next() {
  if (!stream_) return std::unexpected(Error::not_a_directory);
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(stream_.get());
    if (entry == nullptr) {
      if (errno != 0) return last_error();
      return std::nullopt;
    }
    std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    Kind kind = Kind::other;
    if (entry->d_type == DT_UNKNOWN) kind = Kind::unknown;
    if (entry->d_type == DT_REG) kind = Kind::file;
    if (entry->d_type == DT_DIR) kind = Kind::directory;
    if (entry->d_type == DT_LNK) kind = Kind::link;
    return Entry{entry->d_name, kind};
  }
}

}  // namespace webserv::detail
