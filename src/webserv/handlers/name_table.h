// A hash table from names to numbers, made once and read by all workers. Host names and the segments of routes are
// found with it, so a lookup costs the same however many there are.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace webserv::detail {

class NameTable {
 public:
  // No name is found: no number that is inserted may be this.
  static constexpr uint32_t none = UINT32_MAX;

  NameTable() : slots_(8) {}

  // The same name may stand for different numbers in different spaces. Returns false, and changes nothing, where the
  // name is there.
  bool insert(uint32_t space, std::string_view name, uint32_t number);

  uint32_t find(uint32_t space, std::string_view name) const;

 private:
  struct Slot {
    uint64_t hash = 0;
    uint32_t space = 0;
    uint32_t length = 0;
    size_t begin = 0;  // of the name, in names_
    uint32_t number = none;
  };

  // The slot that has the name, or the free one where it belongs.
  size_t place(uint32_t space, std::string_view name, uint64_t hash) const;
  void grow();

  std::vector<Slot> slots_;  // a power of two, at least a quarter of them free
  std::string names_;
  size_t used_ = 0;
};

}  // namespace webserv::detail
