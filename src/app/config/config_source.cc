#include "app/config/config_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <utility>

#include "app/config/config_reader.h"
#include "app/config/own_paths.h"
#include "app/routes/files_route.h"
#include "app/text/values.h"
#include "app/toml/toml_guard.h"
#include "webserv/base/result.h"
#include "webserv/io/fd.h"

namespace webserv::app {
namespace {

constexpr std::string_view file_name = "webserv.toml";
constexpr std::string_view standard_input = "-";

// Whether something stands at the path, be it readable or not.
bool exists(const std::string& path) {
  struct stat status;
  return ::stat(path.c_str(), &status) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

// All bytes that are there, but no more than it takes to see that they are too many.
Result<std::string> read_all(int fd) {
  constexpr size_t most = TomlLimits{}.size + 1;
  std::string text;
  std::array<char, 64 * 1024> piece;
  while (text.size() < most) {
    const ssize_t size = ::read(fd, piece.data(), piece.size());
    if (size == 0) return text;
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return last_error();
    text.append(piece.data(), static_cast<size_t>(size));
  }
  return text;
}

Result<std::string> read_file(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!file) return last_error();
  return read_all(file.get());
}

std::string current_folder() {
  std::error_code ignored;
  return std::filesystem::current_path(ignored).string();
}

}  // namespace

std::optional<std::string> find_config(const char* configuration_directory, const char* system_file) {
  std::string_view folders = configuration_directory == nullptr ? "" : configuration_directory;
  while (!folders.empty()) {
    const std::string_view folder = folders.substr(0, folders.find(':'));
    folders.remove_prefix(folder.size() + (folder.size() < folders.size() ? 1 : 0));
    if (folder.empty()) continue;
    std::string file = absolute_path(folder, file_name);
    if (exists(file)) return file;
  }
  if (exists(system_file)) return system_file;
  return std::nullopt;
}

std::optional<std::string> choose_config(const std::optional<std::string>& named) {
  return named ? named : find_config(std::getenv("CONFIGURATION_DIRECTORY"));
}

std::expected<ConfigText, std::vector<Diagnostic>> read_text(const std::string& file) {
  const bool is_file = file != standard_input;
  ConfigText config{is_file ? file : "<stdin>", current_folder(), {}};
  Result<std::string> text = is_file ? read_file(file) : read_all(STDIN_FILENO);
  if (!text) {
    const std::string reason = std::strerror(static_cast<int>(text.error()));
    return std::unexpected(std::vector<Diagnostic>{
        {config.file, {}, "the configuration cannot be read: " + reason, "name another one with --config FILE"}});
  }
  if (is_file) config.folder = std::filesystem::path(absolute_path(config.folder, file)).parent_path().string();
  config.text = *std::move(text);
  return config;
}

std::expected<Config, std::vector<Diagnostic>> load_config(const std::string& file) {
  const std::expected<ConfigText, std::vector<Diagnostic>> source = read_text(file);
  if (!source) return std::unexpected(source.error());
  std::expected<Config, std::vector<Diagnostic>> config = read_config(source->text, source->file, source->folder);
  if (!config) return config;
  Findings findings(source->file);
  check_sandboxes(*config, findings);
  if (!findings.empty()) return std::unexpected(std::move(findings).take(source->text));
  return config;
}

Config default_config() {
  Config config;
  config.listeners.push_back({std::string(default_listener), {std::string(default_address)}, {}});
  return config;
}

Config directory_config(const std::string& folder) {
  StaticFilesOptions files;
  files.root = absolute_path(current_folder(), folder);
  files.listing = true;
  RouteConfig route;
  route.path = "/";
  route.handler = std::make_shared<const FilesRoute>(std::move(files));
  VhostConfig host;
  host.name = "*";
  host.routes.push_back(std::move(route));
  Config config = default_config();
  config.vhosts.push_back(std::move(host));
  return config;
}

}  // namespace webserv::app
