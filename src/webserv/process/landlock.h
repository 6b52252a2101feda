// Rules of the kernel for what a process may do with files, sockets and signals: landlock(7), by its bare system calls,
// for the headers of many systems know less than their kernels.
#pragma once

#include <cstdint>
#include <utility>

#include "webserv/base/result.h"
#include "webserv/io/fd.h"

namespace webserv::detail::landlock {

// What a rule may allow with a file, or with all that is below a folder.
inline constexpr uint64_t execute = 1 << 0;
inline constexpr uint64_t write_file = 1 << 1;
inline constexpr uint64_t read_file = 1 << 2;
inline constexpr uint64_t read_folder = 1 << 3;
inline constexpr uint64_t remove = 1 << 4 | 1 << 5;                             // folders, files
inline constexpr uint64_t make_device = 1 << 6 | 1 << 11;                       // characters, blocks
inline constexpr uint64_t make = 1 << 7 | 1 << 8 | 1 << 9 | 1 << 10 | 1 << 12;  // folders, files, sockets, pipes, links
inline constexpr uint64_t refer = 1 << 13;  // links and moves from one folder to another
inline constexpr uint64_t truncate = 1 << 14;
inline constexpr uint64_t control_device = 1 << 15;  // ioctl(2)

// The versions of the interface since which it knows more than files and folders: Linux 5.13 has the first.
inline constexpr int knows_moves = 2;       // 5.19
inline constexpr int knows_truncation = 3;  // 6.2
inline constexpr int knows_tcp = 4;         // 6.7
inline constexpr int knows_devices = 5;     // 6.10
inline constexpr int knows_signals = 6;     // 6.12: and abstract sockets

// The version that the kernel has; 0: none, it is switched off, or a filter of system calls forbids it.
int version();

// Rules that allow nothing until something is allowed. Whoever enters them, by landlock_restrict_self(2), never leaves.
class Rules {
 public:
  // Without `network` no TCP, as far as the kernel knows how. Signals and abstract sockets of processes outside
  // likewise. `version` is that of the kernel, or a lower one.
  static Result<Rules> make(int version, bool network);

  // What is not a folder gets of the rights those that there are for files.
  Result<> allow(const Fd& file, uint64_t rights, bool is_folder);

  int fd() const { return rules_.get(); }

 private:
  Rules(Fd rules, uint64_t known) : rules_(std::move(rules)), known_(known) {}

  Fd rules_;
  uint64_t known_;  // rights that the kernel knows
};

}  // namespace webserv::detail::landlock
