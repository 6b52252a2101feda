#include "webserv/handlers/files/file_cache.h"

#include <utility>

namespace webserv::detail {

namespace {

// Of an entry besides its files: the slot, the nodes of the table, the path.
constexpr uint64_t entry_overhead = 256;

}  // namespace

void FileCache::put(uint32_t site, std::string_view path, Entry entry) {
  auto [at, is_new] = entries_.try_emplace(Key{site, std::string(path)});
  Slot& slot = at->second;
  if (!is_new) forget(slot);
  slot.key = &at->first;
  slot.memory = entry_overhead + path.size();
  slot.descriptors = 0;
  for (const auto& file : entry.files) {
    if (!file) continue;
    slot.memory += file->memory();
    if (file->file) ++slot.descriptors;
  }
  slot.entry = std::move(entry);
  slot.used = true;
  memory_ += slot.memory;
  descriptors_ += slot.descriptors;
  (slot.descriptors > 0 ? open_ : in_memory_).push_back(slot);
  shrink();
}

void FileCache::remove(uint32_t site, std::string_view path) {
  auto found = entries_.find(KeyView{site, path});
  if (found == entries_.end()) return;
  forget(found->second);
  entries_.erase(found);
}

void FileCache::forget(const Slot& slot) {
  memory_ -= slot.memory;
  descriptors_ -= slot.descriptors;
}

void FileCache::shrink() {
  while (memory_ > limits_.memory || descriptors_ > limits_.descriptors) {
    bool descriptors_suffice = descriptors_ <= limits_.descriptors;
    List<Slot>& queue = descriptors_suffice && !in_memory_.empty() ? in_memory_ : open_;
    Slot& oldest = queue.front();
    if (std::exchange(oldest.used, false)) {
      queue.push_back(oldest);
    } else {
      forget(oldest);
      entries_.erase(entries_.find(KeyView(*oldest.key)));
    }
  }
}

FileCaches::FileCaches(unsigned workers, FileCacheLimits limits) {
  for (unsigned i = 0; i < workers; ++i) caches_.push_back(std::make_unique<FileCache>(limits));
}

}  // namespace webserv::detail
