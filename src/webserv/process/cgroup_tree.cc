#include "webserv/process/cgroup_tree.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <optional>
#include <system_error>
#include <vector>

#include "webserv/io/file.h"
#include "webserv/process/kernel_files.h"

namespace webserv::detail {

namespace {

constexpr const char* server_group = "server";
constexpr const char* server_weight = "1000";
constexpr std::string_view run_prefix = "run-";

std::string message_of(Error error) { return std::make_error_code(error).message(); }

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    std::string_view word = line.substr(0, line.find_first_of(" \n"));
    if (!word.empty()) words.push_back(word);
    line.remove_prefix(std::min(line.size(), word.size() + 1));
  }
  return words;
}

bool has_word(std::string_view text, std::string_view word) {
  std::vector<std::string_view> words = words_of(text);
  return std::ranges::find(words, word) != words.end();
}

struct Mount {
  std::string_view root;    // the group that is mounted
  std::string_view folder;  // where
};

// proc_pid_mountinfo(5): ID PARENT MAJOR:MINOR ROOT FOLDER OPTIONS [FIELD...] - TYPE SOURCE OPTIONS
std::optional<Mount> find_mount(std::string_view mountinfo) {
  while (!mountinfo.empty()) {
    std::string_view line = next_line(mountinfo);
    size_t separator = line.find(" - cgroup2 ");
    if (separator == line.npos) continue;
    std::vector<std::string_view> words = words_of(line.substr(0, separator));
    if (words.size() >= 6) return Mount{words[3], words[4]};
  }
  return std::nullopt;
}

bool has_mark(const std::string& path, const char* name) {
  char value = 0;
  return ::getxattr(path.c_str(), name, &value, 1) == 1 && value == '1';
}

bool is_marked_as_delegated(const std::string& path) {
  return has_mark(path, "user.delegate") || has_mark(path, "trusted.delegate");
}

// The root of all has no type; one that is seen as the root by a container has.
bool is_root_of_container(const std::string& path) {
  struct stat status {};
  return ::stat((path + "/cgroup.type").c_str(), &status) == 0 &&
         ::stat((path + "/../cgroup.procs").c_str(), &status) != 0;
}

bool is_owned(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && status.st_uid != 0 && status.st_uid == ::geteuid();
}

}  // namespace

std::expected<std::string, std::string> locate_cgroup(std::string_view cgroup, std::string_view mountinfo) {
  std::optional<std::string_view> own;
  bool has_controllers_elsewhere = false;
  while (!cgroup.empty()) {
    std::string_view line = next_line(cgroup);
    if (line.starts_with("0::/")) {
      own = line.substr(3);
    } else if (!line.empty() && line.find(":name=") == line.npos) {
      has_controllers_elsewhere = true;
    }
  }
  std::optional<Mount> mount = find_mount(mountinfo);
  if (!own || !mount) return std::unexpected("this system has no cgroup v2 (or it is not mounted)");
  if (has_controllers_elsewhere) {
    return std::unexpected(
        "this system keeps its controllers in cgroup v1 (boot with systemd.unified_cgroup_hierarchy=1)");
  }
  if (mount->root != "/") {
    bool is_beneath = *own == mount->root || own->starts_with(std::string(mount->root) + '/');
    if (!is_beneath) return std::unexpected("the own cgroup lies outside of what is mounted");
    own->remove_prefix(mount->root.size());
  }
  std::string path(mount->folder);
  if (*own != "/") path.append(*own);
  return path;
}

std::expected<std::unique_ptr<CgroupTree>, std::string> CgroupTree::find() {
  std::expected<std::string, std::string> own =
      locate_cgroup(read_file(AT_FDCWD, "/proc/self/cgroup"), read_file(AT_FDCWD, "/proc/self/mountinfo"));
  if (!own) return std::unexpected(own.error());
  if (is_marked_as_delegated(*own) || is_root_of_container(*own)) return take(*own);
  std::string above = own->substr(0, own->rfind('/'));
  if (is_marked_as_delegated(above)) return take(above);
  if (is_owned(*own)) return take(*own);
  return std::unexpected("the cgroup " + *own + " is not delegated to the server (set Delegate=yes in its unit)");
}

