// Starts programs on a loop of its own and hears what they say, for tests.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "webserv/base/c_strings.h"
#include "webserv/process/spawner.h"

namespace webserv::detail::test {

// What a run said, and how it ended.
struct Said {
  std::string output;
  std::string errors;
  Exit exit;
};

inline Task<> hear_all(Stream& stream, std::string& all) {
  std::array<char, 4096> some;
  for (;;) {
    Result<size_t> got = co_await stream.read_some(some);
    if (!got || *got == 0) co_return;
    all.append(some.data(), *got);
  }
}

inline Task<> hear_line(Stream& stream, std::string& line) {
  char byte = 0;
  for (;;) {
    Result<size_t> got = co_await stream.read_some(std::span(&byte, 1));
    if (!got || *got == 0 || byte == '\n') co_return;
    line += byte;
  }
}

inline Task<> hear_run(Process& process, Said& said) {
  co_await hear_all(process.output(), said.output);
  co_await hear_all(process.errors(), said.errors);
  said.exit = co_await process.ended();
}

class ProgramRunner {
 public:
  explicit ProgramRunner(std::unique_ptr<CgroupTree> cgroups = nullptr) : spawner(1, std::move(cgroups)) {}

  std::expected<Process, SpawnError> try_spawn(const std::vector<std::string>& command) {
    CStrings arguments;
    for (const std::string& word : command) arguments.add(word);
    launch.program = command.front().c_str();
    launch.arguments = arguments.data();
    launch.environment = environment.data();
    return spawner.spawn(*loop, launch);
  }
  Process spawn(const std::vector<std::string>& command) {
    std::expected<Process, SpawnError> process = try_spawn(command);
    if (!process) throw std::runtime_error(describe(process.error()));
    return std::move(*process);
  }
  // A script of the shell, which finds programs where this test does.
  Process shell(const std::string& script) {
    return spawn({program("sh"), "-c", std::string("export PATH='") + ::getenv("PATH") + "'\n" + script});
  }
  // The path of a program that is in PATH: NixOS has none but sh in /bin.
  static std::string program(const std::string& name) {
    std::istringstream folders(::getenv("PATH"));
    for (std::string folder; std::getline(folders, folder, ':');) {
      if (std::string path = folder + "/" + name; ::access(path.c_str(), X_OK) == 0) return path;
    }
    throw std::runtime_error("no program " + name + " in PATH");
  }

  void complete(Task<> task) {
    task.start();
    while (!task.done()) loop->turn();
  }
  Said run(Process process) {
    Said said;
    complete(hear_run(process, said));
    return said;
  }
  Said run_shell(const std::string& script) { return run(shell(script)); }
  std::string line_of(Process& process) {
    std::string line;
    complete(hear_line(process.output(), line));
    return line;
  }

  FakeClock clock;
  std::unique_ptr<Loop> loop = std::make_unique<Loop>(clock);
  Spawner spawner;
  CStrings environment;
  Launch launch;
};

// A process that is to end, whoever reaps it. It may be neither a child of ours nor known to what is tested.
class Doomed {
 public:
  explicit Doomed(const std::string& id) : pidfd_(static_cast<int>(::syscall(SYS_pidfd_open, std::stoi(id), 0))) {
    if (!pidfd_) throw std::runtime_error("no process " + id);
  }

  bool runs() const { return !waits(0); }

  // Lets the loop turn, and its time pass in `steps`, until it has ended; false where it still runs then.
  bool ends(ProgramRunner& runner, Clock::duration step = {}) const {
    for (int i = 0; i < 2000; ++i) {
      runner.clock.advance(step);
      runner.loop->turn(Clock::duration(0));
      if (waits(5)) return true;
    }
    return false;
  }

 private:
  bool waits(int milliseconds) const {
    pollfd end{pidfd_.get(), POLLIN, 0};
    return ::poll(&end, 1, milliseconds) == 1;
  }

  Fd pidfd_;
};

}  // namespace webserv::detail::test
