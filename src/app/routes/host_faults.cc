#include "app/routes/host_faults.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

namespace webserv::app {
namespace {

std::string text_of(int error) { return std::strerror(error); }

}  // namespace

std::optional<Fault> fault_of_folder(const std::string& path, int rights) {
  struct stat status;
  if (::stat(path.c_str(), &status) != 0) {
    const int error = errno;
    return Fault{fmt::format("the folder {} cannot be opened: {}", in_quotes(path), text_of(error)),
                 error == ENOENT ? "make it, or name another one" : ""};
  }
  if (!S_ISDIR(status.st_mode)) return Fault{fmt::format("{} is no folder", in_quotes(path)), "name a folder"};
  if (::access(path.c_str(), rights) == 0) return std::nullopt;
  const bool to_write = (rights & W_OK) != 0;
  return Fault{fmt::format("the folder {} cannot be {} by this user: {}", in_quotes(path),
                           to_write ? "written" : "read", text_of(errno)),
               to_write ? "let the user of the server write to it, or let systemd hand over the socket"
                        : "let the user of the server read and enter it"};
}

std::optional<Fault> fault_of_file(const std::string& path, uint64_t most_bytes) {
  struct stat status;
  if (::stat(path.c_str(), &status) != 0) {
    const int error = errno;
    return Fault{fmt::format("the file {} cannot be opened: {}", in_quotes(path), text_of(error)),
                 error == ENOENT ? "make it, or name another one" : ""};
  }
  if (!S_ISREG(status.st_mode)) return Fault{fmt::format("{} is no file", in_quotes(path)), "name a file"};
  if (static_cast<uint64_t>(status.st_size) > most_bytes) {
    return Fault{fmt::format("the file {} has {} bytes, more than the {} that are allowed", in_quotes(path),
                             status.st_size, most_bytes),
                 {}};
  }
  if (::access(path.c_str(), R_OK) == 0) return std::nullopt;
  return Fault{fmt::format("the file {} cannot be read by this user: {}", in_quotes(path), text_of(errno)),
               "let the user of the server read it"};
}

std::optional<Fault> fault_of_program(const std::string& path) {
  struct stat status;
  if (::stat(path.c_str(), &status) != 0) {
    const int error = errno;
    return Fault{fmt::format("the program {} cannot be run: {}", in_quotes(path), text_of(error)),
                 error == ENOENT ? "install it, or name another one" : ""};
  }
  if (!S_ISREG(status.st_mode)) return Fault{fmt::format("{} is no program", in_quotes(path)), "name a file"};
  if (::access(path.c_str(), X_OK) == 0) return std::nullopt;
  return Fault{fmt::format("the program {} cannot be run by this user: {}", in_quotes(path), text_of(errno)),
               "let the user of the server execute it"};
}

std::optional<Fault> fault_of_reach(const std::string& path, int rights) {
  if (::access(path.c_str(), rights) == 0) return std::nullopt;
  const int error = errno;
  const bool to_write = (rights & W_OK) != 0 && ::access(path.c_str(), R_OK) == 0;
  const std::string_view done = error == ENOENT || error == ENOTDIR ? "opened" : to_write ? "written" : "read";
  return Fault{fmt::format("{} cannot be {} by programs: {}", in_quotes(path), done, text_of(error)),
               error == ENOENT   ? "make it, or name another one"
               : error == EACCES ? fmt::format("let the user of the server {} it", to_write ? "write to" : "read")
                                 : ""};
}

void check_folders(const std::vector<std::string>& folders, std::string_view key, const Places& places,
                   Findings& findings) {
  for (size_t i = 0; i < folders.size(); ++i) findings.add(places.of_text({}, key, i), fault_of_folder(folders[i]));
}

}  // namespace webserv::app
