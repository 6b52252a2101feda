#include "webserv/process/cgroup_tree.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "support/program_runner.h"
#include "support/temporary_folder.h"
#include "webserv/process/kernel_files.h"

namespace webserv::detail {
namespace {

using std::chrono::milliseconds;
using test::Doomed;
using test::ProgramRunner;

struct LocateCase {
  std::string cgroup;
  std::string mountinfo;
  std::string path;  // "": there is none
};

TEST(LocateCgroup, finds_the_own_group_or_says_why_not) {
  const std::string mount = "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n";
  const LocateCase cases[] = {
      {"0::/system.slice/webserv.service\n", mount, "/sys/fs/cgroup/system.slice/webserv.service"},
      {"0::/\n", mount, "/sys/fs/cgroup"},
      {"0::/a\n", "25 20 8:1 / / rw shared:1 - ext4 /dev/vda rw\n" + mount, "/sys/fs/cgroup/a"},
      {"0::/a\n", "30 23 0:26 / /sys/fs/cgroup rw shared:4 master:2 - cgroup2 none rw\n", "/sys/fs/cgroup/a"},
      {"0::/pod/box/x\n", "30 23 0:26 /pod/box /sys/fs/cgroup rw - cgroup2 cgroup rw\n", "/sys/fs/cgroup/x"},
      {"0::/pod/box\n", "30 23 0:26 /pod/box /sys/fs/cgroup rw - cgroup2 cgroup rw\n", "/sys/fs/cgroup"},
      // A named hierarchy of version 1 has no controllers.
      {"1:name=systemd:/x\n0::/x\n", mount, "/sys/fs/cgroup/x"},
      {"4:memory:/\n0::/x\n", mount, ""},
      {"4:memory:/\n1:name=systemd:/\n", mount, ""},
      {"0::/elsewhere\n", "30 23 0:26 /pod /sys/fs/cgroup rw - cgroup2 cgroup rw\n", ""},
      {"0::/podium\n", "30 23 0:26 /pod /sys/fs/cgroup rw - cgroup2 cgroup rw\n", ""},
      {"0::/a\n", "", ""},
      {"0::/a\n", "25 20 8:1 / / rw - ext4 /dev/vda rw\n", ""},
      {"0::/a\n", "30 - cgroup2 x rw\n", ""},
      {"", mount, ""},
  };
  for (const LocateCase& each : cases) {
    std::expected<std::string, std::string> path = locate_cgroup(each.cgroup, each.mountinfo);
    EXPECT_EQ(path.value_or(""), each.path) << each.cgroup << each.mountinfo;
    EXPECT_TRUE(path || !path.error().empty());
  }
}

// A group of the test's own, where this machine lets it have one: cgroup v2 somewhere, and root's rights.
class CgroupTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string mountinfo = read_file(AT_FDCWD, "/proc/self/mountinfo");
    std::expected<std::string, std::string> root = locate_cgroup("0::/\n", mountinfo);
    std::string path = root.value_or("") + "/webserv-test-" + std::to_string(::getpid());
    if (root && ::mkdir(path.c_str(), 0755) == 0) {
      path_ = path;
    } else {
      std::puts("not tested: it needs cgroup v2 and root");
    }
  }
  void TearDown() override {
    if (path_.empty()) return;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
      if (entry.is_directory()) ::rmdir(entry.path().c_str());
    }
    EXPECT_EQ(::rmdir(path_.c_str()), 0) << path_;
  }
  bool has_cgroups() const { return !path_.empty(); }
  std::unique_ptr<CgroupTree> take() const {
    auto tree = CgroupTree::take(path_);
    if (!tree) throw std::runtime_error(tree.error());
    return std::move(*tree);
  }
  size_t groups() const {
    auto entries = std::filesystem::directory_iterator(path_);
    return static_cast<size_t>(
        std::count_if(begin(entries), end(entries), [](const auto& entry) { return entry.is_directory(); }));
  }

  std::string path_;
};

