#include "app/config/own_paths.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "app/text/values.h"
#include "webserv/base/text.h"

namespace webserv::app {

using namespace detail;

namespace {

namespace fs = std::filesystem;

// Of packages, which everybody may read: Nix, Guix.
constexpr std::string_view stores[] = {"/nix/store", "/gnu/store"};

constexpr const char* credentials = "CREDENTIALS_DIRECTORY";
constexpr const char* runtime = "RUNTIME_DIRECTORY";

bool is_in_store(const std::string& path) {
  return std::ranges::any_of(stores, [&](std::string_view store) { return is_within(path, store); });
}

// A list that colons separate.
void add_folders_of(const char* variable, std::vector<std::string>& to) {
  const char* value = std::getenv(variable);
  std::string_view folders = value == nullptr ? "" : value;
  while (!folders.empty()) {
    const std::string_view folder = folders.substr(0, folders.find(':'));
    folders.remove_prefix(folder.size() + (folder.size() < folders.size() ? 1 : 0));
    if (folder.starts_with('/')) to.push_back(absolute_path("/", folder));
  }
}

std::string configuration_of(const Config& config) {
  std::error_code ignored;
  return config.file.empty() ? std::string() : absolute_path(fs::current_path(ignored).string(), config.file);
}

// What the path leads to; itself where it is not there.
std::string real_path(const std::string& path) {
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  return error ? path : real.string();
}

// What no sandbox opens, and what it is.
struct Secret {
  std::string path;
  std::string what;
};

std::vector<Secret> secrets_of(const Config& config) {
  std::vector<Secret> secrets;
  const auto add = [&](std::string path, std::string what) {
    std::string real = real_path(path);
    if (real != path) secrets.push_back({std::move(real), what});
    secrets.push_back({std::move(path), std::move(what)});
  };
  if (std::string file = configuration_of(config); !file.empty()) add(std::move(file), "the configuration");
  for (const char* variable : {credentials, runtime}) {
    std::vector<std::string> folders;
    add_folders_of(variable, folders);
    for (std::string& folder : folders) add(std::move(folder), fmt::format("a folder of ${}", variable));
  }
  return secrets;
}

class SandboxCheck {
 public:
  SandboxCheck(std::vector<Secret> secrets, Findings& findings) : secrets_(std::move(secrets)), findings_(findings) {}

  void check(const std::vector<std::string>& paths, std::string_view key, const Places& places) {
    for (size_t i = 0; i < paths.size(); ++i) {
      const std::string real = real_path(paths[i]);
      const auto opened = std::ranges::find_if(secrets_, [&](const Secret& secret) {
        return is_within(secret.path, paths[i]) || is_within(secret.path, real);
      });
      if (opened == secrets_.end()) continue;
      const std::string by_link = real == paths[i] ? "" : fmt::format(" by a link to {}", in_quotes(real));
      findings_.add(places.of_text("sandbox", key, i),
                    fmt::format("{} opens {}{}, which is the server's own: {}", in_quotes(paths[i]), opened->what,
                                by_link, in_quotes(opened->path)),
                    "name what programs need of it");
    }
  }

 private:
  const std::vector<Secret> secrets_;
  Findings& findings_;
};

}  // namespace

HiddenPaths own_paths(const Config& config) {
  HiddenPaths own;
  if (std::string file = configuration_of(config); !file.empty()) own.secrets.push_back(std::move(file));
  for (const char* variable : {credentials, runtime, "STATE_DIRECTORY", "CACHE_DIRECTORY", "LOGS_DIRECTORY"}) {
    add_folders_of(variable, own.secrets);
  }
  for (const VhostConfig& vhost : config.vhosts) {
    for (const RouteConfig& route : vhost.routes) {
      if (const std::string_view root = route.handler->root(); !root.empty()) own.roots.emplace_back(root);
    }
  }
  for (auto* paths : {&own.secrets, &own.roots}) {
    std::erase_if(*paths, is_in_store);
    std::ranges::sort(*paths);
    paths->erase(std::ranges::unique(*paths).begin(), paths->end());
  }
  return own;
}

void check_sandboxes(const Config& config, Findings& findings) {
  SandboxCheck check(secrets_of(config), findings);
  for (const VhostConfig& vhost : config.vhosts) {
    for (const RouteConfig& route : vhost.routes) {
      const CgiOptions* programs = route.handler->programs();
      if (programs == nullptr) continue;
      check.check(programs->sandbox.read, "read", route.places);
      check.check(programs->sandbox.write, "write", route.places);
    }
  }
}

std::string missing_of_sandboxes(const Config& config) {
  const auto in_sandbox = [](const RouteConfig& route) {
    const CgiOptions* programs = route.handler->programs();
    return programs != nullptr && programs->sandbox.on;
  };
  const bool any = std::ranges::any_of(
      config.vhosts, [&](const VhostConfig& vhost) { return std::ranges::any_of(vhost.routes, in_sandbox); });
  return any ? sandbox_gaps() : "";
}

}  // namespace webserv::app
