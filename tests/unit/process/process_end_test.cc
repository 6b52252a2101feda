// How runs end: as trees, reaped, without a trace.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "support/program_runner.h"
#include "webserv/process/process.h"
#include "webserv/process/process_tree.h"

namespace webserv::detail {
namespace {

using std::chrono::milliseconds;
using test::Doomed;
using test::Said;

struct ProcessEndTest : testing::Test, test::ProgramRunner {
  // Each prints the number of the process that has to end.
  static constexpr const char* sleeps = "echo $$; exec sleep 1000";
  static constexpr const char* ignores_sigterm = "trap '' TERM HUP INT; echo $$; exec sleep 1000";
  static constexpr const char* has_child = "sh -c 'echo $$; exec sleep 1000' & wait";
  static constexpr const char* leaves_child = "sh -c 'echo $$; exec sleep 1000' & exit 0";
  static constexpr const char* has_child_in_other_session =
      "setsid sh -c 'trap \"\" TERM; echo $$; exec sleep 1000' & wait";

  // Starts it, and drops it when it has told its number.
  Doomed drop(const char* script) {
    Process process = shell(script);
    return Doomed(line_of(process));
  }
};

int count_descriptors() {
  auto entries = std::filesystem::directory_iterator("/proc/self/fd");
  return static_cast<int>(std::distance(begin(entries), end(entries)));
}

bool has_children() {
  siginfo_t info{};
  return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

TEST_F(ProcessEndTest, ends_what_runs_when_it_is_dropped) {
  for (const char* script : {sleeps, has_child, leaves_child}) {
    EXPECT_TRUE(drop(script).ends(*this)) << script;
    for (int i = 0; i < 4000 && has_children(); ++i) {
      clock.advance(milliseconds(64));
      loop->turn(milliseconds(5));
    }
    EXPECT_FALSE(has_children()) << script;
  }
}

TEST_F(ProcessEndTest, kills_what_does_not_heed_sigterm) {
  for (const char* script : {ignores_sigterm, has_child_in_other_session}) {
    Doomed doomed = drop(script);
    for (int i = 0; i < 5; ++i) loop->turn(milliseconds(0));
    EXPECT_TRUE(doomed.runs()) << script;
    EXPECT_TRUE(doomed.ends(*this, milliseconds(100))) << script;
  }
}

TEST_F(ProcessEndTest, lets_it_say_goodbye) {
  Process process = shell("trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.01; done");
  EXPECT_EQ(line_of(process), "ready");
  process.end();
  Said said;
  complete(hear_run(process, said));
  EXPECT_EQ(said.output, "bye\n");
  EXPECT_EQ(said.exit, (Exit{.code = 3}));
}

TEST_F(ProcessEndTest, kills_at_once_when_asked_to) {
  Process process = shell(ignores_sigterm);
  line_of(process);
  process.kill();
  Said said;
  complete(hear_run(process, said));
  EXPECT_EQ(said.exit, (Exit{.signal = SIGKILL}));
}

TEST_F(ProcessEndTest, kills_what_is_left_when_the_loop_ends) {
  std::optional<Doomed> doomed;
  doomed.emplace(drop(ignores_sigterm));
  loop.reset();
  EXPECT_FALSE(doomed->runs());
  EXPECT_FALSE(has_children());
}

TEST_F(ProcessEndTest, may_be_dropped_while_somebody_waits_for_its_end) {
  auto wait = [](Process& waited) -> Task<> { co_await waited.ended(); };
  Process process = shell(sleeps);
  std::optional<Task<>> waiting(wait(process));
  waiting->start();
  waiting.reset();
  Doomed doomed(std::to_string(process.id()));
  { Process dropped = std::move(process); }
  EXPECT_TRUE(doomed.ends(*this));
}

// The events of output, errors and end come in one turn: the first lets its coroutine drop the process.
TEST_F(ProcessEndTest, may_be_dropped_between_the_events_of_a_turn) {
  auto first_line = [](Process dropped, std::string& line) -> Task<> {
    co_await test::hear_line(dropped.output(), line);
  };
  for (int i = 0; i < 20; ++i) {
    std::optional<Process> process = shell("read line; echo out; echo err >&2");
    std::string line;
    Task<> task = first_line(std::move(*process), line);
    complete(std::move(task));
    EXPECT_EQ(line, "out");
  }
}

TEST_F(ProcessEndTest, runs_many_at_once) {
  constexpr size_t many = 200;
  launch.input = Input::pipe;
  std::vector<Process> processes;
  for (size_t i = 0; i < many; ++i) processes.push_back(shell("read line; echo " + std::to_string(i)));
  std::vector<Said> said(many);
  std::vector<Task<>> tasks;
  for (size_t i = 0; i < many; ++i) {
    tasks.push_back(hear_run(processes[i], said[i]));
    tasks.back().start();
    processes[i].input().end_output();
  }
  for (size_t i = 0; i < many; ++i) {
    while (!tasks[i].done()) loop->turn();
    EXPECT_EQ(said[i].output, std::to_string(i) + "\n");
  }
  processes.clear();
  loop->turn(milliseconds(0));
  EXPECT_FALSE(has_children());
}

TEST_F(ProcessEndTest, leaves_no_zombie_and_no_descriptor_after_a_thousand_runs) {
  run(spawn({program("true")}));
  loop->turn(milliseconds(0));
  int before = count_descriptors();
  for (int i = 0; i < 1000; ++i) {
    if (i % 10 == 0) {
      EXPECT_FALSE(try_spawn({"/nonexistent"}));
    } else {
      run(spawn({program("true")}));
    }
  }
  for (int i = 0; i < 3; ++i) loop->turn(milliseconds(0));
  EXPECT_FALSE(has_children());
  EXPECT_EQ(count_descriptors(), before);
}

TEST_F(ProcessEndTest, ends_also_where_somebody_else_has_reaped_it) {
  Process process = shell("exit 7");
  ASSERT_EQ(::waitpid(process.id(), nullptr, 0), process.id());
  Said said;
  complete(hear_run(process, said));
  EXPECT_EQ(said.exit, (Exit{.signal = SIGKILL})) << "nobody knows how it ended";
}

// What the function returns in a process of its own; -1 where that did not end by itself.
template <class Function>
int in_own_process(Function function) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(function());
  int status = -1;
  return ::waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(ProcessSignalTest, tells_how_programs_ended_where_the_parent_of_all_ignored_sigchld) {
  int code = in_own_process([] {
    ::signal(SIGCHLD, SIG_IGN);
    test::ProgramRunner runner;
    Process run = runner.shell("exit 7");
    for (int i = 0; i < 4000 && !run.exit(); ++i) runner.loop->turn(milliseconds(5));
    return run.exit() ? run.exit()->code : 1;
  });
  EXPECT_EQ(code, 7);
}

// In a process of its own: from then on every child that is no run is an orphan.
TEST(OrphansTest, ends_what_lost_its_parents_and_reaps_it) {
  int faults = in_own_process([] {
    test::ProgramRunner runner;
    const pid_t other = ::fork();
    if (other == 0) {
      for (;;) ::pause();
    }
    runner.spawner.adopt_orphans();
    const char* escape =
        "setsid sh -c '(trap \"\" TERM HUP; sh -c \"echo \\$PPID\"; while :; do sleep 1000; done) & exit'";
    std::optional<Process> first = runner.shell(escape);
    const std::string id = runner.line_of(*first);
    Doomed orphan(id);
    // The kernel tells by hundredths of a second when a process began: one of the same moment might be its parent.
    std::optional<Process> second;
    do {
      second.emplace(runner.shell("echo second; exec sleep 1000"));
    } while (start_time_of(second->id()) <= start_time_of(std::stoi(id)));
    runner.line_of(*second);
    first.reset();
    bool ended = orphan.ends(runner, milliseconds(100));
    // What is a run goes on.
    bool goes_on = !second->exit();
    second->kill();
    second.reset();
    for (int i = 0; i < 4000 && children_of(::getpid()).size() != 1; ++i) {
      runner.clock.advance(milliseconds(100));
      runner.loop->turn(milliseconds(5));
    }
    // Nor is a child that was there before.
    bool other_alone = children_of(::getpid()) == std::vector<pid_t>{other} && ::waitpid(other, nullptr, WNOHANG) == 0;
    ::kill(other, SIGKILL);
    return (ended ? 0 : 1) + (goes_on ? 0 : 2) + (other_alone ? 0 : 4);
  });
  EXPECT_EQ(faults, 0);
}

TEST(OrphansTest, reaps_what_has_ended_while_its_run_goes_on) {
  int faults = in_own_process([] {
    test::ProgramRunner runner;
    runner.spawner.adopt_orphans();
    Process run = runner.shell("(setsid sh -c 'echo $$; exec sleep 0' &); exec sleep 1000");
    const pid_t orphan = std::stoi(runner.line_of(run));
    const std::string proc = "/proc/" + std::to_string(orphan);
    for (int i = 0; i < 4000 && std::filesystem::exists(proc); ++i) {
      runner.clock.advance(milliseconds(100));
      runner.loop->turn(milliseconds(5));
    }
    return (std::filesystem::exists(proc) ? 1 : 0) + (run.exit() ? 2 : 0);
  });
  EXPECT_EQ(faults, 0);
}

TEST(OrphansTest, ends_all_that_is_left_when_there_are_to_be_no_more_programs) {
  int faults = in_own_process([] {
    auto runner = std::make_unique<test::ProgramRunner>();
    runner->spawner.adopt_orphans();
    std::optional<Process> run =
        runner->shell("setsid sh -c '(trap \"\" TERM; echo $$; while :; do sleep 1000; done) & exit'");
    runner->line_of(*run);
    run.reset();
    runner.reset();
    return children_of(::getpid()).empty() ? 0 : 1;
  });
  EXPECT_EQ(faults, 0);
}

// Each thread has a loop. What it watches is closed while others start programs, whose children have copies of the
// lowest descriptors for a moment: its loop must not be told of them any more.
TEST(ProcessThreadsTest, close_watched_descriptors_while_programs_are_started) {
  constexpr unsigned threads = 8;
  std::array<Fd, 100> low;
  for (Fd& each : low) each = Fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  Spawner shared(threads);
  for (Fd& each : low) each.close();
  const std::string program = test::ProgramRunner::program("true");
  auto work = [&shared, &program] {
    SystemClock time;
    Loop own(time);
    CStrings arguments;
    CStrings nothing;
    arguments.add("true");
    Launch start{.program = program.c_str(), .arguments = arguments.data(), .environment = nothing.data()};
    auto wait = [](Process& process) -> Task<> { co_await process.ended(); };
    for (int i = 0; i < 100; ++i) {
      std::expected<Process, SpawnError> process = shared.spawn(own, start);
      ASSERT_TRUE(process);
      std::optional<Task<>> waiting(wait(*process));
      waiting->start();
      // It ends in the middle of a turn, which sees that before the loop is told, and drops it.
      own.post([&] {
        while (!process->exit()) std::this_thread::yield();
        waiting.reset();
        Process dropped = std::move(*process);
      });
      own.turn(milliseconds(0));
      own.turn(milliseconds(0));
    }
  };
  std::vector<std::jthread> workers;
  for (unsigned i = 0; i < threads; ++i) workers.emplace_back(work);
}

}  // namespace
}  // namespace webserv::detail
