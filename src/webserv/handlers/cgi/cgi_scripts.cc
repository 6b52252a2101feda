#include "webserv/handlers/cgi/cgi_scripts.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>

#include "webserv/handlers/files/folder_entries.h"

namespace webserv::detail {

namespace {

constexpr HttpError no_script{Status::not_found, "no such script"};
constexpr HttpError is_folder{Status::not_found, "a directory is no script"};
constexpr HttpError not_executable{Status::forbidden, "the file has no interpreter and may not be executed"};
constexpr HttpError not_permitted{Status::forbidden, "the script may not be reached"};

// Programs run in folders of their own: a path that depends on the server's own would lead nowhere.
std::string absolute(const std::string& path) {
  if (path.empty() || path.starts_with('/')) return path;
  std::array<char, PATH_MAX> folder;
  if (::getcwd(folder.data(), folder.size()) == nullptr) return path;
  return std::string(folder.data()) + "/" + path;
}

std::vector<std::unique_ptr<Directory>> one_for_each(unsigned workers, const std::string& root,
                                                     const std::vector<std::string>& symlinks) {
  std::vector<std::unique_ptr<Directory>> directories;
  for (unsigned i = 0; i < workers; ++i) directories.push_back(std::make_unique<Directory>(root, symlinks));
  return directories;
}

std::string_view last_segment(std::string_view path) { return path.substr(path.rfind('/') + 1); }

bool may_be_executed(const struct stat& status) { return (status.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) != 0; }

}  // namespace

std::string CgiScript::folder() const {
  size_t slash = file.rfind('/');
  return slash == 0 ? "/" : file.substr(0, slash);
}

bool CgiScript::writes_messages() const { return last_segment(file).starts_with("nph-"); }

// What the beginning of a path leads to: its first file, or the directory that the whole path is.
struct CgiScripts::Found {
  std::string_view relative;  // without a slash at its end
  std::string_view rest;      // of the path, from its slash on
  struct stat status {};

  bool is_directory() const { return S_ISDIR(status.st_mode); }
};

CgiScripts::CgiScripts(const CgiOptions& options, unsigned workers)
    : options_(options),
      root_(absolute(options.root)),
      program_(absolute(options.program)),
      directories_(one_for_each(options.root.empty() ? 0 : workers, root_, options.symlinks)) {}

std::optional<std::string_view> CgiScripts::relative_to_route(std::string_view path) const {
  bool matches = options_.route.ends_with('/') ? path.starts_with(options_.route) : path == options_.route;
  if (!matches) return std::nullopt;
  return path.substr(options_.route.size());
}

// Nothing can lie below a file, so the first file of the path is also the longest beginning of it that is one.
Result<CgiScripts::Found> CgiScripts::walk(std::string_view relative, unsigned worker, Clock::time_point now) const {
  for (size_t begin = 0;;) {
    size_t end = std::min(relative.find('/', begin), relative.size());
    std::string_view segment = relative.substr(begin, end - begin);
    if (!options_.hidden_files && is_hidden_name(segment)) return std::unexpected(Error::cross_device_link);
    Found found{.relative = relative.substr(0, end), .rest = relative.substr(end)};
    Result<struct stat> status = directories_[worker]->status(found.relative, now);
    if (!status) return std::unexpected(status.error());
    found.status = *status;
    bool is_whole = found.rest.empty() || found.rest == "/";
    if (is_whole || !found.is_directory()) return found;
    begin = end + 1;
  }
}

const std::string* CgiScripts::interpreter_of(std::string_view file) const {
  std::string_view name = last_segment(file.empty() ? root_ : file);
  size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return nullptr;
  for (const auto& [extension, interpreter] : options_.interpreters) {
    if (name.substr(dot) == extension) return &interpreter;
  }
  return nullptr;
}

CgiScript CgiScripts::script(std::string_view file, std::string_view path_info) const {
  CgiScript script;
  script.file = root_;
  script.name = options_.route;
  // A route for one path alone is the name of whatever it leads to.
  if (script.name.ends_with('/')) script.name.append(file);
  if (!file.empty() && !script.file.ends_with('/')) script.file.push_back('/');
  script.file.append(file);
  if (const std::string* interpreter = interpreter_of(file)) script.interpreter = *interpreter;
  script.path_info = path_info;
  return script;
}

std::expected<CgiScript, HttpError> CgiScripts::find(std::string_view path, unsigned worker,
                                                     Clock::time_point now) const {
  std::optional<std::string_view> relative = relative_to_route(path);
  if (!relative) return std::unexpected(no_script);
  if (root_.empty()) {
    CgiScript script;
    script.file = program_;
    script.name = options_.route;
    if (script.name.ends_with('/')) script.name.pop_back();
    script.path_info = path.substr(script.name.size());
    return script;
  }
  Result<Found> found = walk(*relative, worker, now);
  if (!found) return std::unexpected(found.error() == Error::permission_denied ? not_permitted : no_script);
  if (found->is_directory()) return std::unexpected(is_folder);
  const std::string* interpreter = interpreter_of(found->relative);
  bool runs_itself = interpreter == nullptr || interpreter->empty();
  if (runs_itself && !may_be_executed(found->status)) return std::unexpected(not_executable);
  return script(found->relative, found->rest);
}

}  // namespace webserv::detail
