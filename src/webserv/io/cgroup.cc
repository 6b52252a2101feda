#include "webserv/io/cgroup.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

#include <array>
#include <charconv>
#include <cstring>
#include <vector>

namespace webserv {

namespace {

Result<> write_file(int folder, const char* name, std::string_view text) {
  Fd file(::openat(folder, name, O_WRONLY | O_CLOEXEC));
  if (!file || ::write(file.get(), text.data(), text.size()) < 0) return last_error();
  return {};
}

// Nothing where it cannot be read. The files of a cgroup are short, but for the list of its processes.
std::string read_file(int folder, const char* name) {
  Fd file(::openat(folder, name, O_RDONLY | O_CLOEXEC));
  std::string text;
  std::array<char, 4096> some;
  for (ssize_t got; file && (got = ::read(file.get(), some.data(), some.size())) > 0;) {
    text.append(some.data(), static_cast<size_t>(got));
  }
  return text;
}

uint64_t parse_number(std::string_view text) {
  uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// Of a file of lines "key number"; 0 where the key is not there.
uint64_t number_of(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.size() > key.size() && line.starts_with(key) && line[key.size()] == ' ') {
      return parse_number(line.substr(key.size() + 1));
    }
  }
  return 0;
}

}  // namespace

Cgroup::~Cgroup() {
  if (!name_.empty() && !remove()) kill();
}

void Cgroup::kill() {
  if (!write_file(folder_.get(), "cgroup.kill", "1")) signal(SIGKILL);
}

void Cgroup::signal(int number) {
  if (number == SIGKILL) return kill();
  std::string processes = read_file(folder_.get(), "cgroup.procs");
  for (std::string_view rest = processes; !rest.empty();) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    auto id = static_cast<pid_t>(parse_number(line));
    if (id > 0) ::kill(id, number);
  }
}

bool Cgroup::populated() const { return number_of(read_file(folder_.get(), "cgroup.events"), "populated") != 0; }

RunUsage Cgroup::usage() const {
  RunUsage usage;
  usage.cpu = std::chrono::microseconds(number_of(read_file(folder_.get(), "cpu.stat"), "usage_usec"));
  usage.memory_peak = parse_number(read_file(folder_.get(), "memory.peak"));
  usage.out_of_memory = number_of(read_file(folder_.get(), "memory.events"), "oom_kill") != 0;
  return usage;
}

Result<> Cgroup::remove() {
  if (name_.empty()) return {};
  if (::unlinkat(parent_, name_.c_str(), AT_REMOVEDIR) != 0) return last_error();
  name_.clear();
  return {};
}

std::expected<std::unique_ptr<CgroupTree>, std::string> CgroupTree::find(const Place&) {
  return std::unexpected("cgroups are not looked for");
}

Result<Cgroup> CgroupTree::make(const RunLimits&) { return std::unexpected(Error::not_supported); }

}  // namespace webserv
