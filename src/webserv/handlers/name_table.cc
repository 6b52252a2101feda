#include "webserv/handlers/name_table.h"

#include <cstring>

namespace webserv {

namespace {

// Odd constants with well-mixed bits (of the fraction of pi and of the golden ratio).
constexpr uint64_t first_factor = 0x9E3779B97F4A7C15;
constexpr uint64_t second_factor = 0x243F6A8885A308D3;

uint64_t mix(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * first_factor;
  return hash ^ (hash >> 29);
}

template <class Word>
uint64_t word_at(const char* bytes) {
  Word word;
  std::memcpy(&word, bytes, sizeof(word));
  return word;
}

// Up to seven bytes as one word, from which their number is not to be told.
inline uint64_t short_word(const char* bytes, size_t size) {
  if (size >= 4) return word_at<uint32_t>(bytes) << 32 | word_at<uint32_t>(bytes + size - 4);
  if (size == 0) return 0;
  return word_at<uint8_t>(bytes) << 16 | word_at<uint8_t>(bytes + size / 2) << 8 | word_at<uint8_t>(bytes + size - 1);
}

// Eight bytes at a time; the last word overlaps the one before, so there is no loop over single bytes. It need not
// withstand an attacker: who asks cannot choose which names are in the table.
inline uint64_t hash_of(uint32_t space, std::string_view name) {
  uint64_t hash = space * second_factor + name.size();
  if (name.size() < 8) return mix(hash, short_word(name.data(), name.size()));
  const char* last = name.data() + name.size() - 8;
  for (const char* at = name.data(); at < last; at += 8) hash = mix(hash, word_at<uint64_t>(at));
  return mix(hash, word_at<uint64_t>(last));
}

// The same walk over two texts of this size; cheaper than a call for texts that are short.
inline bool equal(const char* a, const char* b, size_t size) {
  if (size < 8) return short_word(a, size) == short_word(b, size);
  size_t last = size - 8;
  for (size_t at = 0; at < last; at += 8) {
    if (word_at<uint64_t>(a + at) != word_at<uint64_t>(b + at)) return false;
  }
  return word_at<uint64_t>(a + last) == word_at<uint64_t>(b + last);
}

}  // namespace

// Inlined into find(), which is on the way of every request.
[[gnu::always_inline]] inline size_t NameTable::place(uint32_t space, std::string_view name, uint64_t hash) const {
  size_t mask = slots_.size() - 1;
  for (size_t i = hash & mask;; i = (i + 1) & mask) {
    const Slot& slot = slots_[i];
    if (slot.number == none) return i;
    if (slot.hash != hash || slot.space != space || slot.length != name.size()) continue;
    if (equal(names_.data() + slot.begin, name.data(), name.size())) return i;
  }
}

uint32_t NameTable::find(uint32_t space, std::string_view name) const {
  return slots_[place(space, name, hash_of(space, name))].number;
}

bool NameTable::insert(uint32_t space, std::string_view name, uint32_t number) {
  uint64_t key = hash_of(space, name);
  Slot* slot = &slots_[place(space, name, key)];
  if (slot->number != none) return false;
  if (4 * (used_ + 1) > 3 * slots_.size()) {
    grow();
    slot = &slots_[place(space, name, key)];
  }
  *slot = Slot{key, space, static_cast<uint32_t>(name.size()), names_.size(), number};
  names_.append(name);
  ++used_;
  return true;
}

void NameTable::grow() {
  std::vector<Slot> old(2 * slots_.size());
  old.swap(slots_);
  size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.number == none) continue;
    size_t i = slot.hash & mask;
    while (slots_[i].number != none) i = (i + 1) & mask;
    slots_[i] = slot;
  }
}

}  // namespace webserv
