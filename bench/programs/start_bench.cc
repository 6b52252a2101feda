// What a run of a program costs, from its start until its output is read and it is reaped: by posix_spawn(3), by
// Spawner, in a sandbox, and in a cgroup of its own (where argv[2] names a folder of cgroup v2). The ways take turns,
// so that what else the machine does burdens all of them alike.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "webserv/base/c_strings.h"
#include "webserv/process/sandbox.h"
#include "webserv/process/spawner.h"

namespace {

using namespace webserv;
using namespace webserv::detail;

void must(bool holds, const char* what) {
  if (holds) return;
  std::perror(what);
  std::exit(1);
}

void run_by_posix_spawn(const char* program) {
  std::array<int, 2> output;
  std::array<int, 2> errors;
  must(::pipe2(output.data(), O_CLOEXEC) == 0 && ::pipe2(errors.data(), O_CLOEXEC) == 0, "pipe2");
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, output[1], 1);
  ::posix_spawn_file_actions_adddup2(&actions, errors[1], 2);
  std::string name = program;
  std::array<char*, 2> arguments{name.data(), nullptr};
  std::array<char*, 1> environment{nullptr};
  pid_t id = 0;
  must(::posix_spawn(&id, program, &actions, nullptr, arguments.data(), environment.data()) == 0, "posix_spawn");
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(output[1]);
  ::close(errors[1]);
  std::array<char, 4096> some;
  while (::read(output[0], some.data(), some.size()) > 0) {
  }
  while (::read(errors[0], some.data(), some.size()) > 0) {
  }
  int status = 0;
  ::waitpid(id, &status, 0);
  ::close(output[0]);
  ::close(errors[0]);
  must(status == 0, program);
}

Task<> hear(Process process) {
  std::array<char, 4096> some;
  for (PipeStream* stream : {&process.output(), &process.errors()}) {
    for (Result<size_t> got = 1; got && *got > 0;) got = co_await stream->read_some(some);
  }
  Exit exit = co_await process.ended();
  must(exit == Exit{}, "the program failed");
}

void run_by(Spawner& spawner, Loop& loop, const char* program, Sandboxes* sandboxes = nullptr) {
  CStrings arguments;
  CStrings environment;
  arguments.add(program);
  Launch launch{.program = program, .arguments = arguments.data(), .environment = environment.data()};
  if (sandboxes != nullptr) {
    Result<std::shared_ptr<const Sandbox>> sandbox = sandboxes->take();
    must(sandbox.has_value(), "sandbox");
    launch.sandbox = *std::move(sandbox);
  }
  launch.limits = {.memory = 256 << 20, .tasks = 64, .cpu_weight = 100};
  std::expected<Process, SpawnError> process = spawner.spawn(loop, launch);
  must(process.has_value(), "spawn");
  Task<> task = hear(std::move(*process));
  task.start();
  while (!task.done()) loop.turn();
}

struct Way {
  const char* name;
  std::function<void()> run;
  std::vector<double> microseconds{};

  double quantile(double part) {
    std::ranges::sort(microseconds);
    return microseconds[static_cast<size_t>(static_cast<double>(microseconds.size() - 1) * part)];
  }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return std::fputs("usage: start_bench PROGRAM [CGROUP [RUNS]]\n", stderr), 2;
  const char* program = argv[1];
  const int runs = argc > 3 ? std::atoi(argv[3]) : 2000;
  SystemClock clock;
  Loop loop(clock);
  Spawner plain(1);
  std::unique_ptr<Spawner> grouped;
  std::vector<Way> ways;
  ways.push_back({"posix_spawn", [=] { run_by_posix_spawn(program); }});
  ways.push_back({"Spawner", [&] { run_by(plain, loop, program); }});
  SandboxRules rules;
  rules.programs = {std::filesystem::absolute(program)};
  const auto sandboxes = std::make_shared<Sandboxes>(std::move(rules), plain.folders());
  ways.push_back({"Spawner, sandbox", [&] { run_by(plain, loop, program, sandboxes.get()); }});
  if (argc > 2 && *argv[2] != '\0') {
    auto tree = CgroupTree::take(argv[2]);
    if (!tree) return std::fprintf(stderr, "%s\n", tree.error().c_str()), 1;
    if (!(*tree)->missing().empty()) std::printf("%s\n", (*tree)->missing().c_str());
    grouped = std::make_unique<Spawner>(1, std::move(*tree));
    ways.push_back({"Spawner, cgroup", [&] { run_by(*grouped, loop, program); }});
  }
  for (int i = 0; i < runs; ++i) {
    for (Way& way : ways) {
      auto begin = std::chrono::steady_clock::now();
      way.run();
      way.microseconds.push_back(
          std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count());
    }
  }
  for (Way& way : ways) {
    std::printf("%-16s %8.1f us at best, %8.1f a quarter, %8.1f the median\n", way.name, way.quantile(0),
                way.quantile(0.25), way.quantile(0.5));
  }
}
