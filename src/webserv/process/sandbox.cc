#include "webserv/process/sandbox.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <exception>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <string_view>

#include "webserv/base/text.h"
#include "webserv/io/fd.h"
#include "webserv/io/file.h"
#include "webserv/process/call_filter.h"
#include "webserv/process/sandbox_paths.h"

namespace webserv::detail {

namespace {

using namespace landlock;

// As many as run at once by default.
constexpr size_t most_free = 16;

constexpr uint64_t to_read = execute | read_file | read_folder;
constexpr uint64_t to_write = read_file | read_folder | write_file | truncate | remove | make | refer;
constexpr uint64_t of_device = read_file | write_file | control_device;

// Without links; empty where it is not there.
std::string real_path(const std::string& path) {
  std::array<char, PATH_MAX> real;
  return ::realpath(path.c_str(), real.data()) == nullptr ? std::string() : std::string(real.data());
}

RealPaths real_paths(const std::vector<std::string>& paths) {
  RealPaths all;
  for (const std::string& path : paths) {
    std::string real = real_path(path);
    if (!real.empty()) all.insert(std::move(real));
  }
  return all;
}

// What rules go around.
class Hidden {
 public:
  Hidden(std::initializer_list<const RealPaths*> parts) : parts_(parts) {}

  bool any() const {
    return std::ranges::any_of(parts_, [](const RealPaths* part) { return !part->empty(); });
  }
  bool has(const std::string& path) const {
    return std::ranges::any_of(parts_, [&](const RealPaths* part) { return part->contains(path); });
  }
  bool has_below(const std::string& folder) const {
    return std::ranges::any_of(parts_, [&](const RealPaths* part) {
      const auto first = part->lower_bound(folder + "/");
      return first != part->end() && is_within(*first, folder);
    });
  }

 private:
  const std::vector<const RealPaths*> parts_;
};

// Allows a file, or a folder with all that is below it and not hidden.
class Allowing {
 public:
  explicit Allowing(Rules& rules) : rules_(rules) {}

  Result<> allow(const std::string& path, uint64_t rights, const Hidden& hidden) {
    return !hidden.any() ? allow_at(AT_FDCWD, path.c_str(), 0, rights) : allow_but(real_path(path), rights, hidden);
  }

 private:
  Result<> allow_at(int folder, const char* name, int flags, uint64_t rights) {
    const Fd file(::openat(folder, name, O_PATH | O_CLOEXEC | flags));
    struct stat status {};
    // What is not there, or not for this user, is no loss to its programs.
    if (!file || ::fstat(file.get(), &status) != 0 || S_ISLNK(status.st_mode)) return {};
    return rules_.allow(file, rights, S_ISDIR(status.st_mode));
  }

