#include "webserv/process/sandbox_paths.h"

#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <initializer_list>
#include <string_view>
#include <system_error>

#include "webserv/base/text.h"

namespace webserv::detail {

namespace {

// glob(7)
using Patterns = std::initializer_list<const char*>;

constexpr Patterns trees = {"/usr", "/bin",       "/sbin",      "/lib*",
                            "/opt", "/nix/store", "/gnu/store", "/var/cache/fontconfig"};

// Of these, what has folders of programs.
constexpr std::string_view trees_of_programs[] = {"/usr", "/bin", "/sbin", "/opt", "/nix/store", "/gnu/store"};

// Not all of /etc, where other servers have their secrets.
constexpr Patterns of_etc = {
    // the C library
    "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "ld.so.preload", "ld-nix.so.preload", "nsswitch.conf", "passwd",
    "group", "hosts", "host.conf", "hostname", "resolv.conf", "gai.conf", "services", "protocols", "networks",
    "localtime", "timezone", "zoneinfo", "locale.alias", "locale.conf", "default/locale",
    // certificates, and what else libraries read
    "ssl/certs", "ssl/cert.pem", "ssl/openssl.cnf", "pki/tls/certs", "pki/tls/cert.pem", "pki/tls/openssl.cnf",
    "pki/ca-trust", "ca-certificates", "ca-certificates.conf", "crypto-policies", "krb5.conf", "alternatives",
    "os-release", "debian_version", "mime.types", "mailcap", "magic", "magic.mime", "terminfo", "fonts",
    "ImageMagick-*", "odbc.ini", "odbcinst.ini", "freetds", "my.cnf", "mysql/my.cnf", "mysql/conf.d",
    "mysql/mariadb.conf.d", "mysql/mariadb.cnf",
    // languages and tools
    "php*", "perl", "python*", "ruby*", "java-*", "lua*", "R", "gitconfig", "gitweb.conf", "gitweb-common.conf",
    "cgitrc", "mercurial"};

// systemd-resolved and others replace the file that /etc/resolv.conf is a link to.
constexpr Patterns of_names = {"/run/systemd/resolve", "/run/NetworkManager/resolv.conf", "/run/resolvconf"};

constexpr Patterns devices = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"};

// Freed also where there is no memory for what is made of it.
struct Found {
  explicit Found(const char* pattern) { ::glob(pattern, GLOB_NOSORT, nullptr, &paths); }
  Found(const Found&) = delete;
  ~Found() { ::globfree(&paths); }
  glob_t paths{};
};

void add(std::vector<std::string>& to, std::string_view before, Patterns patterns) {
  for (const char* pattern : patterns) {
    const Found found((std::string(before) + pattern).c_str());
    to.insert(to.end(), found.paths.gl_pathv, found.paths.gl_pathv + found.paths.gl_pathc);
  }
}

void add_installation(std::vector<std::string>& to, const std::filesystem::path& program) {
  const std::filesystem::path folder = program.parent_path();
  if (folder.filename() != "bin") return;
  for (const char* name : {"bin", "lib", "lib64", "libexec", "pyvenv.cfg"}) to.push_back(folder.parent_path() / name);
}

bool is_reachable(std::string_view folder, const std::vector<std::string>& also) {
  const auto holds = [&](std::string_view tree) { return is_within(folder, tree); };
  return std::ranges::any_of(trees_of_programs, holds) || std::ranges::any_of(also, holds);
}

}  // namespace

UsualPaths usual_paths(bool network) {
  UsualPaths paths;
  add(paths.read, "", trees);
  add(paths.read, "/etc/", of_etc);
  if (network) add(paths.read, "", of_names);
  add(paths.devices, "", devices);
  return paths;
}

std::vector<std::string> of_installation(const std::string& program) {
  std::vector<std::string> paths;
  add_installation(paths, program);
  std::error_code gone;
  add_installation(paths, std::filesystem::canonical(program, gone));
  return paths;
}

std::string reachable_search_path(std::string_view path, const std::vector<std::string>& also) {
  std::string reachable;
  while (!path.empty()) {
    const std::string_view folder = path.substr(0, path.find(':'));
    path.remove_prefix(std::min(folder.size() + 1, path.size()));
    if (!folder.starts_with('/')) continue;
    std::error_code gone;
    if (!is_reachable(folder, also) && !is_reachable(std::filesystem::canonical(folder, gone).native(), also)) continue;
    if (!reachable.empty()) reachable += ':';
    reachable += folder;
  }
  return reachable;
}

}  // namespace webserv::detail
