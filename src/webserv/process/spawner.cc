#include "webserv/process/spawner.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "webserv/io/slices.h"
#include "webserv/io/temporary_file.h"
#include "webserv/process/child_process.h"
#include "webserv/process/kernel_files.h"
#include "webserv/process/spawn.h"

namespace webserv::detail {

namespace {

// Of a child those below are its own: three standard ones, and the rules of its sandbox.
constexpr int first_free_number = 4;

// What programs expect: select(2) takes no more. The server's own limit is far higher.
constexpr uint64_t usual_open_files = 1024;

// By the kernel's word: sigaction(3) does not tell of the C library's own two signals, which whoever was started by
// posix_spawn(3) has ignored.
bool is_ignored(int number) {
  struct {
    void (*handler)(int);
    long others[3];
  } action{};
  return ::syscall(SYS_rt_sigaction, number, nullptr, &action, sizeof(uint64_t)) == 0 && action.handler == SIG_IGN;
}

uint64_t ignored_signals() {
  uint64_t ignored = 0;
  for (int number = 1; number < NSIG; ++number) {
    // Servers ignore SIGPIPE, perhaps later than now.
    if (is_ignored(number) || number == SIGPIPE) ignored |= uint64_t{1} << (number - 1);
  }
  return ignored;
}

// A parent may have left SIGCHLD ignored: the kernel would then reap our programs, and how they ended would be lost.
void take_ends_of_children() {
  struct sigaction action {};
  ::sigaction(SIGCHLD, nullptr, &action);
  if (action.sa_handler == SIG_IGN) action.sa_handler = SIG_DFL;
  action.sa_flags &= ~SA_NOCLDWAIT;
  ::sigaction(SIGCHLD, &action, nullptr);
}

ChildLimit open_files_limit() {
  rlimit now{};
  ::getrlimit(RLIMIT_NOFILE, &now);
  return {RLIMIT_NOFILE, std::min<uint64_t>(usual_open_files, now.rlim_max), now.rlim_max};
}

// Of programs without a cgroup that says how to share.
int niceness_of_programs() {
  constexpr int most = 19;
  return std::min(::getpriority(PRIO_PROCESS, 0) + program_niceness, most);
}

// Whether each session is a group that gets as much of the processor as any other, however nice its processes are to
// each other: sched(7), autogroups.
bool has_autogroups() { return read_file(AT_FDCWD, "/proc/sys/kernel/sched_autogroup_enabled").starts_with('1'); }

// How the session of a program shares the processor. By its parent: a child whose memory is still that of a server
// which is not dumpable may not write it. The kernel takes but ten such changes a second from others than root; else
// all is as before.
void set_group_niceness(pid_t program, const std::string& niceness) {
  // Nothing that can fail for want of memory: the program runs, and nobody owns it yet.
  std::array<char, 64> file{};
  std::snprintf(file.data(), file.size(), "/proc/%d/autogroup", program);
  [[maybe_unused]] const Result<> set = write_file(AT_FDCWD, file.data(), niceness);
}

SpawnStep step_of(ChildStep step) {
  switch (step) {
    case ChildStep::cgroup: return SpawnStep::cgroup;
    case ChildStep::input: return SpawnStep::input;
    case ChildStep::descriptors: return SpawnStep::descriptors;
    case ChildStep::session: return SpawnStep::session;
    case ChildStep::limits: return SpawnStep::limits;
    case ChildStep::folder: return SpawnStep::folder;
    case ChildStep::sandbox: return SpawnStep::sandbox;
    case ChildStep::execute:
    case ChildStep::none: break;
  }
  return SpawnStep::execute;
}

std::string_view text_of(SpawnStep step) {
  switch (step) {
    case SpawnStep::pipe: return "no pipe could be made for it";
    case SpawnStep::cgroup: return "no cgroup could be made for it";
    case SpawnStep::clone: return "no process could be made for it";
    case SpawnStep::input: return "its input could not be given to it";
    case SpawnStep::descriptors: return "the server's descriptors could not be kept from it";
    case SpawnStep::session: return "no session could be made for it";
    case SpawnStep::limits: return "its resource limits could not be set";
    case SpawnStep::folder: return "its working directory cannot be entered";
    case SpawnStep::sandbox: return "its sandbox cannot be entered";
    case SpawnStep::execute: return "it cannot be executed";
  }
  std::unreachable();
}

// The numbers of descriptors that children copy, by which each gets its standard ones and the rules of its sandbox.
// Between starts all are /dev/null.
class Seats {
 public:
  using Seat = std::array<Fd, 4>;

