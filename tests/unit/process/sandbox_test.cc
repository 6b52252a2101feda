#include "webserv/process/sandbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "support/program_runner.h"
#include "support/temporary_folder.h"

namespace webserv::detail {
namespace {

using test::ProgramRunner;
using test::Said;
using test::TemporaryFolder;
using ::testing::HasSubstr;

// With each version of Landlock that this kernel has: what it lacks of the newest one a program can do less.
class SandboxTest : public testing::TestWithParam<int> {
 protected:
  SandboxTest() {
    folder.write("own/file", "own\n");
    folder.write("other/file", "other\n");
    rules.own = {folder / "own"};
  }

  std::shared_ptr<Sandboxes> sandboxes(int version = GetParam()) {
    folder.make_folder("runs");
    return std::make_shared<Sandboxes>(rules, std::make_shared<RunFolders>(folder / "runs"), version);
  }
  // What a script of the shell says, in the sandbox of these rules.
  Said run(const std::string& script) { return run(script, *sandboxes()); }
  Said run(const std::string& script, Sandboxes& in) {
    Result<std::shared_ptr<const Sandbox>> sandbox = in.take();
    if (!sandbox) throw std::system_error(std::make_error_code(sandbox.error()));
    runner.launch.sandbox = *sandbox;
    Process process =
        runner.spawn({"/bin/sh", "-c", "own=" + folder.path() + " TMPDIR=" + (*sandbox)->folder() + "\n" + script});
    runner.launch.sandbox = nullptr;
    sandbox->reset();
    return runner.run(std::move(process));
  }

  static bool signals_are_kept_apart() { return GetParam() >= landlock::knows_signals; }

