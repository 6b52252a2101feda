#include "webserv/process/process_tree.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>

#include "webserv/io/file.h"
#include "webserv/process/kernel_files.h"

namespace webserv::detail {

namespace {

// Numbers, each followed by a space.
std::vector<pid_t> parse_numbers(std::string_view text) {
  std::vector<pid_t> numbers;
  pid_t number = 0;
  const char* end = text.data() + text.size();
  for (const char* at = text.data(); at < end; ++at) {
    auto [next, error] = std::from_chars(at, end, number);
    if (error != std::errc{}) break;
    numbers.push_back(number);
    at = next;
  }
  return numbers;
}

}  // namespace

std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> all;
  std::string tasks = "/proc/" + std::to_string(parent) + "/task";
  DirectoryReader threads(Fd(::open(tasks.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
  for (;;) {
    Result<std::optional<DirectoryReader::Entry>> thread = threads.next();
    if (!thread || !*thread) return all;
    std::vector<pid_t> some = parse_numbers(read_file(AT_FDCWD, (tasks + "/" + (*thread)->name + "/children").c_str()));
    all.insert(all.end(), some.begin(), some.end());
  }
}

uint64_t start_time_of(pid_t id) {
  std::string text = read_file(AT_FDCWD, ("/proc/" + std::to_string(id) + "/stat").c_str());
  // The name of the program, the second word, is in parentheses and may hold anything.
  size_t at = text.rfind(')');
  constexpr int words_between = 20;
  for (int i = 0; i < words_between && at != text.npos; ++i) at = text.find(' ', at + 1);
  uint64_t ticks = 0;
  if (at != text.npos) std::from_chars(text.data() + at + 1, text.data() + text.size(), ticks);
  return ticks;
}

void Escaped::find(pid_t root) { add_children_of(root, root); }

void Escaped::add_children_of(pid_t parent, pid_t root) {
  for (pid_t id : children_of(parent)) {
    if (knows(id)) continue;
    if (::getpgid(id) != root) {
      Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, id, 0)));
      if (pidfd) found_.push_back({id, std::move(pidfd)});
    }
    add_children_of(id, root);
  }
}

bool Escaped::knows(pid_t id) const {
  return std::ranges::any_of(found_, [id](const Found& found) { return found.id == id; });
}

void Escaped::signal(int number) const {
  for (const Found& found : found_) ::syscall(SYS_pidfd_send_signal, found.pidfd.get(), number, nullptr, 0);
}

bool Escaped::any() {
  std::erase_if(found_, [](const Found& found) {
    pollfd end{found.pidfd.get(), POLLIN, 0};
    if (::poll(&end, 1, 0) <= 0) return false;
    siginfo_t info{};
    ::waitid(P_PIDFD, static_cast<id_t>(found.pidfd.get()), &info, WEXITED | WNOHANG);
    return true;
  });
  return !found_.empty();
}

void reap_group(pid_t group) {
  siginfo_t info{};
  do info.si_pid = 0;
  while (::waitid(P_PGID, static_cast<id_t>(group), &info, WEXITED | WNOHANG) == 0 && info.si_pid != 0);
}

}  // namespace webserv::detail
