// The hash of short names: hosts, segments of routes, paths of files.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace webserv::detail {

namespace detail {

inline uint64_t mix(uint64_t hash, uint64_t word) {
  constexpr uint64_t factor = 0x9E3779B97F4A7C15;  // odd, with well-mixed bits: of the golden ratio
  hash = (hash ^ word) * factor;
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

}  // namespace detail

// Of a name in one of several spaces. Eight bytes at a time; the last word overlaps the one before, so there is no loop
// over single bytes. It need not withstand an attacker: who asks cannot choose which names are in the table.
inline uint64_t name_hash(uint32_t space, std::string_view name) {
  constexpr uint64_t factor = 0x243F6A8885A308D3;  // of pi
  uint64_t hash = space * factor + name.size();
  if (name.size() < 8) return detail::mix(hash, detail::short_word(name.data(), name.size()));
  const char* last = name.data() + name.size() - 8;
  for (const char* at = name.data(); at < last; at += 8) hash = detail::mix(hash, detail::word_at<uint64_t>(at));
  return detail::mix(hash, detail::word_at<uint64_t>(last));
}

// Whether two names of this size are the same: the same walk, cheaper than a call for names that are short.
inline bool same_name(const char* a, const char* b, size_t size) {
  if (size < 8) return detail::short_word(a, size) == detail::short_word(b, size);
  size_t last = size - 8;
  for (size_t at = 0; at < last; at += 8) {
    if (detail::word_at<uint64_t>(a + at) != detail::word_at<uint64_t>(b + at)) return false;
  }
  return detail::word_at<uint64_t>(a + last) == detail::word_at<uint64_t>(b + last);
}

}  // namespace webserv::detail
