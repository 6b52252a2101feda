// watch NAME HOW TARGET: asks the server at port 80 for TARGET, whose program leaves processes called NAME, and tells
// what becomes of them as JSON: how many were seen, the answer's status, how many were left after five seconds, and
// after how many milliseconds the last one was gone.
//
// HOW is "answer": the time counts from the answer's last byte; or a number: the client leaves when so many of them are
// there, and the time counts from that.
#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto patience = std::chrono::seconds(60);
constexpr auto most_wait = std::chrono::seconds(5);
constexpr int pause_milliseconds = 20;

[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  std::exit(1);
}

std::string read_file(const std::string& path) {
  char bytes[64];
  int file = ::open(path.c_str(), O_RDONLY);
  ssize_t got = file < 0 ? 0 : ::read(file, bytes, sizeof bytes);
  if (file >= 0) ::close(file);
  return {bytes, static_cast<size_t>(std::max<ssize_t>(got, 0))};
}

// Processes of one name. A pidfd is readable once its process has ended, and costs nothing while it runs.
class Processes {
 public:
  explicit Processes(std::string_view name) : line_(std::string(name) + '\n') {}

  // Looks for new ones.
  void look() {
    DIR* all = ::opendir("/proc");
    if (all == nullptr) give_up("/proc");
    while (const dirent* entry = ::readdir(all)) {
      pid_t id = std::atoi(entry->d_name);
      if (id == 0 || std::ranges::find(ids_, id) != ids_.end()) continue;
      if (read_file(std::string("/proc/") + entry->d_name + "/comm") != line_) continue;
      int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, id, 0));
      if (pidfd < 0) continue;
      ids_.push_back(id);
      running_.push_back({pidfd, POLLIN, 0});
    }
    ::closedir(all);
  }

  size_t seen() const { return ids_.size(); }

  // How many are left at `end`.
  size_t wait(Clock::time_point end) {
    for (;;) {
      auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
      ::poll(running_.data(), running_.size(), static_cast<int>(std::max<int64_t>(left.count(), 0)));
      std::erase_if(running_, [](const pollfd& process) { return process.revents != 0; });
      if (running_.empty() || left.count() <= 0) return running_.size();
    }
  }

 private:
  std::string line_;
  std::vector<pid_t> ids_;
  std::vector<pollfd> running_;
};

int ask(const std::string& target) {
  int client = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(80);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(client, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) give_up("connect");
  std::string request = "GET " + target + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";
  if (::send(client, request.data(), request.size(), 0) < 0) give_up("send");
  return client;
}

// Reads what is there; false at the end.
bool read_some(int client, std::string& answer) {
  char bytes[4096];
  ssize_t got = ::recv(client, bytes, sizeof bytes, 0);
  if (got < 0) give_up("recv");
  answer.append(bytes, static_cast<size_t>(got));
  return got > 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) return 2;
  Processes processes(arguments[1]);
  std::string_view how = arguments[2];
  size_t leave_at = how == "answer" ? SIZE_MAX : static_cast<size_t>(std::atoi(how.data()));
  int client = ask(arguments[3]);
  std::string answer;
  auto end = Clock::now() + patience;
  for (bool more = true; more && (processes.seen() < leave_at || answer.empty());) {
    if (Clock::now() > end) break;
    pollfd readable{client, POLLIN, 0};
    if (::poll(&readable, 1, pause_milliseconds) > 0) {
      more = read_some(client, answer);
    } else {
      processes.look();
    }
  }
  auto begin = Clock::now();
  ::close(client);
  size_t left = processes.wait(begin + most_wait);
  auto gone = std::chrono::round<std::chrono::milliseconds>(Clock::now() - begin);
  int status = answer.size() > 12 ? std::atoi(answer.c_str() + 9) : 0;
  std::printf(R"({"most": %zu, "status": %d, "left": %zu, "milliseconds": %lld})", processes.seen(), status, left,
              static_cast<long long>(gone.count()));
  std::puts("");
}
