#include "webserv/process/process.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <thread>

#include "support/program_runner.h"
#include "support/temporary_folder.h"
#include "webserv/io/slices.h"
#include "webserv/io/temporary_file.h"

namespace webserv::detail {
namespace {

using test::Said;
using test::TemporaryFolder;

struct ProcessTest : testing::Test, test::ProgramRunner {};

TEST_F(ProcessTest, hears_output_errors_and_exit_code) {
  Said said = run_shell("echo out; echo err >&2; exit 7");
  EXPECT_EQ(said.output, "out\n");
  EXPECT_EQ(said.errors, "err\n");
  EXPECT_EQ(said.exit, (Exit{.code = 7}));
}

TEST_F(ProcessTest, tells_the_signal_that_ended_it) {
  Said said = run_shell("kill -USR1 $$");
  EXPECT_EQ(said.exit, (Exit{.signal = SIGUSR1}));
}

TEST_F(ProcessTest, tells_the_time_it_took) {
  Process process = shell("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done");
  Said said;
  complete(hear_run(process, said));
  EXPECT_GT(process.usage().cpu.count(), 0);
  EXPECT_GT(process.usage().memory_peak, 0U);
}

TEST_F(ProcessTest, gives_it_three_descriptors_alone) {
  Fd low(::open("/dev/null", O_RDONLY));  // not close-on-exec
  Fd high(::fcntl(low.get(), F_DUPFD, 500));
  ASSERT_TRUE(high);
  // The fourth is that of the folder itself, which the shell reads.
  EXPECT_EQ(run_shell("echo /proc/self/fd/*").output,
            "/proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2 /proc/self/fd/3\n");
}

TEST_F(ProcessTest, gives_it_descriptors_that_block) {
  launch.input = Input::pipe;
  Process process = shell("for i in 0 1 2; do grep flags /proc/self/fdinfo/$i; done");
  Said said = run(std::move(process));
  EXPECT_EQ(said.output, "flags:\t00\nflags:\t01\nflags:\t01\n");
}

TEST_F(ProcessTest, gives_it_the_environment_that_was_said) {
  ::setenv("LISTEN_FDS", "1", 1);
  environment.add("ONE", "1");
  environment.add("EMPTY", "");
  EXPECT_EQ(run(spawn({program("env")})).output, "ONE=1\nEMPTY=\n");
  ::unsetenv("LISTEN_FDS");
}

TEST_F(ProcessTest, gives_it_its_arguments_untouched) {
  EXPECT_EQ(run(spawn({program("printf"), "<%s>", "", "a b", "$x \"'*", "\x01\xff"})).output,
            "<><a b><$x \"'*><\x01\xff>");
}

TEST_F(ProcessTest, runs_it_in_its_folder) {
  TemporaryFolder folder;
  launch.folder = folder.path().c_str();
  EXPECT_EQ(run(spawn({program("pwd")})).output, folder.path() + "\n");
}

// A line of /proc/self/status, read by a program that changes no signals itself.
std::string status_of(const std::string& status, const std::string& name) {
  size_t at = status.find(name + ":\t");
  return at == status.npos ? "" : status.substr(at + name.size() + 2, status.find('\n', at) - at - name.size() - 2);
}

TEST_F(ProcessTest, leaves_it_no_signal_blocked_ignored_or_handled) {
  auto* before = ::signal(SIGPIPE, SIG_IGN);
  auto* handler = ::signal(SIGUSR1, [](int) {});
  sigset_t blocked;
  sigset_t mask;
  sigemptyset(&blocked);
  for (int number : {SIGTERM, SIGINT, SIGHUP, SIGUSR2}) sigaddset(&blocked, number);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &mask);
  std::string status = run(spawn({program("cat"), "/proc/self/status"})).output;
  ::pthread_sigmask(SIG_SETMASK, &mask, nullptr);
  ::signal(SIGUSR1, handler);
  ::signal(SIGPIPE, before);
  for (const char* name : {"SigBlk", "SigIgn", "SigCgt", "SigPnd", "ShdPnd"}) {
    EXPECT_EQ(status_of(status, name), "0000000000000000") << name;
  }
}

TEST_F(ProcessTest, makes_it_the_leader_of_a_session_without_terminal) {
  Process process = spawn({program("cat"), "/proc/self/stat"});
  std::string id = std::to_string(process.id());
  std::string stat = run(std::move(process)).output;
  // proc_pid_stat(5): state, parent, process group, session, terminal.
  std::string expected = ") R " + std::to_string(::getpid()) + ' ' + id + ' ' + id + " 0 ";
  EXPECT_NE(stat.find(expected), std::string::npos) << stat;
}

TEST_F(ProcessTest, makes_it_give_way_to_the_server) {
  const std::string niceness = std::to_string(std::min(::getpriority(PRIO_PROCESS, 0) + program_niceness, 19));
  EXPECT_EQ(run(shell("nice")).output, niceness + "\n");
  // There only where the kernel has it, and then the niceness is that of the session, too. Of others than root the
  // kernel takes but ten changes a second, of all processes together.
  // It is set when the program has begun.
  const std::string group = run(shell("for i in $(seq 500); do group=$(cat /proc/self/autogroup 2>/dev/null)\n"
                                      "case $group in *' nice " +
                                      niceness +
                                      "'|'') break;; esac; sleep 0.01; done\n"
                                      "[ -z \"$group\" ] || echo \"$group\""))
                                .output;
  if (!group.empty() && ::geteuid() == 0 && std::ifstream("/proc/sys/kernel/sched_autogroup_enabled").get() == '1') {
    EXPECT_THAT(group, testing::EndsWith(" nice " + niceness + "\n"));
  }
}

TEST_F(ProcessTest, asks_for_short_slices_for_the_server_alone) {
  std::thread([] {
    test::ProgramRunner runner;  // its loop belongs to this thread
    ask_for_short_slices();
    SchedulingAttributes own;
    ASSERT_EQ(::syscall(SYS_sched_getattr, 0, &own, sizeof own, 0), 0);
    // Zero before Linux 6.12.
    if (own.runtime == 0) return;
    EXPECT_EQ(own.runtime, short_slice);
    const std::string slice = runner.run(runner.shell("grep -s '^se.slice' /proc/self/sched")).output;
    EXPECT_THAT(slice, testing::Not(testing::HasSubstr(" " + std::to_string(short_slice) + "\n")));
  }).join();
}

TEST_F(ProcessTest, gives_it_the_usual_number_of_descriptors_and_the_limits_that_were_said) {
  const ResourceLimit limits[] = {{RLIMIT_CORE, 0}, {RLIMIT_CPU, 77}};
  launch.resource_limits = limits;
  EXPECT_EQ(run_shell("ulimit -n -S; ulimit -c -H; ulimit -t -H").output, "1024\n0\n77\n");
}

TEST_F(ProcessTest, limits_its_memory_without_a_cgroup) {
  launch.limits.memory = 64 << 20;
  EXPECT_EQ(run_shell("ulimit -d").output, "65536\n");
}

TEST_F(ProcessTest, gives_it_an_empty_input) { EXPECT_EQ(run(spawn({program("cat")})).output, ""); }

TEST_F(ProcessTest, gives_it_a_file_as_input) {
  TemporaryFolder folder;
  Result<TemporaryFile> file = TemporaryFile::make(folder.path());
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->append("from a file"));
  launch.input = Input::file;
  launch.input_file = file->rewound().value();
  EXPECT_EQ(run(spawn({program("cat")})).output, "from a file");
}

