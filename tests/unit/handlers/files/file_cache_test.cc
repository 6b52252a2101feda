#include "webserv/handlers/files/file_cache.h"

#include <fcntl.h>
#include <gtest/gtest.h>

namespace webserv::detail {
namespace {

std::shared_ptr<const StoredFile> in_memory(size_t size) {
  auto stored = std::make_shared<StoredFile>();
  stored->prepared = std::make_shared<const Prepared>(Status::ok, ResponseFields(), std::string(size, 'x'));
  return stored;
}

std::shared_ptr<const StoredFile> open_file() {
  auto stored = std::make_shared<StoredFile>();
  stored->prepared = std::make_shared<const Prepared>(Status::ok, ResponseFields(), "");
  stored->file = std::make_shared<const Fd>(Fd(::open("/dev/null", O_RDONLY | O_CLOEXEC)));
  return stored;
}

FileCache::Entry entry(std::shared_ptr<const StoredFile> stored) {
  FileCache::Entry entry;
  entry.in(Coding::identity) = std::move(stored);
  return entry;
}

constexpr uint64_t kibibyte = 1024;

TEST(FileCache, finds_what_was_put_by_site_and_path) {
  FileCache cache({});
  cache.put(1, "a", entry(in_memory(10)));
  EXPECT_NE(cache.find(1, "a"), nullptr);
  EXPECT_EQ(cache.find(2, "a"), nullptr);
  EXPECT_EQ(cache.find(1, "b"), nullptr);
  EXPECT_EQ(cache.find(1, ""), nullptr);
  cache.remove(1, "a");
  cache.remove(1, "a");
  EXPECT_EQ(cache.find(1, "a"), nullptr);
  EXPECT_EQ(cache.memory(), 0u);
}

TEST(FileCache, replaces_and_counts_what_is_there_alone) {
  FileCache cache({});
  cache.put(1, "a", entry(in_memory(10 * kibibyte)));
  uint64_t small = cache.memory();
  EXPECT_GE(small, 10 * kibibyte);
  cache.put(1, "a", entry(in_memory(20 * kibibyte)));
  EXPECT_EQ(cache.memory(), small + 10 * kibibyte);
  cache.put(1, "a", entry(open_file()));
  EXPECT_EQ(cache.descriptors(), 1u);
  EXPECT_LT(cache.memory(), kibibyte);
  cache.remove(1, "a");
  EXPECT_EQ(cache.memory(), 0u);
  EXPECT_EQ(cache.descriptors(), 0u);
}

TEST(FileCache, keeps_to_its_memory_and_drops_what_was_not_used_for_longest) {
  FileCache cache({.memory = 40 * kibibyte});
  for (char name = 'a'; name < 'd'; ++name) cache.put(1, std::string(1, name), entry(in_memory(10 * kibibyte)));
  cache.put(1, "d", entry(in_memory(10 * kibibyte)));  // the first round makes room, and all have to be used anew
  EXPECT_LE(cache.memory(), 40 * kibibyte);
  EXPECT_EQ(cache.find(1, "a"), nullptr);
  EXPECT_NE(cache.find(1, "b"), nullptr);
  cache.put(1, "e", entry(in_memory(10 * kibibyte)));
  EXPECT_LE(cache.memory(), 40 * kibibyte);
  EXPECT_NE(cache.find(1, "b"), nullptr) << "it was used since";
  EXPECT_EQ(cache.find(1, "c"), nullptr);
  EXPECT_NE(cache.find(1, "e"), nullptr);
}

TEST(FileCache, keeps_to_its_descriptors_without_giving_up_what_is_in_memory) {
  FileCache cache({.descriptors = 3});
  cache.put(1, "small", entry(in_memory(10)));
  for (int i = 0; i < 10; ++i) cache.put(1, "large" + std::to_string(i), entry(open_file()));
  EXPECT_EQ(cache.descriptors(), 3u);
  EXPECT_NE(cache.find(1, "small"), nullptr);
  EXPECT_EQ(cache.find(1, "large0"), nullptr);
  EXPECT_NE(cache.find(1, "large9"), nullptr);
}

TEST(FileCache, closes_what_it_drops_once_nobody_sends_it) {
  FileCache cache({.descriptors = 1});
  std::shared_ptr<const StoredFile> file = open_file();
  std::weak_ptr<const Fd> descriptor = file->file;
  cache.put(1, "a", entry(file));
  cache.put(1, "b", entry(open_file()));
  EXPECT_FALSE(descriptor.expired()) << "someone still sends it";
  file.reset();
  EXPECT_TRUE(descriptor.expired());
}

TEST(FileCache, does_without_room_for_anything) {
  FileCache cache({.memory = 100, .descriptors = 0});
  cache.put(1, "a", entry(in_memory(1000)));
  cache.put(1, "b", entry(open_file()));
  EXPECT_EQ(cache.find(1, "a"), nullptr);
  EXPECT_EQ(cache.find(1, "b"), nullptr);
  EXPECT_EQ(cache.memory(), 0u);
}

TEST(FileCaches, give_every_worker_its_own_and_every_site_a_number) {
  FileCaches caches(2);
  EXPECT_EQ(caches.workers(), 2u);
  EXPECT_NE(&caches.of(0), &caches.of(1));
  uint32_t first = caches.new_site();
  EXPECT_NE(first, caches.new_site());
}

}  // namespace
}  // namespace webserv::detail
