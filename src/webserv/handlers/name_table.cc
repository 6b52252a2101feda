#include "webserv/handlers/name_table.h"

#include "webserv/handlers/name_hash.h"

namespace webserv::detail {

// Inlined into find(), which is on the way of every request.
[[gnu::always_inline]] inline size_t NameTable::place(uint32_t space, std::string_view name, uint64_t hash) const {
  size_t mask = slots_.size() - 1;
  for (size_t i = hash & mask;; i = (i + 1) & mask) {
    const Slot& slot = slots_[i];
    if (slot.number == none) return i;
    if (slot.hash != hash || slot.space != space || slot.length != name.size()) continue;
    if (same_name(names_.data() + slot.begin, name.data(), name.size())) return i;
  }
}

uint32_t NameTable::find(uint32_t space, std::string_view name) const {
  if (used_ == 0) return none;
  return slots_[place(space, name, name_hash(space, name))].number;
}

bool NameTable::insert(uint32_t space, std::string_view name, uint32_t number) {
  uint64_t key = name_hash(space, name);
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

}  // namespace webserv::detail