  explicit Seats(unsigned count) : null_(::open("/dev/null", O_RDWR | O_CLOEXEC)) {
    for (unsigned i = 0; i < count; ++i) {
      Seat& seat = free_.emplace_back();
      for (Fd& end : seat) {
        end = Fd(::fcntl(null_.get(), F_DUPFD_CLOEXEC, first_free_number));
        if (!end) throw std::system_error(errno, std::system_category(), "/dev/null");
        beyond_ = std::max(beyond_, end.get() + 1);
      }
    }
  }

  // Greater than all their numbers.
  int beyond() const { return beyond_; }

  // Of a seat, behind the three standard descriptors.
  static constexpr size_t rules = 3;

  // The seat of one start.
  class Lease {
   public:
    explicit Lease(Seats& seats) : seats_(seats), seat_(seats.take()) {}
    Lease(const Lease&) = delete;
    ~Lease() {
      for (size_t i = 0; i < seat_.size(); ++i) {
        if (taken_[i]) ::dup3(seats_.null_.get(), seat_[i].get(), O_CLOEXEC);
      }
      seats_.give(std::move(seat_));
    }

    // The descriptor that becomes `number` of the child; /dev/null where none is placed.
    Result<> place(size_t number, int fd) {
      if (::dup3(fd, seat_[number].get(), O_CLOEXEC) < 0) return last_error();
      taken_[number] = true;
      return {};
    }
    int operator[](size_t number) const { return seat_[number].get(); }

   private:
    Seats& seats_;
    Seat seat_;
    std::array<bool, 4> taken_{};
  };

 private:
  Seat take() {
    std::unique_lock lock(mutex_);
    one_is_free_.wait(lock, [this] { return !free_.empty(); });
    Seat seat = std::move(free_.back());
    free_.pop_back();
    return seat;
  }
  void give(Seat seat) {
    std::lock_guard lock(mutex_);
    free_.push_back(std::move(seat));
    one_is_free_.notify_one();
  }

  const Fd null_;
  int beyond_ = 0;
  std::mutex mutex_;
  std::condition_variable one_is_free_;
  std::vector<Seat> free_;
};

// Makes a pipe whose other end becomes `number` of the child. Our end alone does not block: programs do not expect that
// of theirs.
Result<Fd> make_pipe(Seats::Lease& seat, size_t number) {
  std::array<int, 2> ends;
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return last_error();
  bool child_reads = number == STDIN_FILENO;
  Fd ours(ends[child_reads ? 1 : 0]);
  Fd theirs(ends[child_reads ? 0 : 1]);
  if (::fcntl(ours.get(), F_SETFL, O_NONBLOCK) != 0) return last_error();
  Result<> placed = seat.place(number, theirs.get());
  if (!placed) return std::unexpected(placed.error());
  return ours;
}

}  // namespace

std::string describe(const SpawnError& error) {
  std::string text(text_of(error.step));
  return text.append(": ").append(std::make_error_code(error.error).message());
}

struct Spawner::State {
  State(unsigned threads, std::unique_ptr<CgroupTree> tree) : cgroups(std::move(tree)), seats(threads) {}

  std::vector<ChildLimit> limits_of(const Launch& launch) const;
  ChildStart start(const Launch& launch, const Seats::Lease& seat, const Cgroup* cgroup);

