// The table behind field_name(): which of the names that the server looks up this is, in some thirty instructions.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "webserv/http/field_name.h"

namespace webserv::detail::known_names {

// In the order of FieldName, without `other`.
inline constexpr std::array<std::string_view, static_cast<size_t>(FieldName::count_) - 1> names = {
    "accept",
    "accept-encoding",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "cookie",
    "expect",
    "host",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "range",
    "referer",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "forwarded",
};

// A number of the bytes there, in the machine's order.
template <class Word>
constexpr uint64_t load(const char* from) {
  if (std::is_constant_evaluated()) {
    std::array<char, sizeof(Word)> bytes{};
    for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = from[i];
    return std::bit_cast<Word>(bytes);
  }
  Word word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

// The first and the last bytes of a name of two to sixteen, which overlap where it is short.
struct Ends {
  uint64_t first = 0;
  uint64_t last = 0;
};

constexpr Ends ends_of(const char* name, size_t size) {
  const char* end = name + size;
  if (size >= 8) return {load<uint64_t>(name), load<uint64_t>(end - 8)};
  if (size >= 4) return {load<uint32_t>(name), load<uint32_t>(end - 4)};
  return {load<uint16_t>(name), load<uint16_t>(end - 2)};
}

constexpr uint64_t middle_of(const char* name) { return load<uint64_t>(name + 8); }

struct Known {
  Ends ends;
  uint64_t middle = 0;  // what the ends leave out of a long name
  uint32_t size = 0;
  FieldName name = FieldName::other;
};

// Different for all known names, which is proved below. Case does not matter: it is a multiple of 64.
constexpr size_t slots = 64;
constexpr size_t slot_of(const char* name, size_t size) {
  auto first = static_cast<unsigned char>(name[0]);
  auto last = static_cast<unsigned char>(name[size - 1]);
  return (size + first * size_t{6} + last * size_t{4}) % slots;
}

constexpr size_t sixteen = 16;  // bytes that the two ends have

constexpr std::array<Known, slots> make_table() {
  std::array<Known, slots> table{};
  for (size_t i = 0; i < names.size(); ++i) {
    std::string_view text = names[i];
    Known& known = table[slot_of(text.data(), text.size())];
    known.ends = ends_of(text.data(), text.size());
    if (text.size() > sixteen) known.middle = middle_of(text.data());
    known.size = static_cast<uint32_t>(text.size());
    known.name = static_cast<FieldName>(i + 1);
  }
  return table;
}
inline constexpr std::array<Known, slots> table = make_table();

constexpr bool fit_the_table() {
  size_t used = 0;
  for (const Known& known : table) used += known.size != 0;
  bool sizes_fit = true;
  for (std::string_view name : names) sizes_fit &= name.size() >= 2 && name.size() <= sixteen + 8;
  return used == names.size() && sizes_fit;
}
static_assert(fit_the_table());

// `name` is a token: bytes of tokens that differ by these bits alone are the same letters.
inline constexpr uint64_t case_bits = 0x2020202020202020;

// A name that is not in the table.
inline FieldName find_by_beginning(std::string_view name) {
  constexpr std::string_view beginning = "x-forwarded-";
  constexpr uint64_t first = load<uint64_t>(beginning.data());
  constexpr uint64_t next = load<uint32_t>(beginning.data() + 8);
  if (name.size() <= beginning.size() || (load<uint64_t>(name.data()) | case_bits) != first) return FieldName::other;
  const uint64_t lower = load<uint32_t>(name.data() + 8) | (case_bits & UINT32_MAX);
  return lower == next ? FieldName::forwarding : FieldName::other;
}

inline FieldName find(std::string_view name) {
  const Known& known = table[slot_of(name.data(), name.size())];
  if (known.size != name.size()) return find_by_beginning(name);
  Ends ends = ends_of(name.data(), name.size());
  uint64_t differing = (ends.first ^ known.ends.first) | (ends.last ^ known.ends.last);
  if (name.size() > sixteen) differing |= middle_of(name.data()) ^ known.middle;
  return (differing & ~case_bits) == 0 ? known.name : find_by_beginning(name);
}

}  // namespace webserv::detail::known_names
