#include "webserv/process/landlock.h"

#include <sys/syscall.h>

#include <cerrno>
#include <cstddef>

namespace webserv::detail::landlock {

namespace {

// The same number on every processor (asm-generic/unistd.h).
constexpr long create_ruleset = 444;
constexpr long add_rule = 445;

constexpr unsigned ask_version = 1;
constexpr int path_beneath = 1;
constexpr uint64_t bind_and_connect_tcp = 3;
constexpr uint64_t abstract_sockets_and_signals = 3;
constexpr uint64_t of_files = execute | write_file | read_file | truncate | control_device;

// As the kernel takes it: what it knows less of is shorter.
struct Attributes {
  uint64_t files;
  uint64_t network;
  uint64_t scoped;
};

struct [[gnu::packed]] PathBeneath {
  uint64_t rights;
  int32_t file;
};

uint64_t known_rights(int version) {
  uint64_t rights = execute | write_file | read_file | read_folder | remove | make_device | make;
  if (version >= knows_moves) rights |= refer;
  if (version >= knows_truncation) rights |= truncate;
  if (version >= knows_devices) rights |= control_device;
  return rights;
}

size_t size_of_attributes(int version) {
  if (version >= knows_signals) return sizeof(Attributes);
  return version >= knows_tcp ? offsetof(Attributes, scoped) : offsetof(Attributes, network);
}

}  // namespace

int version() {
  static const long known = ::syscall(create_ruleset, nullptr, 0, ask_version);
  return known < 0 ? 0 : static_cast<int>(known);
}

Result<Rules> Rules::make(int version, bool network) {
  const uint64_t known = known_rights(version);
  const Attributes attributes{known, network ? 0 : bind_and_connect_tcp, abstract_sockets_and_signals};
  Fd rules(static_cast<int>(::syscall(create_ruleset, &attributes, size_of_attributes(version), 0)));
  if (!rules) return last_error();
  return Rules(std::move(rules), known);
}

Result<> Rules::allow(const Fd& file, uint64_t rights, bool is_folder) {
  const PathBeneath rule{rights & known_ & (is_folder ? ~uint64_t{0} : of_files), file.get()};
  if (rule.rights == 0) return {};
  if (::syscall(add_rule, rules_.get(), path_beneath, &rule, 0) != 0) return last_error();
  return {};
}

}  // namespace webserv::detail::landlock