  const std::unique_ptr<CgroupTree> cgroups;
  const uint64_t ignored = ignored_signals();
  const ChildLimit open_files = open_files_limit();
  const bool weighed = cgroups && cgroups->weighs_cpu();
  const int niceness = weighed ? ::getpriority(PRIO_PROCESS, 0) : niceness_of_programs();
  const std::string group_niceness = !weighed && has_autogroups() ? std::to_string(niceness) : "";
  Seats seats;
  const std::shared_ptr<RunFolders> folders = std::make_shared<RunFolders>(temporary_folder());
  std::atomic<bool> modern{true};  // see start_child()
  std::shared_ptr<Orphans> orphans;
};

std::vector<ChildLimit> Spawner::State::limits_of(const Launch& launch) const {
  std::vector<ChildLimit> limits{open_files};
  // Private writable memory; not the address space, of which some languages reserve far more than they use.
  if (!cgroups && launch.limits.memory != 0)
    limits.push_back({RLIMIT_DATA, launch.limits.memory, launch.limits.memory});
  for (const ResourceLimit& limit : launch.resource_limits) limits.push_back({limit.resource, limit.most, limit.most});
  return limits;
}

ChildStart Spawner::State::start(const Launch& launch, const Seats::Lease& seat, const Cgroup* cgroup) {
  std::vector<ChildLimit> limits = limits_of(launch);
  ChildPlan plan{
      .program = launch.program,
      .arguments = launch.arguments,
      .environment = launch.environment,
      .folder = launch.folder,
      .input = seat[0],
      .output = seat[1],
      .errors = seat[2],
      .first_foreign = static_cast<unsigned>(seats.beyond()),
      .ignored_signals = ignored,
      .limits = limits.data(),
      .limit_count = limits.size(),
      .cgroup = cgroup != nullptr ? cgroup->fd() : -1,
      .niceness = niceness,
      .rules = launch.sandbox && launch.sandbox->rules() >= 0 ? seat[Seats::rules] : -1,
      .filter = launch.sandbox ? &launch.sandbox->filter() : nullptr,
  };
  bool try_modern = modern.load(std::memory_order_relaxed);
  ChildStart started = start_child(plan, try_modern);
  if (!try_modern) modern.store(false, std::memory_order_relaxed);
  if (started.id > 0 && started.error == 0 && !group_niceness.empty()) set_group_niceness(started.id, group_niceness);
  return started;
}

Spawner::Spawner(unsigned threads, std::unique_ptr<CgroupTree> cgroups)
    : state_(std::make_unique<State>(threads, std::move(cgroups))) {
  take_ends_of_children();
}
Spawner::~Spawner() = default;

const std::shared_ptr<RunFolders>& Spawner::folders() const { return state_->folders; }

const CgroupTree* Spawner::cgroups() const { return state_->cgroups.get(); }

void Spawner::adopt_orphans() { state_->orphans = std::make_shared<Orphans>(); }

std::expected<Process, SpawnError> Spawner::spawn(Loop& loop, const Launch& launch) {
  auto failed = [](SpawnStep step, Error error) { return std::unexpected(SpawnError{step, error}); };
  Seats::Lease seat(state_->seats);
  ChildProcess::Pipes pipes;
  if (launch.input == Input::file) {
    Result<> placed = seat.place(STDIN_FILENO, launch.input_file);
    if (!placed) return failed(SpawnStep::input, placed.error());
  }
  for (auto [end, number] : {std::pair(&pipes.input, STDIN_FILENO), std::pair(&pipes.output, STDOUT_FILENO),
                             std::pair(&pipes.errors, STDERR_FILENO)}) {
    if (number == STDIN_FILENO && launch.input != Input::pipe) continue;
    Result<Fd> pipe = make_pipe(seat, static_cast<size_t>(number));
    if (!pipe) return failed(SpawnStep::pipe, pipe.error());
    *end = std::move(*pipe);
  }
  if (launch.sandbox && launch.sandbox->rules() >= 0) {
    Result<> placed = seat.place(Seats::rules, launch.sandbox->rules());
    if (!placed) return failed(SpawnStep::sandbox, placed.error());
  }
  ChildProcess::Bounds bounds{{}, launch.sandbox};
  if (state_->cgroups) {
    Result<Cgroup> made = state_->cgroups->make(launch.limits);
    if (!made) return failed(SpawnStep::cgroup, made.error());
    bounds.cgroup.emplace(std::move(*made));
  }
  Clock::duration grace = bounds.cgroup ? launch.grace : std::max(launch.grace, Process::courtesy);
  auto child = std::make_unique<ChildProcess>(loop, std::move(pipes), std::move(bounds), state_->orphans, grace);
  std::shared_lock<std::shared_mutex> starting;
  if (state_->orphans) starting = state_->orphans->starting();
  ChildStart started = state_->start(launch, seat, child->cgroup());
  if (started.id < 0) return failed(SpawnStep::clone, static_cast<Error>(-started.id));
  Fd pidfd(started.pidfd);
  if (started.error != 0) {
    // It is about to be a zombie.
    siginfo_t info{};
    ::waitid(P_PIDFD, static_cast<id_t>(pidfd.get()), &info, WEXITED);
    return failed(step_of(started.step), static_cast<Error>(started.error));
  }
  child->started(started.id, std::move(pidfd));
  return Process(std::move(child));
}

}  // namespace webserv::detail
