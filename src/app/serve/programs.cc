#include "app/serve/programs.h"

#include <unistd.h>

#include <filesystem>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include "webserv/process/cgroup.h"

namespace webserv::app {
namespace {

// The programs of a route; null where it has none.
const CgiConfig* programs_of(const RouteConfig& route) {
  if (const auto* cgi = std::get_if<CgiConfig>(&route.handler)) return cgi;
  const auto* files = std::get_if<StaticFilesConfig>(&route.handler);
  return files != nullptr && files->scripts ? &*files->scripts : nullptr;
}

void warn_of_route(const VhostConfig& vhost, const RouteConfig& route, const CgiConfig& cgi, const Log& log) {
  const auto warn = [&](std::string_view event, std::string_view what, std::string_view key, std::string_view path) {
    log.event(Level::warning, event, what, {{key, path}, {"vhost", vhost.name}, {"route", route.path}});
  };
  std::error_code ignored;
  if (!cgi.root.empty() && !std::filesystem::is_directory(cgi.root, ignored)) {
    warn("root_missing", "a root is not there, or its folder may not be entered: 404 until it is", "root", cgi.root);
  }
  std::set<std::string> paths;
  if (!cgi.program.empty()) paths.insert(cgi.program);
  for (const auto& [extension, interpreter] : cgi.interpreters) {
    if (!interpreter.empty()) paths.insert(interpreter);
  }
  for (const std::string& path : paths) {
    if (::access(path.c_str(), X_OK) == 0) continue;
    warn("program_missing", "a program is not there, or may not be run: 502 until it may", "program", path);
  }
}

}  // namespace

Programs make_programs(unsigned threads) {
  Programs programs;
  std::unique_ptr<CgroupTree> cgroups;
  if (std::expected<std::unique_ptr<CgroupTree>, std::string> found = CgroupTree::find()) {
    cgroups = *std::move(found);
    programs.missing = cgroups->missing();
  } else {
    programs.missing =
        "programs have no cgroup of their own, so that what leaves its process group outlives them for a "
        "moment, and limits hold for each process alone: " +
        found.error();
  }
  constexpr pid_t init = 1;
  const bool adopts = cgroups == nullptr || ::getpid() == init;
  programs.spawner = std::make_shared<Spawner>(threads, std::move(cgroups));
  if (adopts) programs.spawner->adopt_orphans();
  return programs;
}

void warn_of_programs(const Config& config, const Programs& programs, const Log& log) {
  bool any = false;
  for (const VhostConfig& vhost : config.vhosts) {
    for (const RouteConfig& route : vhost.routes) {
      const CgiConfig* cgi = programs_of(route);
      if (cgi == nullptr) continue;
      any = true;
      warn_of_route(vhost, route, *cgi, log);
    }
  }
  if (any && !programs.missing.empty()) log.event(Level::warning, "programs_not_confined", programs.missing);
}

}  // namespace webserv::app
