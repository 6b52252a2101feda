#include "app/check/socket_owner.h"

#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string_view>

#include "webserv/base/text.h"

namespace webserv::app {

using namespace detail;

namespace {

namespace fs = std::filesystem;

// proc_pid_net(5), /proc/net/tcp: "sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode", numbers
// in hexadecimal but for the last three.
std::set<std::string> listening_sockets(const char* table, uint16_t port) {
  constexpr std::string_view listening = "0A";
  std::set<std::string> sockets;
  std::ifstream lines(table);
  std::string line;
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    std::array<std::string, 10> word;
    for (std::string& each : word) words >> each;
    const size_t colon = word[1].rfind(':');
    if (word[3] != listening || colon == std::string::npos) continue;
    if (parse_hex(std::string_view(word[1]).substr(colon + 1)) == port) sockets.insert("socket:[" + word[9] + "]");
  }
  return sockets;
}

bool has_one_of(const fs::path& process, const std::set<std::string>& sockets) {
  std::error_code error;
  for (fs::directory_iterator descriptor(process / "fd", error), end; !error && descriptor != end;
       descriptor.increment(error)) {
    std::error_code ignored;
    if (sockets.contains(fs::read_symlink(descriptor->path(), ignored).string())) return true;
  }
  return false;
}

}  // namespace

std::optional<std::string> owner_of_port(uint16_t port) {
  std::set<std::string> sockets = listening_sockets("/proc/net/tcp", port);
  sockets.merge(listening_sockets("/proc/net/tcp6", port));
  if (sockets.empty()) return std::nullopt;
  std::error_code error;
  for (fs::directory_iterator process("/proc", error), end; !error && process != end; process.increment(error)) {
    if (!parse_decimal(process->path().filename().string()) || !has_one_of(process->path(), sockets)) continue;
    std::ifstream comm(process->path() / "comm");
    std::string name;
    if (std::getline(comm, name)) return name;
  }
  return std::nullopt;
}

}  // namespace webserv::app
