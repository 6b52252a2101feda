#include <gtest/gtest.h>

#include "support/without_call.h"

namespace webserv::detail {
namespace {

// As systemd's filter for RestrictSUIDSGID= does. All that is promised of a Directory holds without openat2(2), too.
TEST(DirectoryWithoutOpenat2, keeps_every_promise) {
  EXPECT_EQ(test::run_tests_without({SYS_openat2}, "--gtest_filter=DirectoryTest.*:RealPath.*"), 0);
}

}  // namespace
}  // namespace webserv::detail
