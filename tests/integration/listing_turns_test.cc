// Listings of several clients of one worker: few are under way at a time, and nobody keeps the others waiting for long
// by taking his slowly.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "support/conversation.h"
#include "support/temporary_folder.h"
#include "webserv/handlers/files/file_cache.h"
#include "webserv/handlers/files/listing.h"
#include "webserv/handlers/files/static_files.h"
#include "webserv/io/blocking_pool.h"

namespace webserv::detail {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using test::Conversation;
using testing::EndsWith;
using testing::StartsWith;

class ListingTurnsTest : public testing::Test {
 protected:
  ListingTurnsTest() {
    // Some parts of a page.
    for (int i = 0; i < 2000; ++i) folder_.write("many/" + std::to_string(i), "");
    // No other deadline ends anything.
    limits_.idle = limits_.head_time = limits_.route.write = hours(1);
    StaticFilesOptions options;
    options.root = folder_.path();
    options.listing = true;
    handler_ = static_files(options, {std::make_shared<FileCaches>(1), listings_});
    while (clients_.size() < Listings::most_at_once) clients_.push_back(ask());
  }

  // A client that takes nothing yet.
  std::unique_ptr<Conversation> ask() const {
    auto client = std::make_unique<Conversation>(handler_, limits_);
    client->stream().take(0);
    client->start();
    client->feed("GET /many/ HTTP/1.1\r\nHost: x\r\n\r\n");
    for (int i = 0; i < 5; ++i) client->turn();
    return client;
  }
  static bool has_all(Conversation& client) {
    client.stream().take(std::string::npos);
    for (int i = 0; i < 100; ++i) client.turn();
    return client.stream().output().starts_with("HTTP/1.1 200 ") && client.stream().output().ends_with("\r\n0\r\n\r\n");
  }
  // Whether it is asked to take what there is.
  static bool is_answered(Conversation& client) {
    for (int i = 0; i < 5; ++i) client.turn();
    return client.stream().writes() > 0;
  }

  const test::TemporaryFolder folder_;
  const std::shared_ptr<const Listings> listings_ =
      std::make_shared<const Listings>(1, std::make_shared<BlockingPool>(0));
  Limits limits_;
  Handler handler_;
  std::vector<std::unique_ptr<Conversation>> clients_;  // as many as may be under way
};

TEST_F(ListingTurnsTest, one_more_waits_and_gets_its_answer) {
  for (auto& each : clients_) EXPECT_TRUE(is_answered(*each));
  auto fifth = ask();
  auto sixth = ask();
  EXPECT_FALSE(is_answered(*fifth));
  EXPECT_TRUE(has_all(*clients_.front()));
  EXPECT_TRUE(is_answered(*fifth));
  EXPECT_FALSE(is_answered(*sixth));
  EXPECT_TRUE(has_all(*fifth));
  EXPECT_TRUE(has_all(*sixth));
  for (size_t i = 1; i < clients_.size(); ++i) EXPECT_TRUE(has_all(*clients_[i]));
}

TEST_F(ListingTurnsTest, a_slow_client_is_cut_where_others_wait) {
  auto fifth = ask();
  Conversation& slow = *clients_.front();
  slow.stream().take(1000);
  slow.pass(Listings::patience - seconds(1));
  EXPECT_FALSE(slow.ended());
  EXPECT_FALSE(is_answered(*fifth));
  slow.pass(seconds(2));
  slow.settle();
  EXPECT_TRUE(slow.ended());
  EXPECT_TRUE(slow.stream().was_reset()) << "what it got is not whole";
  EXPECT_TRUE(has_all(*fifth));
  // The others are as they were.
  EXPECT_TRUE(has_all(*clients_.back()));
}

TEST_F(ListingTurnsTest, a_slow_client_has_all_the_time_where_nobody_waits) {
  Conversation& slow = *clients_.front();
  for (int i = 0; i < 20; ++i) slow.pass(Listings::patience);
  EXPECT_FALSE(slow.ended());
  // Until somebody does.
  auto fifth = ask();
  slow.pass(seconds(2));
  slow.settle();
  EXPECT_TRUE(slow.ended());
  EXPECT_TRUE(has_all(*fifth));
}

TEST_F(ListingTurnsTest, one_whose_client_is_gone_gives_its_turn_on) {
  auto fifth = ask();
  clients_.front()->stream().break_with(Error::connection_reset);
  clients_.front()->settle();
  EXPECT_TRUE(clients_.front()->ended());
  EXPECT_TRUE(has_all(*fifth));
}

}  // namespace
}  // namespace webserv::detail
