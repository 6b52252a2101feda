#include "app/serve/descriptors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/serve/programs.h"
#include "webserv/server/limits.h"

namespace webserv::app {
namespace {

using testing::HasSubstr;

// What may be open at once where every connection is there and asks for a file.
uint64_t most_open(const DescriptorShares& shares, const DescriptorUse& use) {
  const uint64_t turned_away = std::min(detail::most_turned_away, shares.connections / detail::turned_away_share + 1);
  return 2 * shares.connections + turned_away + shares.cached_files * use.workers + use.listeners + 3 * use.workers;
}

TEST(Descriptors, leave_room_for_a_file_beside_each_connection) {
  for (unsigned workers : {1U, 2U, 8U, 64U}) {
    for (uint64_t limit : {250U, 256U, 512U, 1024U, 4096U, 65536U, 1U << 20}) {
      for (bool programs : {false, true}) {
        const DescriptorUse use{workers, 2, 10, programs};
        const DescriptorShares shares = share_descriptors(limit, use);
        if (shares.connections == 0) continue;
        EXPECT_LT(most_open(shares, use), limit) << workers << " " << limit << " " << programs;
        EXPECT_GE(shares.connections, 4U);
      }
    }
  }
}

TEST(Descriptors, are_shared_so_that_most_are_for_connections) {
  const DescriptorUse use{2, 1, 1, false};
  EXPECT_GT(share_descriptors(1024, use).connections, 300U);
  EXPECT_GT(share_descriptors(65536, use).connections, 24'000U);
  EXPECT_GT(share_descriptors(256, use).connections, 50U);
  // The default of limits.connections, with the unit's limit.
  EXPECT_GT(share_descriptors(65536, {64, 4, 1000, true}).connections, Limits().connections);
  EXPECT_LT(share_descriptors(1024, {2, 1, 1, true}).connections, share_descriptors(1024, use).connections);
}

TEST(Descriptors, more_of_them_are_never_fewer_connections) {
  const DescriptorUse use{2, 1, 100, true};
  uint64_t before = 0;
  for (uint64_t limit = 1; limit < 5000; ++limit) {
    const uint64_t now = share_descriptors(limit, use).connections;
    // Parts are rounded down.
    EXPECT_GE(now + 4, before) << limit;
    before = now;
  }
}

TEST(Descriptors, say_where_they_are_too_few) {
  const DescriptorUse use{2, 1, 1, false};
  EXPECT_THAT(too_few(20, use).value_or(""), HasSubstr("the limit of 20 open files is too low"));
  EXPECT_THAT(too_few(20, use).value_or(""), HasSubstr("LimitNOFILE="));
  EXPECT_EQ(too_few(1024, use), std::nullopt);
  EXPECT_THAT(told_of_fewer(8192, 445, 1024), testing::AllOf(HasSubstr("limits.connections = 8192"),
                                                             HasSubstr("limit of 1024"), HasSubstr("takes 445")));
  EXPECT_THAT(told_of_fewer(unlimited, 445, 1024), HasSubstr("limits.connections = \"unlimited\""));
}

}  // namespace
}  // namespace webserv::app