  // A rule holds for all that is below: around what is hidden each neighbour gets one of its own.
  Result<> allow_but(const std::string& path, uint64_t rights, const Hidden& hidden) {
    if (path.empty() || hidden.has(path)) return {};
    if (!hidden.has_below(path)) return allow_at(AT_FDCWD, path.c_str(), O_NOFOLLOW, rights);
    DirectoryReader folder(Fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
    for (;;) {
      // What cannot be read is no loss either.
      const Result<std::optional<DirectoryReader::Entry>> entry = folder.next();
      if (!entry || !*entry) return {};
      std::string below = path;
      if (!below.ends_with('/')) below += '/';
      const Result<> allowed = allow_but(below.append((*entry)->name), rights, hidden);
      if (!allowed) return allowed;
    }
  }

  Rules& rules_;
};

const sock_fprog& filter_for(const CallFilterOptions& options) {
  // They are few, and the same for all routes that want the same.
  struct Filter {
    explicit Filter(const CallFilterOptions& options)
        : code(make_call_filter(options)), program{static_cast<unsigned short>(code.size()), code.data()} {}
    std::vector<sock_filter> code;
    sock_fprog program;
  };
  static std::mutex mutex;
  static std::array<std::unique_ptr<Filter>, 16> filters;
  const size_t index = (options.network ? 1U : 0) | (options.change_modes ? 2U : 0) | (options.signals ? 4U : 0) |
                       (options.truncate ? 8U : 0);
  const std::lock_guard lock(mutex);
  if (!filters[index]) filters[index] = std::make_unique<Filter>(options);
  return filters[index]->program;
}

timespec change_of_etc() {
  struct stat status {};
  return ::stat("/etc", &status) == 0 ? status.st_mtim : timespec{};
}

bool same(const timespec& one, const timespec& other) {
  return one.tv_sec == other.tv_sec && one.tv_nsec == other.tv_nsec;
}

}  // namespace

const RealPaths& HiddenPaths::real_roots() const {
  std::call_once(resolved->once, [this] { resolved->roots = real_paths(roots); });
  return resolved->roots;
}

Sandbox::Named Sandbox::named(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return {&path, 0, 0};
  return {&path, status.st_dev, status.st_ino};
}

Sandboxes::Sandboxes(SandboxRules rules, std::shared_ptr<RunFolders> folders, int landlock_version)
    : rules_(std::move(rules)),
      folders_(std::move(folders)),
      version_(landlock_version),
      filter_(filter_for({.network = rules_.network,
                          .change_modes = !rules_.write.empty(),
                          .signals = version_ >= knows_signals,
                          .truncate = version_ >= knows_truncation})) {}

Result<std::shared_ptr<const Sandbox>> Sandboxes::take() {
  std::unique_ptr<Sandbox> sandbox = take_free();
  if (!sandbox || !is_current(*sandbox)) {
    Result<std::unique_ptr<Sandbox>> made = make();
    if (!made) return std::unexpected(made.error());
    sandbox = *std::move(made);
  }
  return std::shared_ptr<const Sandbox>(sandbox.release(), [self = shared_from_this()](const Sandbox* over) {
    self->give(std::unique_ptr<Sandbox>(const_cast<Sandbox*>(over)));
  });
}

std::unique_ptr<Sandbox> Sandboxes::take_free() {
  const std::lock_guard lock(mutex_);
  if (free_.empty()) return nullptr;
  std::unique_ptr<Sandbox> sandbox = std::move(free_.back());
  free_.pop_back();
  return sandbox;
}

// Where there is no memory for more, it ends.
void Sandboxes::give(std::unique_ptr<Sandbox> sandbox) noexcept try {
  if (!sandbox->folder_.is_empty()) {
    // It ends with its folder, which may take long. Where too many wait for that, here and now.
    folders_->cleaner().submit([used = std::move(sandbox)]() mutable { used.reset(); });
    return;
  }
  const std::lock_guard lock(mutex_);
  if (free_.size() < most_free) free_.push_back(std::move(sandbox));
} catch (const std::exception&) {
}

Result<std::unique_ptr<Sandbox>> Sandboxes::make() {
  Result<RunFolder> folder = folders_->make();
  if (!folder) return std::unexpected(folder.error());
  std::unique_ptr<Sandbox> sandbox(new Sandbox(*std::move(folder), filter_));
  sandbox->named_.push_back(Sandbox::named(sandbox->folder()));
  if (version_ == 0) return sandbox;
  const Result<> ruled = make_rules(*sandbox);
  if (!ruled) return std::unexpected(ruled.error());
  return sandbox;
}

Result<> Sandboxes::make_rules(Sandbox& sandbox) const {
  sandbox.etc_changed_ = change_of_etc();
  for (const auto* paths : {&rules_.own, &rules_.programs, &rules_.read, &rules_.write}) {
    for (const std::string& path : *paths) sandbox.named_.push_back(Sandbox::named(path));
  }
  const RealPaths secrets = rules_.hidden ? real_paths(rules_.hidden->secrets) : RealPaths();
  const Hidden nothing{};
  const Hidden from_own{&secrets};
  const RealPaths no_roots;
  const Hidden from_usual{&secrets, rules_.hidden ? &rules_.hidden->real_roots() : &no_roots};
  const UsualPaths usual = usual_paths(rules_.network);
  struct Part {
    const std::vector<std::string>& paths;
    uint64_t rights;
    const Hidden& hidden;
  };
  const std::vector<std::string> folder{sandbox.folder()};
  std::vector<std::string> installed;
  for (const std::string& program : rules_.programs) {
    std::ranges::move(of_installation(program), std::back_inserter(installed));
  }
  Result<Rules> rules = Rules::make(version_, rules_.network);
  if (!rules) return std::unexpected(rules.error());
  Allowing allowing(*rules);
  for (const Part& part : {Part{usual.read, to_read, from_usual}, Part{installed, to_read, from_usual},
                           Part{usual.devices, of_device, nothing}, Part{rules_.own, to_read, from_own},
                           Part{rules_.programs, to_read, nothing}, Part{rules_.read, to_read, nothing},
                           Part{rules_.write, to_write, nothing}, Part{folder, to_write, nothing}}) {
    for (const std::string& path : part.paths) {
      const Result<> allowed = allowing.allow(path, part.rights, part.hidden);
      if (!allowed) return allowed;
    }
  }
  sandbox.rules_ = std::make_unique<Rules>(*std::move(rules));
  return {};
}

bool Sandboxes::is_current(const Sandbox& sandbox) const {
  const bool has_rules = sandbox.rules_ != nullptr;
  return (!has_rules || same(sandbox.etc_changed_, change_of_etc())) &&
         std::ranges::all_of(sandbox.named_,
                             [](const Sandbox::Named& each) { return Sandbox::named(*each.path) == each; });
}

std::string sandbox_gaps(int landlock_version) {
  if (landlock_version == 0) {
    return "the kernel has no Landlock, it is switched off, or the unit forbids it: programs reach all files that the "
           "user of the server may reach, and can signal no other process, their own children included";
  }
  if (landlock_version < knows_signals) {
    return "the kernel keeps signals not apart (Landlock 6, Linux 6.12): programs can signal no other process, their "
           "own children included, and with `network` they reach abstract sockets of others";
  }
  return {};
}

}  // namespace webserv::detail
