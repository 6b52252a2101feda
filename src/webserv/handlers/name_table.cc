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

}  // namespace

// Eight bytes at a time; the last words overlap, so there is no loop over single bytes. It need not withstand an
// attacker: who asks cannot choose which names are in the table.
uint64_t NameTable::hash(uint32_t space, std::string_view name) {
  uint64_t hash = space * second_factor + name.size();
  const char* at = name.data();
  size_t left = name.size();
  for (; left > 8; at += 8, left -= 8) hash = mix(hash, word_at<uint64_t>(at));
  if (left >= 4) return mix(hash, word_at<uint32_t>(at) << 32 | word_at<uint32_t>(at + left - 4));
  uint64_t rest = 0;
  for (size_t i = 0; i < left; ++i) rest = rest << 8 | static_cast<uint8_t>(at[i]);
  return mix(hash, rest);
}

size_t NameTable::place(uint32_t space, std::string_view name, uint64_t hash) const {
  size_t mask = slots_.size() - 1;
  for (size_t i = hash & mask;; i = (i + 1) & mask) {
    const Slot& slot = slots_[i];
    if (slot.number == none) return i;
    if (slot.hash == hash && slot.space == space && slot.length == name.size() &&
        std::memcmp(names_.data() + slot.begin, name.data(), name.size()) == 0) {
      return i;
    }
  }
}

bool NameTable::insert(uint32_t space, std::string_view name, uint32_t number) {
  uint64_t key = hash(space, name);
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