  TemporaryFolder folder;
  SandboxRules rules;
  ProgramRunner runner;
};

TEST_P(SandboxTest, gives_a_program_its_own_and_the_systems_files) {
  const Said said = run("cat $own/own/file && ls $own/own && grep -c . /etc/passwd >/dev/null && echo read");
  EXPECT_EQ(said.output, "own\nfile\nread\n") << said.errors;
}

TEST_P(SandboxTest, keeps_a_program_from_all_other_files) {
  for (const char* script :
       {"cat $own/other/file", "ls $own", "ls /", "echo x >$own/own/new", "echo x >>$own/own/file", "rm $own/own/file",
        "mkdir $own/new", "cat /proc/1/stat", "ls /proc", "cat /sys/kernel/mm/ksm/run", "ls /tmp", "echo >/tmp/new",
        "mv $own/own/file $own/other/", "ln $own/other/file $TMPDIR/file", "chmod 777 $own/other/file",
        "touch -d 2000-01-01 $own/other/file", "cp /bin/true $TMPDIR/true && $TMPDIR/true", "ls $TMPDIR/.."}) {
    const Said said = run(script);
    EXPECT_NE(said.exit, Exit{}) << script << ": " << said.output;
    EXPECT_THAT(said.errors,
                testing::AnyOf(HasSubstr("ermission denied"), HasSubstr("not permitted"), HasSubstr("ross-device")))
        << script;
  }
  EXPECT_TRUE(std::filesystem::exists(folder / "own/file"));
}

TEST_P(SandboxTest, gives_each_run_an_empty_folder_that_ends_with_it) {
  const std::shared_ptr<Sandboxes> shared = sandboxes();
  for (int i = 0; i < 3; ++i) {
    const Said said =
        run("ls -A $TMPDIR; mkdir -p $TMPDIR/a/b; echo left >$TMPDIR/a/b/file; cat $TMPDIR/a/b/file", *shared);
    EXPECT_EQ(said.output, "left\n") << said.errors;
  }
}

TEST_P(SandboxTest, is_used_again) {
  const std::shared_ptr<Sandboxes> shared = sandboxes();
  const int first = (*shared->take())->rules();
  EXPECT_EQ((*shared->take())->rules(), first);
  const std::shared_ptr<const Sandbox> held = *shared->take();
  const std::shared_ptr<const Sandbox> other = *shared->take();
  EXPECT_NE(held->rules(), other->rules());
  EXPECT_NE(held->folder(), other->folder());
}

TEST_P(SandboxTest, has_a_new_folder_where_somebody_has_cleaned_up) {
  const std::shared_ptr<Sandboxes> shared = sandboxes();
  EXPECT_EQ(run("echo x >$TMPDIR/x && rm $TMPDIR/x && echo done", *shared).output, "done\n");
  std::filesystem::remove_all(folder / "runs");
  folder.make_folder("runs");
  EXPECT_EQ(run("echo x >$TMPDIR/x && rm $TMPDIR/x && echo done", *shared).output, "done\n");
}

// Rules hold for files, not for names: what is put in the place of a folder is another one.
TEST_P(SandboxTest, follows_a_folder_that_is_replaced) {
  folder.write("new/file", "new\n");
  folder.link("current", "own");
  rules.own = {folder / "current"};
  const std::shared_ptr<Sandboxes> shared = sandboxes();
  EXPECT_EQ(run("cat $own/current/file", *shared).output, "own\n");
  folder.link("next", "new");
  folder.rename("next", "current");
  EXPECT_EQ(run("cat $own/current/file", *shared).output, "new\n");
  folder.remove("current");
  EXPECT_NE(run("cat $own/new/file", *shared).exit, Exit{});
  folder.link("current", "new");
  EXPECT_EQ(run("cat $own/current/file", *shared).output, "new\n");
}

TEST_P(SandboxTest, is_widened_by_its_rules) {
  rules.read = {folder / "other"};
  EXPECT_EQ(run("cat $own/other/file").output, "other\n");
  EXPECT_NE(run("echo x >$own/other/new").exit, Exit{});
  rules.write = {folder / "other"};
  EXPECT_EQ(run("echo x >$own/other/new; chmod 600 $own/other/new; cat $own/other/new; rm $own/other/new").output,
            "x\n");
  rules.read = {};
  folder.write("other/program", "#!/bin/sh\necho ran\n");
  ::chmod((folder / "other/program").c_str(), 0755);
  EXPECT_NE(run("$own/other/program").exit, Exit{}) << "what can be written cannot be run";
  rules.read = {folder / "missing", folder / "other/file"};
  EXPECT_EQ(run("cat $own/other/file").output, "other\n");
}

TEST_P(SandboxTest, leaves_out_what_is_hidden) {
  folder.write("own/secret/key", "key\n");
  folder.write("own/public/file", "public\n");
  folder.write("own/secret.toml", "secret\n");
  rules.hidden = std::make_shared<const HiddenPaths>(
      HiddenPaths{{folder / "own/secret", folder / "own/secret.toml", folder / "missing"}, {folder / "own/public"}});
  EXPECT_EQ(run("cat $own/own/file $own/own/public/file").output, "own\npublic\n") << "roots below its own are its own";
  EXPECT_NE(run("cat $own/own/secret/key").exit, Exit{});
  EXPECT_NE(run("cat $own/own/secret.toml").exit, Exit{});
  EXPECT_NE(run("ls $own/own").exit, Exit{}) << "a rule for it would hold for the secrets too";
}

TEST_P(SandboxTest, keeps_other_sites_out_of_the_systems_folders) {
  rules.hidden = std::make_shared<const HiddenPaths>(HiddenPaths{{}, {"/usr/share/zoneinfo"}});
  EXPECT_NE(run("cat /usr/share/zoneinfo/Asia/Tokyo").exit, Exit{});
  EXPECT_EQ(run("ls /usr/share/base-files >/dev/null && cat $own/own/file").output, "own\n");
}

TEST_P(SandboxTest, brings_the_libraries_of_an_interpreter) {
  folder.write("python/bin/python", "#!/bin/sh\ncat ${0%/bin/*}/lib/library\n");
  ::chmod((folder / "python/bin/python").c_str(), 0755);
  folder.write("python/lib/library", "library\n");
  folder.write("python/secret", "secret\n");
  rules.programs = {folder / "python/bin/python"};
  EXPECT_EQ(run("$own/python/bin/python").output, "library\n");
  EXPECT_NE(run("cat $own/python/secret").exit, Exit{});
}

TEST_P(SandboxTest, keeps_signals_inside) {
  const std::string outside = std::to_string(::getpid());
  EXPECT_NE(run("kill -0 " + outside).exit, Exit{});
  EXPECT_NE(run("kill -s CONT -- -" + std::to_string(::getpgrp())).exit, Exit{});
  const std::string own = run("sleep 1 & kill $! && echo killed; wait").output;
  EXPECT_EQ(own, signals_are_kept_apart() ? "killed\n" : "");
}

TEST_P(SandboxTest, opens_no_sockets_but_pairs) {
  const std::string script =
      "perl -MSocket -e 'socket(my $s, $ARGV[0], SOCK_STREAM, 0) or die \"$!\\n\"; print \"open\\n\"' ";
  EXPECT_THAT(run(script + std::to_string(AF_UNIX)).errors, HasSubstr("not permitted"));
  EXPECT_EQ(run("perl -MSocket -e 'socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) and print \"pair\"'").output,
            "pair");
  EXPECT_THAT(run(script + std::to_string(AF_INET)).errors, HasSubstr("not permitted"));
  rules.network = true;
  EXPECT_EQ(run(script + std::to_string(AF_INET)).output, "open\n");
}

TEST_P(SandboxTest, gains_no_rights_by_a_program_of_root) {
  EXPECT_EQ(run("grep -c NoNewPrivs:.1 /proc/self/status").output, "");
  rules.read = {"/proc"};
  EXPECT_EQ(run("grep -c NoNewPrivs:.1 /proc/self/status").output, "1\n");
}

TEST_P(SandboxTest, cuts_no_file_of_others) {
  const Said said = run("perl -e 'truncate($ARGV[0], 1) or die \"$!\\n\"' $own/other/file");
  EXPECT_NE(said.exit, Exit{}) << said.output;
  EXPECT_EQ(std::filesystem::file_size(folder / "other/file"), 6U);
}

TEST_P(SandboxTest, says_what_the_kernel_lacks) {
  EXPECT_EQ(sandbox_gaps(GetParam()).empty(), signals_are_kept_apart());
}

std::vector<int> versions() {
  std::vector<int> all;
  for (int version = 1; version <= landlock::version(); ++version) all.push_back(version);
  return all;
}

INSTANTIATE_TEST_SUITE_P(Landlock, SandboxTest, testing::ValuesIn(versions()));

using SandboxWithoutLandlockTest = SandboxTest;

TEST_P(SandboxWithoutLandlockTest, has_a_filter_and_a_folder) {
  EXPECT_EQ(run("cat $own/own/file; echo x >$TMPDIR/x; cat $TMPDIR/x").output, "own\nx\n");
  EXPECT_NE(run("kill -0 " + std::to_string(::getpid())).exit, Exit{});
  EXPECT_THAT(run("chmod 777 $own/other/file").errors, HasSubstr("not permitted"));
  EXPECT_THAT(sandbox_gaps(0), HasSubstr("no Landlock"));
}

INSTANTIATE_TEST_SUITE_P(Landlock, SandboxWithoutLandlockTest, testing::Values(0));

}  // namespace
}  // namespace webserv::detail