Task<> say(Stream& stream, std::string_view text) {
  Result<> said = co_await stream.write_all(text);
  EXPECT_TRUE(said);
  stream.end_output();
}

TEST_F(ProcessTest, carries_more_than_a_pipe_holds_both_ways_at_once) {
  launch.input = Input::pipe;
  Process process = spawn({program("cat")});
  std::string text(3'000'000, 'x');
  std::string heard;
  Task<> saying = say(process.input(), text);
  saying.start();
  complete(test::hear_all(process.output(), heard));
  EXPECT_TRUE(saying.done());
  EXPECT_EQ(heard, text);
}

TEST_F(ProcessTest, tells_its_end_while_what_it_started_still_writes) {
  launch.input = Input::pipe;
  Process process = shell("exec 3<&0; (read line; echo late $line) <&3 & exit 3");
  Exit exit;
  auto wait = [](Process& waited, Exit& ended) -> Task<> { ended = co_await waited.ended(); };
  complete(wait(process, exit));
  EXPECT_EQ(exit.code, 3);
  complete(say(process.input(), "news\n"));
  EXPECT_EQ(line_of(process), "late news");
}

struct FailureCase {
  std::string program;
  Error error;
};

TEST_F(ProcessTest, says_why_a_program_cannot_be_executed) {
  TemporaryFolder folder;
  folder.write("no_run_bit", "#!/bin/sh\n");
  folder.write("no_format", "\x01\x02");
  folder.write("no_interpreter", "#!/nonexistent/interpreter\n");
  folder.write("busy", "#!/bin/sh\n");
  folder.link("loop", "loop");
  for (const char* name : {"no_format", "no_interpreter", "busy"}) ::chmod((folder / name).c_str(), 0755);
  Fd writing(::open((folder / "busy").c_str(), O_WRONLY | O_CLOEXEC));
  const FailureCase cases[] = {
      {folder / "nothing", Error::no_such_file_or_directory},
      {folder / "no_run_bit", Error::permission_denied},
      {folder.path(), Error::permission_denied},
      {folder / "no_format", Error::executable_format_error},
      {folder / "no_interpreter", Error::no_such_file_or_directory},
      {folder / "no_run_bit/below", Error::not_a_directory},
      {folder / "busy", Error::text_file_busy},
      {folder / "loop", Error::too_many_symbolic_link_levels},
      {"", Error::no_such_file_or_directory},
  };
  for (const FailureCase& each : cases) {
    std::expected<Process, SpawnError> process = try_spawn({each.program});
    ASSERT_FALSE(process) << each.program;
    EXPECT_EQ(process.error().step, SpawnStep::execute) << each.program;
    EXPECT_EQ(process.error().error, each.error) << each.program;
  }
}