TEST_F(CgroupTest, starts_a_program_in_a_group_of_its_own_and_removes_it) {
  if (!has_cgroups()) return;
  ProgramRunner runner(take());
  test::Said said = runner.run_shell("cat /proc/self/cgroup");
  EXPECT_NE(said.output.find("/webserv-test-" + std::to_string(::getpid()) + "/run-0\n"), std::string::npos)
      << said.output;
  EXPECT_EQ(groups(), 0U);
}

TEST_F(CgroupTest, tells_the_time_of_all_that_ran) {
  if (!has_cgroups()) return;
  ProgramRunner runner(take());
  Process process = runner.shell("(i=0; while [ $i -lt 2000 ]; do i=$((i+1)); done) & echo done");
  test::Said said;
  runner.complete(hear_run(process, said));
  EXPECT_GT(process.usage().cpu.count(), 0);
  EXPECT_FALSE(process.usage().out_of_memory);
}

TEST_F(CgroupTest, kills_what_has_escaped) {
  if (!has_cgroups()) return;
  ProgramRunner runner(take());
  const std::string escape =
      "trap '' TERM; setsid sh -c \"(trap '' TERM HUP; echo \\$(exec sh -c 'echo \\$PPID'); exec sleep 1000) & \"; "
      "sleep 1000";
  Process process = runner.shell(escape);
  Doomed main(std::to_string(process.id()));
  Doomed escaped(runner.line_of(process));
  EXPECT_TRUE(escaped.runs());
  process.kill();
  EXPECT_TRUE(escaped.ends(runner));
  EXPECT_TRUE(main.ends(runner));
}

TEST_F(CgroupTest, leaves_nothing_when_the_run_is_dropped) {
  if (!has_cgroups()) return;
  ProgramRunner runner(take());
  Doomed escaped = [&] {
    Process process = runner.shell("setsid sh -c 'echo $$; exec sleep 1000' & wait");
    return Doomed(runner.line_of(process));
  }();
  EXPECT_TRUE(escaped.ends(runner, milliseconds(100)));
  for (int i = 0; i < 4000 && groups() != 0; ++i) {
    runner.clock.advance(milliseconds(100));
    runner.loop->turn(milliseconds(5));
  }
  EXPECT_EQ(groups(), 0U);
}

TEST_F(CgroupTest, lets_it_end_by_itself_within_the_grace) {
  if (!has_cgroups()) return;
  ProgramRunner runner(take());
  runner.launch.grace = std::chrono::seconds(2);
  Process process = runner.shell("trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.01; done");
  EXPECT_EQ(runner.line_of(process), "ready");
  process.end();
  test::Said said;
  runner.complete(hear_run(process, said));
  EXPECT_EQ(said.output, "bye\n");
  EXPECT_EQ(said.exit, (Exit{.code = 3}));
}

TEST_F(CgroupTest, kills_it_when_the_grace_has_passed) {
  if (!has_cgroups()) return;
  ProgramRunner runner(take());
  runner.launch.grace = std::chrono::seconds(2);
  Process process = runner.shell("trap '' TERM; echo ready; while :; do sleep 0.01; done");
  runner.line_of(process);
  process.end();
  runner.loop->turn(milliseconds(0));
  EXPECT_FALSE(process.exit());
  runner.clock.advance(std::chrono::seconds(3));
  runner.loop->turn(milliseconds(0));
  test::Said said;
  runner.complete(hear_run(process, said));
  EXPECT_EQ(said.exit, (Exit{.signal = SIGKILL}));
}

TEST_F(CgroupTest, removes_groups_that_a_program_made) {
  if (!has_cgroups()) return;
  ProgramRunner runner(take());
  runner.environment.add("GROUP", path_ + "/run-0");
  test::Said said = runner.run_shell("mkdir -p $GROUP/a/b $GROUP/c && echo made");
  EXPECT_EQ(said.output, "made\n");
  EXPECT_EQ(groups(), 0U);
}

