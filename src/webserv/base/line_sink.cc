#include "webserv/base/line_sink.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <string>

#include "webserv/base/text.h"

namespace webserv {

using namespace detail;

LineSink::LineSink(int fd) : fd_(fd), kind_(Kind::other) {
  struct stat status {};
  if (fstat(fd, &status) != 0) return;
  if (S_ISSOCK(status.st_mode)) kind_ = Kind::socket;
  if (S_ISFIFO(status.st_mode)) kind_ = Kind::pipe;
}

void LineSink::write(std::string_view lines) {
  const std::lock_guard lock(mutex_);
  int patience = stalled_ ? 0 : patience_milliseconds;
  const size_t size = lines.size();
  std::string_view end = cut_ ? "\n" : "";
  put(end, patience);
  if (end.empty()) {
    cut_ = false;
    put(lines, patience);
  }
  if (lines.empty()) return;
  lost_lines_.fetch_add(static_cast<uint64_t>(std::count(lines.begin(), lines.end(), '\n')), std::memory_order_relaxed);
  // What was written ends inside a line unless it was nothing, or ended with a newline just before the rest.
  if (lines.size() < size) cut_ = lines.data()[-1] != '\n';
}

// Takes off `bytes` what is written.
void LineSink::put(std::string_view& bytes, int& patience) {
  while (!bytes.empty()) {
    const std::ptrdiff_t written = write_some(bytes);
    if (written > 0) {
      stalled_ = false;
      bytes.remove_prefix(static_cast<size_t>(written));
    } else if (written == 0 || (errno != EINTR && (errno != EAGAIN || !wait_until_writable(patience)))) {
      return;
    }
  }
}

// Without blocking where the kernel can be asked for that: standard error may be a pipe or a socket to a reader that
// has stopped.
std::ptrdiff_t LineSink::write_some(std::string_view bytes) {
  if (kind_ == Kind::socket) return send(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (kind_ == Kind::pipe) {
    const iovec piece{const_cast<char*>(bytes.data()), bytes.size()};
    const ssize_t written = pwritev2(fd_, &piece, 1, -1, RWF_NOWAIT);
    if (written >= 0 || errno != EOPNOTSUPP) return written;
    kind_ = Kind::other;  // Linux before 6.4 has no such write for pipes
  }
  return ::write(fd_, bytes.data(), bytes.size());
}

// Takes the time that it waits off the patience.
bool LineSink::wait_until_writable(int& patience) {
  using namespace std::chrono;
  const auto since = steady_clock::now();
  pollfd waiting{fd_, POLLOUT, 0};
  if (poll(&waiting, 1, patience) <= 0) {
    stalled_ = true;
    return false;
  }
  patience -=
      static_cast<int>(std::min<int64_t>(patience, duration_cast<milliseconds>(steady_clock::now() - since).count()));
  return true;
}

bool is_journal(int fd, const char* journal_stream) {
  struct stat status {};
  if (journal_stream == nullptr || fstat(fd, &status) != 0) return false;
  std::string wanted;
  append_decimal(wanted, status.st_dev);
  wanted += ':';
  append_decimal(wanted, status.st_ino);
  return wanted == journal_stream;
}

}  // namespace webserv
