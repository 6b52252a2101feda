#include "webserv/handlers/files/stored_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>

#include <atomic>
#include <set>
#include <thread>

#include "support/body_bytes.h"
#include "support/temporary_folder.h"
#include "webserv/http/date.h"

namespace webserv::detail {
namespace {

using test::body_bytes;
using testing::HasSubstr;
using testing::StartsWith;

constexpr int64_t now = 1'900'000'000;

class StoredFileTest : public ::testing::Test {
 protected:
  std::shared_ptr<const StoredFile> store(std::string_view name, Coding coding = Coding::identity) {
    Directory directory(folder_.path(), {});
    Result<OpenedFile> file = directory.open(name, {});
    if (!file) return nullptr;
    StoredFileFields fields{.type = "text/plain",
                            .coding = coding,
                            .cache_control = cache_control_,
                            .varies = coding != Coding::identity,
                            .rules = rules_,
                            .now = now};
    return store_file(std::move(*file), fields, options_).value_or(nullptr);
  }
  std::string tag(std::string_view name, Coding coding = Coding::identity) {
    return std::string(store(name, coding)->prepared->fields.value("ETag"));
  }

  test::TemporaryFolder folder_;
  StoreOptions options_{.memory_file_size = 1000, .settled_after = 0};
  std::string cache_control_;
  FieldRules rules_;
  const std::string large_ = std::string(5000, 'x');
};

TEST_F(StoredFileTest, a_small_file_is_a_whole_answer) {
  folder_.write("a", "content");
  folder_.set_modified("a", 1'795'262'400);
  auto stored = store("a");
  ASSERT_TRUE(stored->prepared);
  EXPECT_EQ(stored->size, 7u);
  EXPECT_TRUE(stored->settled);
  std::string tag(stored->prepared->fields.value("ETag"));
  std::string fields = "Content-Type: text/plain\r\nETag: " + tag +
                       "\r\nLast-Modified: Sat, 21 Nov 2026 12:00:00 GMT\r\nAccept-Ranges: bytes\r\n";
  EXPECT_EQ(stored->prepared->fields.lines(), fields);
  EXPECT_EQ(stored->prepared->h1_text, fields + "Content-Length: 7\r\n\r\ncontent");
  Response response = unfold(stored->prepared);
  EXPECT_EQ(response.fields.lines(), fields);
  EXPECT_EQ(body_bytes(response), "content");
}

TEST_F(StoredFileTest, a_larger_one_is_kept_open) {
  folder_.write("a", large_);
  auto stored = store("a");
  EXPECT_TRUE(stored->file);
  EXPECT_EQ(stored->prepared->h1_text.size(), stored->prepared->h1_head_size);
  EXPECT_EQ(stored->size, large_.size());
  EXPECT_EQ(body_bytes(unfold(stored->prepared)), large_);
  folder_.remove("a");
  EXPECT_EQ(body_bytes(unfold(stored->prepared)), large_) << "it is still what it was";
}

TEST_F(StoredFileTest, an_empty_file_is_a_small_one) {
  folder_.write("a", "");
  EXPECT_THAT(store("a")->prepared->h1_text, HasSubstr("Content-Length: 0\r\n\r\n"));
}

TEST_F(StoredFileTest, an_open_file_is_usable_until_it_changes) {
  folder_.write("a", large_);
  auto stored = store("a");
  const Clock::time_point asked = Clock::time_point() + std::chrono::hours(1);
  EXPECT_TRUE(stored->is_usable(asked));
  ASSERT_EQ(::truncate((folder_ / "a").c_str(), 3000), 0);
  EXPECT_TRUE(stored->is_usable(asked)) << "it was looked at in this millisecond";
  EXPECT_FALSE(stored->is_usable(asked + std::chrono::milliseconds(1)));
  folder_.write("b", large_);
  auto replaced = store("b");
  folder_.replace("b", large_);
  EXPECT_FALSE(replaced->is_usable(asked));
  EXPECT_EQ(body_bytes(unfold(replaced->prepared)), large_) << "who already sends it gets it whole";
}

TEST_F(StoredFileTest, fields_of_the_configuration_come_last) {
  folder_.write("a", "x");
  cache_control_ = "max-age=60";
  rules_ = {{"X-Frame-Options", "DENY"}, {"ETag", ""}, {"Content-Type", "text/x-own"}};
  auto stored = store("a");
  EXPECT_THAT(stored->prepared->h1_text, HasSubstr("X-Frame-Options: DENY\r\n"));
  EXPECT_THAT(stored->prepared->h1_text, HasSubstr("Cache-Control: max-age=60\r\n"));
  EXPECT_FALSE(stored->prepared->fields.has("ETag"));
  EXPECT_EQ(stored->prepared->fields.value("Content-Type"), "text/x-own");
}

TEST_F(StoredFileTest, a_coding_says_so_and_has_its_own_tag) {
  folder_.write("a", "x");
  auto coded = store("a", Coding::br);
  EXPECT_EQ(coded->prepared->fields.value("Content-Encoding"), "br");
  EXPECT_EQ(coded->prepared->fields.value("Vary"), "Accept-Encoding");
  std::set<std::string> tags = {tag("a"), tag("a", Coding::br), tag("a", Coding::gzip), tag("a", Coding::zstd)};
  EXPECT_EQ(tags.size(), 4u);
}

TEST_F(StoredFileTest, last_modified_is_never_later_than_date_and_left_out_where_there_is_none) {
  const std::pair<int64_t, std::string> cases[] = {
      {now + 1000, std::string(DateText(now).view())},
      {now, std::string(DateText(now).view())},
      {now - 1, std::string(DateText(now - 1).view())},
      {2, "Thu, 01 Jan 1970 00:00:02 GMT"},
      {1, ""},
      {0, ""},
      {-100, ""},
  };
  for (const auto& [modified, expected] : cases) {
    for (const std::string& content : {std::string("small"), large_}) {
      folder_.write("a", content);
      folder_.set_modified("a", modified);
      EXPECT_EQ(store("a")->prepared->fields.value("Last-Modified"), expected) << modified;
    }
  }
}

TEST_F(StoredFileTest, the_tag_of_a_small_file_is_of_its_content) {
  folder_.write("a", "one");
  folder_.write("b", "one");
  folder_.write("c", "two");
  std::string one = tag("a");
  EXPECT_THAT(one, testing::MatchesRegex("\"[0-9a-f]{32}\""));
  EXPECT_EQ(one, tag("b"));
  EXPECT_NE(one, tag("c"));
  folder_.set_modified("a", 1);
  EXPECT_EQ(one, tag("a"));
}

// As in a Nix store, or after touch -r.
TEST_F(StoredFileTest, the_tag_changes_with_every_change_also_where_size_and_mtime_do_not) {
  options_.settled_after = StoreOptions().settled_after;
  for (size_t size : {10u, 5000u}) {
    folder_.write("a", std::string(size, 'x'));
    folder_.set_modified("a", 1);
    std::set<std::string> tags = {tag("a")};
    folder_.write("a", std::string(size, 'y'));
    folder_.set_modified("a", 1);
    tags.insert(tag("a"));
    folder_.replace("a", std::string(size, 'z'));
    folder_.set_modified("a", 1);
    tags.insert(tag("a"));
    EXPECT_EQ(tags.size(), 3u) << size;
  }
}

TEST_F(StoredFileTest, the_tag_stays_where_nothing_changes) {
  folder_.write("a", large_);
  EXPECT_EQ(tag("a"), tag("a"));
  folder_.set_modified("a", 1);
  EXPECT_EQ(tag("a"), tag("a"));
}

TEST_F(StoredFileTest, what_has_just_changed_is_not_settled) {
  options_.settled_after = 1'000'000'000'000;
  folder_.write("a", "x");
  EXPECT_FALSE(store("a")->settled);
  folder_.write("b", large_);
  EXPECT_FALSE(store("b")->settled);
  EXPECT_NE(tag("b"), tag("b")) << "a tag that may stand for two states is given once";
  EXPECT_EQ(tag("a"), tag("a"));
}

TEST_F(StoredFileTest, what_changed_long_ago_is_settled_and_what_changes_in_the_future_is_not) {
  constexpr int64_t second = 1'000'000'000;
  StoreOptions options;
  int64_t wall = std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count();
  FileStamp stamp;
  stamp.changed = wall - second / 2 + 1;
  if (stamp.changed % second == 0) ++stamp.changed;
  EXPECT_TRUE(is_settled(stamp, options));
  stamp.changed = wall + 60 * second + 1;
  EXPECT_FALSE(is_settled(stamp, options));
  stamp.changed = wall / second * second;
  EXPECT_FALSE(is_settled(stamp, options)) << "whole seconds are coarse";
  stamp.changed = wall / second * second - 3 * second;
  EXPECT_TRUE(is_settled(stamp, options));
}

// Two writers' worth of trouble: whatever is stored is one of the contents that the file has had as a whole, wherever
// another thread replaces it meanwhile.
TEST_F(StoredFileTest, a_replaced_file_is_never_torn) {
  options_.memory_file_size = 256 * 1024;
  const std::string a(100'000, 'a');
  const std::string b(150'000, 'b');
  folder_.write("file", a);
  std::atomic<bool> done = false;
  std::thread writer([&] {
    while (!done) {
      folder_.replace("file", b);
      folder_.replace("file", a);
    }
  });
  for (int i = 0; i < 200; ++i) {
    auto stored = store("file");
    ASSERT_TRUE(stored);
    std::string body = body_bytes(unfold(stored->prepared));
    ASSERT_TRUE(body == a || body == b) << body.size();
  }
  done = true;
  writer.join();
}

// A file that is written in place is read at some moment between two writes, and all that is said of it suits what was
// read.
TEST_F(StoredFileTest, a_file_that_grows_meanwhile_is_told_as_it_was_read) {
  options_.memory_file_size = 256 * 1024;
  folder_.write("log", "");
  std::atomic<bool> done = false;
  std::thread writer([&] {
    Fd log(::open((folder_ / "log").c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
    // Pieces that no page's end divides: the kernel may show a file that has grown up to there.
    for (int i = 0; !done && i < 100'000; ++i) {
      if (::write(log.get(), "0123456789abcdef", 16) != 16) break;
    }
  });
  for (int i = 0; i < 200; ++i) {
    auto stored = store("log");
    ASSERT_TRUE(stored);
    if (stored->file) break;
    std::string body = body_bytes(unfold(stored->prepared));
    EXPECT_EQ(body.size() % 16, 0u);
    EXPECT_EQ(stored->size, body.size());
    EXPECT_THAT(stored->prepared->h1_text, HasSubstr("Content-Length: " + std::to_string(body.size()) + "\r\n"));
    EXPECT_EQ(stored->prepared->fields.value("ETag"), "\"" + digest(body) + "\"");
  }
  done = true;
  writer.join();
}

TEST(Digest, differs_where_content_differs) {
  std::set<std::string> digests;
  std::string text(300, '\0');
  size_t count = 0;
  for (size_t size = 0; size <= text.size(); ++size, ++count)
    digests.insert(digest(std::string_view(text).substr(0, size)));
  for (size_t bit = 0; bit < 64 * 8; ++bit, ++count) {
    std::string changed = text;
    changed[bit / 8] = static_cast<char>(1u << bit % 8);
    digests.insert(digest(changed));
  }
  for (size_t i = 0; i + 8 < text.size(); i += 8, ++count) {  // the same word at another place
    std::string changed = text;
    changed[i + 7] = '\x80';
    changed[i] = '\x01';
    digests.insert(digest(changed));
  }
  EXPECT_EQ(digests.size(), count);
  EXPECT_EQ(digest("").size(), 32u);
}

}  // namespace
}  // namespace webserv::detail
