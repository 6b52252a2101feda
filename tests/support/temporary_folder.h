// A folder that is there for one test.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace webserv::detail::test {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = std::filesystem::temp_directory_path() / "webserv-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = std::filesystem::canonical(pattern);
    ::chmod(path_.c_str(), 0755);  // for tests that do without root's rights
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const { return path_; }
  std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }

  // Writes in place; makes the folders above.
  void write(std::string_view name, std::string_view content) const {
    std::filesystem::create_directories(std::filesystem::path(*this / name).parent_path());
    std::ofstream(*this / name, std::ios::binary | std::ios::trunc) << content;
  }
  // The way of careful writers: readers see the old file or the new one.
  void replace(std::string_view name, std::string_view content) const {
    std::string beside = std::string(name) + ".new";
    write(beside, content);
    rename(beside, name);
  }
  void rename(std::string_view from, std::string_view to) const { std::filesystem::rename(*this / from, *this / to); }
  void remove(std::string_view name) const { std::filesystem::remove_all(*this / name); }
  void make_folder(std::string_view name) const { std::filesystem::create_directories(*this / name); }
  void link(std::string_view name, std::string_view target) const {
    std::filesystem::create_symlink(target, *this / name);
  }
  void make_fifo(std::string_view name) const {
    if (::mkfifo((*this / name).c_str(), 0644) != 0) throw std::runtime_error("mkfifo");
  }
  void set_modified(std::string_view name, int64_t seconds, long nanoseconds = 0) const {
    const timespec times[2] = {{seconds, nanoseconds}, {seconds, nanoseconds}};
    if (::utimensat(AT_FDCWD, (*this / name).c_str(), times, 0) != 0) throw std::runtime_error("utimensat");
  }

 private:
  std::string path_;
};

// Without root's rights, which pass every check of permissions, for a scope.
class Unprivileged {
 public:
  Unprivileged() : before_(::geteuid()) {
    if (before_ == 0 && ::seteuid(nobody) != 0) throw std::runtime_error("seteuid");
  }
  Unprivileged(const Unprivileged&) = delete;
  ~Unprivileged() {
    if (before_ == 0 && ::seteuid(0) != 0) std::abort();
  }

 private:
  static constexpr uid_t nobody = 65534;
  const uid_t before_;
};

}  // namespace webserv::detail::test