TEST_F(CgroupTest, removes_what_an_earlier_server_left) {
  if (!has_cgroups()) return;
  ASSERT_EQ(::mkdir((path_ + "/run-7").c_str(), 0755), 0);
  const pid_t left = ::fork();
  if (left == 0) {
    for (;;) ::pause();
  }
  ASSERT_TRUE(write_file(AT_FDCWD, (path_ + "/run-7/cgroup.procs").c_str(), std::to_string(left)));
  std::unique_ptr<CgroupTree> tree = take();
  EXPECT_EQ(groups(), 0U);
  int status = 0;
  EXPECT_EQ(::waitpid(left, &status, 0), left);
  EXPECT_TRUE(WIFSIGNALED(status));
}

// Somebody else moves the program to another group and removes its own: nothing is left there that could be measured,
// limited or ended as one, but the program is still ours.
class LostCgroupTest : public CgroupTest {
 protected:
  void SetUp() override {
    CgroupTest::SetUp();
    if (!has_cgroups()) return;
    ASSERT_EQ(::mkdir((path_ + "/other").c_str(), 0755), 0);
  }
  void lose(const Process& process) const {
    ASSERT_TRUE(write_file(AT_FDCWD, (path_ + "/other/cgroup.procs").c_str(), std::to_string(process.id())));
    ASSERT_EQ(::rmdir((path_ + "/run-0").c_str()), 0);
  }
};

TEST_F(LostCgroupTest, a_program_ends_by_itself_and_is_told_of_rightly) {
  if (!has_cgroups()) return;
  ProgramRunner runner(take());
  runner.launch.input = Input::pipe;
  Process process = runner.shell("echo ready; read line; echo end; exit 3");
  EXPECT_EQ(runner.line_of(process), "ready");
  lose(process);
  process.input().end_output();
  test::Said said;
  runner.complete(hear_run(process, said));
  EXPECT_EQ(said.output, "end\n");
  EXPECT_EQ(said.exit, (Exit{.code = 3}));
}

TEST_F(LostCgroupTest, a_program_is_ended_all_the_same) {
  if (!has_cgroups()) return;
  ProgramRunner runner(take());
  runner.launch.grace = std::chrono::seconds(2);
  runner.launch.input = Input::pipe;
  Process process = runner.shell("trap 'exit 3' TERM; echo ready; read line; echo end");
  EXPECT_EQ(runner.line_of(process), "ready");
  lose(process);
  Doomed doomed(std::to_string(process.id()));
  process.end();
  ASSERT_TRUE(doomed.ends(runner));
  EXPECT_EQ(process.exit(), (Exit{.code = 3}));
}

TEST_F(LostCgroupTest, a_program_is_killed_all_the_same) {
  if (!has_cgroups()) return;
  ProgramRunner runner(take());
  Doomed doomed = [&] {
    Process process = runner.shell("trap '' TERM; echo ready; exec sleep 1000");
    EXPECT_EQ(runner.line_of(process), "ready");
    lose(process);
    return Doomed(std::to_string(process.id()));
  }();
  ASSERT_TRUE(doomed.ends(runner));
}

TEST_F(LostCgroupTest, a_group_may_be_gone_before_it_is_removed) {
  if (!has_cgroups()) return;
  ProgramRunner runner(take());
  Process process = runner.shell("exit 4");
  test::Said said;
  runner.complete(hear_run(process, said));
  ASSERT_EQ(::rmdir((path_ + "/run-0").c_str()), 0);
  EXPECT_EQ(said.exit, (Exit{.code = 4}));
  EXPECT_FALSE(process.usage().out_of_memory);
}

// What the kernel has no controllers for is told, and does not hinder.
TEST_F(CgroupTest, says_what_is_not_limited) {
  if (!has_cgroups()) return;
  std::unique_ptr<CgroupTree> tree = take();
  bool complete = tree->limits_memory() && tree->limits_tasks() && tree->weighs_cpu();
  EXPECT_EQ(tree->missing().empty(), complete);
  EXPECT_NE(tree->limits_memory(), tree->missing().find("memory is not limited") != std::string::npos);
  Result<Cgroup> group = tree->make({.memory = 64 << 20, .tasks = 10, .cpu_weight = 50});
  ASSERT_TRUE(group);
  EXPECT_FALSE(group->populated());
}

