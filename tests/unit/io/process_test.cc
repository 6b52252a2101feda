#include "webserv/io/process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <array>
#include <string>
#include <vector>

#include "webserv/base/c_strings.h"

namespace webserv {
namespace {

using std::chrono::milliseconds;

// What a run said, and how it ended.
struct Said {
  std::string output;
  std::string errors;
  Exit exit;
};

Task<> read_all(Stream& stream, std::string& all) {
  std::array<char, 4096> some;
  for (;;) {
    Result<size_t> got = co_await stream.read_some(some);
    if (!got || *got == 0) co_return;
    all.append(some.data(), *got);
  }
}

Task<> hear(Process& process, Said& said) {
  co_await read_all(process.output(), said.output);
  co_await read_all(process.errors(), said.errors);
  said.exit = co_await process.ended();
}

struct ProcessTest : testing::Test {
  SystemClock clock;
  Loop loop{clock};
  Spawner spawner{1};
  CStrings environment;
  Launch launch;

  std::expected<Process, SpawnError> spawn(const std::vector<std::string>& command) {
    CStrings arguments;
    for (const std::string& word : command) arguments.add(word);
    launch.program = command.front().c_str();
    launch.arguments = arguments.data();
    launch.environment = environment.data();
    return spawner.spawn(loop, launch);
  }
  std::expected<Process, SpawnError> shell(const std::string& script) { return spawn({"/bin/sh", "-c", script}); }

  Said run(Process& process) {
    Said said;
    Task<> task = hear(process, said);
    task.start();
    while (!task.done()) loop.turn();
    return said;
  }
  Said run_shell(const std::string& script) {
    std::expected<Process, SpawnError> process = shell(script);
    EXPECT_TRUE(process) << describe(process.error());
    return run(*process);
  }
};

TEST_F(ProcessTest, hears_output_errors_and_exit_code) {
  Said said = run_shell("echo out; echo err >&2; exit 7");
  EXPECT_EQ(said.output, "out\n");
  EXPECT_EQ(said.errors, "err\n");
  EXPECT_EQ(said.exit, (Exit{.code = 7}));
}

TEST_F(ProcessTest, gives_it_three_descriptors_alone) {
  EXPECT_EQ(run_shell("echo /proc/self/fd/*").output,
            "/proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2 /proc/self/fd/3\n");
}

}  // namespace
}  // namespace webserv
