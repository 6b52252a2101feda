// Kernels and filters that lack the newer system calls: what is promised of a Process holds there, too.
#include <gtest/gtest.h>

#include "support/program_runner.h"
#include "support/without_call.h"

namespace webserv::detail {
namespace {

constexpr const char* process_tests =
    "--gtest_filter=ProcessTest.*:ProcessEndTest.*:CgroupTest.*-ProcessEndTest.*thousand*";

TEST(ProcessWithoutCalls, keeps_every_promise_without_clone3) {
  EXPECT_EQ(test::run_tests_without({SYS_clone3}, process_tests), 0);
}

TEST(ProcessWithoutCalls, keeps_every_promise_without_close_range) {
  EXPECT_EQ(test::run_tests_without({SYS_close_range}, process_tests), 0);
}

TEST(ProcessWithoutCalls, says_that_no_process_can_be_made) {
  const pid_t child = ::fork();
  if (child == 0) {
    test::ProgramRunner runner;
    if (!test::take_away(SYS_clone3, EAGAIN)) ::_exit(77);
    std::expected<Process, SpawnError> process = runner.try_spawn({runner.program("true")});
    bool told =
        !process && describe(process.error()) == "no process could be made for it: Resource temporarily unavailable";
    ::_exit(told ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace webserv::detail
