#include "app/serve/config_trust.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <optional>
#include <string_view>

namespace webserv::app {

namespace {

// As the kernel follows (path_resolution(7)).
constexpr int most_links = 40;

bool is_in_group(gid_t group) {
  if (group == getegid()) return true;
  std::vector<gid_t> groups(static_cast<size_t>(std::max(getgroups(0, nullptr), 0)));
  const int count = getgroups(static_cast<int>(groups.size()), groups.data());
  groups.resize(static_cast<size_t>(std::max(count, 0)));
  return std::ranges::find(groups, group) != groups.end();
}

// Goes along a path as the kernel does, and looks at everything on the way.
class Walk {
 public:
  explicit Walk(const std::string& file) {
    std::error_code ignored;
    add_front(std::filesystem::absolute(file, ignored).string());
  }

  std::vector<std::string> ways() && {
    int links = 0;
    enter("/");
    while (!names_.empty()) {
      const std::string name = std::move(names_.front());
      names_.pop_front();
      if (name == "..") {
        enter(std::filesystem::path(folder_).parent_path().string());
        continue;
      }
      const std::string path = folder_ == "/" ? "/" + name : folder_ + "/" + name;
      struct stat status {};
      if (lstat(path.c_str(), &status) != 0) break;  // whoever reads it finds the same
      look_at_entry(path, status);
      if (S_ISLNK(status.st_mode)) {
        if (++links > most_links || !follow(path)) break;
      } else if (S_ISDIR(status.st_mode)) {
        enter(path);
      } else {
        look_at(path, status, "the configuration");
      }
    }
    return std::move(ways_);
  }

 private:
  void add_front(std::string_view path) {
    std::vector<std::string> names;
    for (const auto& part : std::filesystem::path(path).relative_path()) {
      if (!part.empty() && part != ".") names.push_back(part.string());
    }
    names_.insert(names_.begin(), names.begin(), names.end());
  }

  bool follow(const std::string& link) {
    std::array<char, PATH_MAX> target;
    const ssize_t size = readlink(link.c_str(), target.data(), target.size());
    if (size <= 0) return false;
    const std::string_view path(target.data(), static_cast<size_t>(size));
    if (path.starts_with('/')) enter("/");
    add_front(path);
    return true;
  }

  void enter(const std::string& folder) {
    folder_ = folder;
    struct stat status {};
    // In a sticky folder, such as /tmp, everyone may write, but nobody replaces what belongs to others.
    sticky_ = stat(folder.c_str(), &status) == 0 && (status.st_mode & S_ISVTX) != 0 && status.st_uid != user_;
    if (!sticky_) look_at(folder, status, "a folder on the way to the configuration");
  }

  void look_at_entry(const std::string& path, const struct stat& status) {
    if (sticky_ && S_ISLNK(status.st_mode) && status.st_uid == user_)
      add(path, "a link to the configuration", owned(path));
  }

  struct Way {
    std::string how;
    std::string remedy;
  };

  Way owned(const std::string& path) const {
    return {fmt::format("belongs to the server's own user (uid {})", user_), fmt::format("chown -h root: '{}'", path)};
  }

  std::optional<Way> way(const std::string& path, const struct stat& status) const {
    if (status.st_uid == user_) return owned(path);
    if (is_in_group(status.st_gid)) {
      if ((status.st_mode & S_IWGRP) != 0) {
        return Way{fmt::format("can be written by the server's group (gid {})", status.st_gid),
                   fmt::format("chmod g-w '{}'", path)};
      }
    } else if ((status.st_mode & S_IWOTH) != 0) {
      return Way{"can be written by everyone", fmt::format("chmod o-w '{}'", path)};
    }
    if (faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0) {
      return Way{"can be written by the server's own user, by its access list (getfacl) or a capability",
                 fmt::format("setfacl -b '{}'", path)};
    }
    return std::nullopt;
  }

  void look_at(const std::string& path, const struct stat& status, std::string_view what) {
    if (const std::optional<Way> found = way(path, status)) add(path, what, *found);
  }

  void add(const std::string& path, std::string_view what, const Way& way) {
    std::string text = fmt::format(
        "{}: error: {} {}, and so the programs that it runs could make another one; make it root's alone: {}", path,
        what, way.how, way.remedy);
    // A link may lead through the same folder again.
    if (std::ranges::find(ways_, text) == ways_.end()) ways_.push_back(std::move(text));
  }

  const uid_t user_ = geteuid();
  std::deque<std::string> names_;  // that are left of the way
  std::string folder_;             // as far as it was gone
  bool sticky_ = false;
  std::vector<std::string> ways_;
};

}  // namespace

Surroundings find_surroundings() {
  const bool has_manager = std::getenv("INVOCATION_ID") != nullptr || std::getenv("NOTIFY_SOCKET") != nullptr;
  // In the shell of a desktop session, which is a service too, the variables are those of another process.
  const char* process = std::getenv("SYSTEMD_EXEC_PID");
  const bool is_ours = process == nullptr || process == std::to_string(getpid());
  return {.service = has_manager && is_ours && geteuid() != 0};
}

std::vector<std::string> ways_to_write(const std::string& file) { return Walk(file).ways(); }

}  // namespace webserv::app