std::expected<std::unique_ptr<CgroupTree>, std::string> CgroupTree::take(std::string path) {
  auto failed = [&path](const char* what) {
    return std::unexpected("the cgroup " + path + ' ' + what + ": " + message_of(static_cast<Error>(errno)));
  };
  Fd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return failed("cannot be opened");
  std::string processes = read_file(folder.get(), "cgroup.procs");
  if (!processes.empty()) {
    if (processes != std::to_string(::getpid()) + '\n') {
      return std::unexpected("the cgroup " + path +
                             " has other processes than the server (run it as a unit of its own)");
    }
    if (::mkdirat(folder.get(), server_group, 0755) != 0 && errno != EEXIST) return failed("takes no groups");
    if (!write_file(folder.get(), "server/cgroup.procs", "0")) return failed("does not let the server move within it");
  }
  std::unique_ptr<CgroupTree> tree(new CgroupTree(std::move(path), std::move(folder)));
  tree->remove_leftovers();
  tree->hand_out_controllers();
  return tree;
}

void CgroupTree::remove_leftovers() const {
  std::vector<std::string> names;
  DirectoryReader entries(Fd(::openat(folder_->get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
  for (;;) {
    Result<std::optional<DirectoryReader::Entry>> entry = entries.next();
    if (!entry || !*entry) break;
    if (std::string_view((*entry)->name).starts_with(run_prefix)) names.push_back((*entry)->name);
  }
  for (std::string& name : names) {
    Fd run(::openat(folder_->get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    // Its destructor kills and removes.
    if (run) Cgroup(folder_, std::move(name), std::move(run));
  }
}

bool CgroupTree::hand_out(std::string_view controllers, std::string_view name, std::string_view loss) {
  std::string reason = "is not delegated";
  if (has_word(controllers, name)) {
    Result<> written = write_file(folder_->get(), "cgroup.subtree_control", std::string("+").append(name));
    if (written) return true;
    reason = "cannot be handed out (" + message_of(written.error()) + ')';
  }
  if (!missing_.empty()) missing_.append("; ");
  missing_.append(loss).append(": the controller ").append(name).append(" ").append(reason);
  return false;
}

void CgroupTree::hand_out_controllers() {
  std::string controllers = read_file(folder_->get(), "cgroup.controllers");
  memory_ = hand_out(controllers, "memory", "memory is not limited");
  tasks_ = hand_out(controllers, "pids", "the number of tasks is not limited");
  cpu_ = hand_out(controllers, "cpu", "the processors are not shared by weight");
  if (cpu_) weigh_server();
}

// Runs weigh a hundred each, where their routes say nothing else.
void CgroupTree::weigh_server() const {
  std::expected<std::string, std::string> own =
      locate_cgroup(read_file(AT_FDCWD, "/proc/self/cgroup"), read_file(AT_FDCWD, "/proc/self/mountinfo"));
  if (!own || *own == path_) return;
  [[maybe_unused]] Result<> weighed = write_file(AT_FDCWD, (*own + "/cpu.weight").c_str(), server_weight);
}

Result<Cgroup> CgroupTree::make(const RunLimits& limits) {
  std::string name;
  for (;;) {
    name = std::string(run_prefix).append(std::to_string(made_.fetch_add(1, std::memory_order_relaxed)));
    if (::mkdirat(folder_->get(), name.c_str(), 0755) == 0) break;
    if (errno != EEXIST) return last_error();
  }
  Fd folder(::openat(folder_->get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return last_error();
  Cgroup group(folder_, std::move(name), std::move(folder));
  Result<> set;
  auto limit = [&](const char* file, uint64_t value) {
    if (set) set = write_file(group.fd(), file, std::to_string(value));
  };
  if (memory_ && limits.memory != 0) {
    limit("memory.max", limits.memory);
    limit("memory.oom.group", 1);
    // It is not there where the kernel does not count swap.
    [[maybe_unused]] Result<> swap = write_file(group.fd(), "memory.swap.max", "0");
  }
  if (tasks_ && limits.tasks != 0) limit("pids.max", limits.tasks);
  if (cpu_ && limits.cpu_weight != 0) limit("cpu.weight", limits.cpu_weight);
  if (!set) return std::unexpected(set.error());
  return group;
}

}  // namespace webserv::detail