TEST_F(ProcessTest, says_that_arguments_and_environment_are_too_large) {
  environment.add("LARGE", std::string(200'000, 'x'));  // one string has at most 128 KiB
  std::expected<Process, SpawnError> process = try_spawn({program("true")});
  ASSERT_FALSE(process);
  EXPECT_EQ(process.error().error, Error::argument_list_too_long);
  EXPECT_EQ(describe(process.error()), "it cannot be executed: Argument list too long");
}

TEST_F(ProcessTest, hands_on_large_arguments) {
  for (int i = 0; i < 1000; ++i) environment.add("V" + std::to_string(i), std::string(1000, 'x'));
  EXPECT_EQ(run(spawn({program("env")})).output.size(), 10 * 1004U + 90 * 1005U + 900 * 1006U);
}

TEST_F(ProcessTest, says_that_a_folder_cannot_be_entered) {
  launch.folder = "/nonexistent";
  std::expected<Process, SpawnError> process = try_spawn({program("true")});
  ASSERT_FALSE(process);
  EXPECT_EQ(describe(process.error()), "its working directory cannot be entered: No such file or directory");
}

TEST_F(ProcessTest, says_that_a_limit_cannot_be_set) {
  const ResourceLimit limits[] = {{9999, 0}};
  launch.resource_limits = limits;
  std::expected<Process, SpawnError> process = try_spawn({program("true")});
  ASSERT_FALSE(process);
  EXPECT_EQ(process.error().step, SpawnStep::limits);
}

TEST_F(ProcessTest, says_that_its_input_is_no_descriptor) {
  launch.input = Input::file;
  launch.input_file = 12345;
  std::expected<Process, SpawnError> process = try_spawn({program("true")});
  ASSERT_FALSE(process);
  EXPECT_EQ(process.error().step, SpawnStep::input);
}

#ifndef WEBSERV_SANITIZED  // which need a descriptor for their checks
TEST_F(ProcessTest, says_that_there_are_no_descriptors_left) {
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  // From none to all that a start needs.
  Fd next(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  bool started = false;
  for (int more = 0; more < 20 && !started; ++more) {
    rlimit few{static_cast<rlim_t>(next.get() + 1 + more), before.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &few);
    std::expected<Process, SpawnError> process = try_spawn({program("true")});
    ::setrlimit(RLIMIT_NOFILE, &before);
    started = process.has_value();
    EXPECT_TRUE(started || process.error().error == Error::too_many_files_open) << more;
  }
  EXPECT_TRUE(started);
}
#endif

}  // namespace
}  // namespace webserv::detail
