#include "webserv/process/cgroup.h"

#include <fcntl.h>
#include <signal.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <optional>

#include "webserv/io/file.h"
#include "webserv/process/kernel_files.h"

namespace webserv::detail {

namespace {

// How long a group that was killed is waited for where nobody else can: a second.
constexpr timespec one_wait{.tv_sec = 0, .tv_nsec = 2'000'000};
constexpr int most_waits = 500;

uint64_t parse_number(std::string_view text) {
  uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// Of a file of lines "key number"; 0 where the key is not there.
uint64_t number_of(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    std::string_view line = next_line(text);
    if (line.size() > key.size() && line.starts_with(key) && line[key.size()] == ' ') {
      return parse_number(line.substr(key.size() + 1));
    }
  }
  return 0;
}

void signal_all(int folder, int number) {
  std::string processes = read_file(folder, "cgroup.procs");
  for (std::string_view rest = processes; !rest.empty();) {
    auto id = static_cast<pid_t>(parse_number(next_line(rest)));
    if (id > 0) ::kill(id, number);
  }
}

// Calls `visit` with the name of each folder in this one.
template <class Visit>
void for_each_folder(int folder, Visit visit) {
  DirectoryReader entries(Fd(::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
  for (;;) {
    Result<std::optional<DirectoryReader::Entry>> entry = entries.next();
    if (!entry || !*entry) return;
    if ((*entry)->kind == DirectoryReader::Kind::directory) visit((*entry)->name);
  }
}

// A group can be removed once those in it are; what a program makes is no deeper than this, or stays.
constexpr int most_nested = 16;

Result<> remove_group(int parent, const char* name, int nested = 0) {
  if (::unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT) return {};
  if (errno != EBUSY || nested == most_nested) return last_error();
  Fd folder(::openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return last_error();
  bool removed = false;
  for_each_folder(folder.get(), [&](const char* inner) {
    if (remove_group(folder.get(), inner, nested + 1)) removed = true;
  });
  if (removed && ::unlinkat(parent, name, AT_REMOVEDIR) == 0) return {};
  return std::unexpected(Error::device_or_resource_busy);
}

void kill_group(int folder) {
  if (write_file(folder, "cgroup.kill", "1")) return;
  // Before Linux 5.14. What is frozen does not fork, and can be killed.
  [[maybe_unused]] Result<> frozen = write_file(folder, "cgroup.freeze", "1");
  signal_all(folder, SIGKILL);
}

}  // namespace

Cgroup::~Cgroup() {
  for (int times = 0; times < most_waits && !remove(); ++times) {
    if (times == 0) kill();
    ::nanosleep(&one_wait, nullptr);
  }
}

void Cgroup::kill() { kill_group(folder_.get()); }

void Cgroup::signal(int number) { signal_all(folder_.get(), number); }

bool Cgroup::populated() const { return number_of(read_file(folder_.get(), "cgroup.events"), "populated") != 0; }

RunUsage Cgroup::usage() const {
  RunUsage usage;
  usage.cpu = std::chrono::microseconds(number_of(read_file(folder_.get(), "cpu.stat"), "usage_usec"));
  usage.memory_peak = parse_number(read_file(folder_.get(), "memory.peak"));
  usage.out_of_memory = number_of(read_file(folder_.get(), "memory.events"), "oom_kill") != 0;
  return usage;
}

Result<> Cgroup::remove() {
  if (!parent_) return {};
  Result<> removed = remove_group(parent_->get(), name_.c_str());
  if (removed) parent_.reset();
  return removed;
}

}  // namespace webserv::detail