// These two need the controllers: a machine that is booted with cgroup v1 has them there.
TEST_F(CgroupTest, ends_a_run_that_takes_more_memory_than_it_may) {
  if (!has_cgroups()) return;
  std::unique_ptr<CgroupTree> tree = take();
  if (!tree->limits_memory()) return;
  ProgramRunner runner(std::move(tree));
  runner.launch.limits.memory = 32 << 20;
  Process process = runner.shell("head -c 100M /dev/zero | tail -n 1 | wc -c; echo survived");
  test::Said said;
  runner.complete(hear_run(process, said));
  EXPECT_EQ(said.output, "");
  EXPECT_EQ(said.exit, (Exit{.signal = SIGKILL}));
  EXPECT_TRUE(process.usage().out_of_memory);
  EXPECT_LE(process.usage().memory_peak, 32U << 20);
}

TEST_F(CgroupTest, limits_the_number_of_tasks) {
  if (!has_cgroups()) return;
  std::unique_ptr<CgroupTree> tree = take();
  if (!tree->limits_tasks()) return;
  ProgramRunner runner(std::move(tree));
  runner.launch.limits.tasks = 3;
  Process process = runner.shell("sleep 1000 & sleep 1000 & sleep 1000 & wait");
  std::string complaint;
  runner.complete(test::hear_line(process.errors(), complaint));
  EXPECT_NE(complaint.find("fork"), std::string::npos) << complaint;
}

TEST_F(CgroupTest, moves_the_process_out_of_the_group_that_hands_out_controllers) {
  if (!has_cgroups()) return;
  const pid_t child = ::fork();
  if (child == 0) {
    bool entered = write_file(AT_FDCWD, (path_ + "/cgroup.procs").c_str(), "0").has_value();
    auto tree = CgroupTree::take(path_);
    std::string own = read_file(AT_FDCWD, "/proc/self/cgroup");
    ::_exit(entered && tree && own.find("/server\n") != own.npos ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST_F(CgroupTest, refuses_a_group_with_other_processes) {
  if (!has_cgroups()) return;
  const pid_t other = ::fork();
  if (other == 0) {
    for (;;) ::pause();
  }
  ASSERT_TRUE(write_file(AT_FDCWD, (path_ + "/cgroup.procs").c_str(), std::to_string(other)));
  auto tree = CgroupTree::take(path_);
  ASSERT_FALSE(tree);
  EXPECT_NE(tree.error().find("other processes"), std::string::npos);
  ::kill(other, SIGKILL);
  ::waitpid(other, nullptr, 0);
}

// Any folder will do for that.
TEST(Cgroup, is_removed_where_others_have_done_so) {
  const test::TemporaryFolder folder;
  auto tree = CgroupTree::take(folder.path());
  ASSERT_TRUE(tree) << tree.error();
  Result<Cgroup> group = (*tree)->make({});
  ASSERT_TRUE(group);
  ASSERT_EQ(::rmdir((folder / "run-0").c_str()), 0);
  group->signal(SIGTERM);
  group->kill();
  EXPECT_FALSE(group->populated());
  EXPECT_EQ(group->usage().cpu.count(), 0);
  EXPECT_FALSE(group->usage().out_of_memory);
  EXPECT_TRUE(group->remove());
}

TEST(CgroupTree, says_why_a_folder_cannot_be_taken) {
  auto tree = CgroupTree::take("/nonexistent/group");
  ASSERT_FALSE(tree);
  EXPECT_EQ(tree.error(), "the cgroup /nonexistent/group cannot be opened: No such file or directory");
}

}  // namespace
}  // namespace webserv::detail
