// What paths led to a moment ago: small files in memory, larger ones open. One per worker, so nothing is locked.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "webserv/base/clock.h"
#include "webserv/handlers/files/stored_file.h"
#include "webserv/handlers/name_hash.h"
#include "webserv/io/list.h"

namespace webserv::detail {

struct FileCacheLimits {
  uint64_t memory = 16 << 20;  // bytes of a worker's entries
  size_t descriptors = 256;    // of larger files that a worker keeps open
  StoreOptions files{};
};

class FileCache {
 public:
  // How long an entry is used before the file is looked at again. Together with Directory::look_again, which may be
  // added where a root is switched, a change shows within a second.
  static constexpr Clock::duration look_again = std::chrono::milliseconds(400);

  // A file that was found in the middle of a change is looked at again after the pause, and meanwhile the entry is used
  // as it is: so nobody sees a file that is half written. But for no longer than the grace, counted from when it was
  // right.
  static constexpr Clock::duration pause = std::chrono::milliseconds(50);
  static constexpr Clock::duration grace = std::chrono::milliseconds(900);

  // The file of a path, as it is and in the codings that lie beside it.
  struct Entry {
    Clock::time_point stale{};    // when it has to be looked at again
    Clock::time_point right{};    // when it was last known to be as on disk
    std::vector<Coding> codings;  // those that are there besides identity, in the site's order
    std::array<std::shared_ptr<const StoredFile>, 4> files{};  // by Coding; null: not read yet

    std::shared_ptr<const StoredFile>& in(Coding coding) { return files[static_cast<size_t>(coding)]; }
  };

  explicit FileCache(FileCacheLimits limits) : limits_(limits) {}
  FileCache(const FileCache&) = delete;

  // The entry of a path of one site; null where there is none. Valid until the cache is next changed.
  Entry* find(uint32_t site, std::string_view path) {
    auto found = entries_.find(KeyView{site, path});
    if (found == entries_.end()) return nullptr;
    found->second.used = true;
    return &found->second.entry;
  }

  // Replaces the entry of the path. Entries that were not used for the longest time give way.
  void put(uint32_t site, std::string_view path, Entry entry);
  void remove(uint32_t site, std::string_view path);

  const FileCacheLimits& limits() const { return limits_; }
  uint64_t memory() const { return memory_; }
  size_t descriptors() const { return descriptors_; }

 private:
  struct KeyView {
    uint32_t site;
    std::string_view path;
    bool operator==(const KeyView& other) const {
      return site == other.site && path.size() == other.path.size() &&
             same_name(path.data(), other.path.data(), path.size());
    }
  };
  struct Key {
    uint32_t site;
    std::string path;
    operator KeyView() const { return {site, path}; }
  };
  struct Hash {
    using is_transparent = void;
    size_t operator()(KeyView key) const { return name_hash(key.site, key.path); }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(KeyView a, KeyView b) const { return a == b; }
  };
  // In a queue: who was used since it came to the front goes to the back once more instead of going out.
  struct Slot : Link {
    Entry entry;
    const Key* key = nullptr;
    uint64_t memory = 0;
    size_t descriptors = 0;
    bool used = false;
  };

  void shrink();
  void forget(const Slot& slot);

  const FileCacheLimits limits_;
  std::unordered_map<Key, Slot, Hash, Equal> entries_;
  List<Slot> in_memory_;
  List<Slot> open_;  // those that hold a descriptor
  uint64_t memory_ = 0;
  size_t descriptors_ = 0;
};

// The caches of all workers. Handlers share it; each worker touches its own part alone.
class FileCaches {
 public:
  explicit FileCaches(unsigned workers, FileCacheLimits limits = {});

  unsigned workers() const { return static_cast<unsigned>(caches_.size()); }
  FileCache& of(unsigned worker) const { return *caches_[worker]; }

  // A number that tells a site's paths from those of others. Not while workers run.
  uint32_t new_site() { return sites_++; }

 private:
  std::vector<std::unique_ptr<FileCache>> caches_;
  uint32_t sites_ = 0;
};

}  // namespace webserv::detail
