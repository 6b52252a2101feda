// Where log lines go: a descriptor, standard error as a rule, that several threads write whole lines to.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string_view>

namespace webserv {

class LineSink {
 public:
  // How long a write may wait without a byte taken by a reader that stalls. It bounds what a stopped reader costs a
  // worker: one such pause, for nothing waits again until something gets through.
  static constexpr int patience_milliseconds = 250;

  // Borrows `fd`, which stays open as long as the sink. Its flags are left as they are: standard error belongs to the
  // parent, too.
  explicit LineSink(int fd);
  LineSink(const LineSink&) = delete;
  LineSink& operator=(const LineSink&) = delete;

  // Writes `lines`, whole lines with their newlines, in one write where the kernel takes them so; what other threads
  // write comes before or after them, not between. Never fails: what cannot be written is dropped and counted. Any
  // thread.
  void write(std::string_view lines);

  // Lines dropped so far, those cut included. Any thread.
  uint64_t lost_lines() const { return lost_lines_.load(std::memory_order_relaxed); }

 private:
  enum class Kind { other, pipe, socket };

  void put(std::string_view& bytes, int& patience);
  std::ptrdiff_t write_some(std::string_view bytes);
  bool wait_until_writable(int& patience);

  const int fd_;
  Kind kind_;
  std::mutex mutex_;
  bool stalled_ = false;  // the last write gave up waiting: the next one does not wait
  bool cut_ = false;      // the last line written lacks its end
  std::atomic<uint64_t> lost_lines_ = 0;
};

// Whether `fd` is the stream to the journal that systemd names in $JOURNAL_STREAM, as "device:inode" (systemd.exec(5)).
// `journal_stream` is that variable's value, or null where it is not set.
bool is_journal(int fd, const char* journal_stream);

}  // namespace webserv
