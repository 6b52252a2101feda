// The classes of bytes that a message is made of, and scans for the first byte outside of one.
#pragma once

#include <array>
#include <cstdint>
#ifdef __SSE2__
#include <emmintrin.h>

#include <bit>
#endif

namespace webserv {

namespace detail {

constexpr uint8_t token_bit = 1;   // tchar of RFC 9110 5.6.2
constexpr uint8_t target_bit = 2;  // visible ASCII but "#"
constexpr uint8_t host_bit = 8;    // of a reg-name (RFC 3986 3.2.2), but for the comma of two fields joined
constexpr uint8_t value_bit = 4;   // of a field's value: no control byte but HTAB

constexpr std::array<uint8_t, 256> classes = [] {
  std::array<uint8_t, 256> table{};
  for (unsigned c = 0; c < 256; ++c) {
    uint8_t bits = 0;
    bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    bool symbol = false;
    for (char s : {'!', '#', '$', '%', '&', '\'', '*', '+', '-', '.', '^', '_', '`', '|', '~'}) {
      symbol |= static_cast<unsigned char>(s) == c;
    }
    if (alphanumeric || symbol) bits |= token_bit;
    if (c > 0x20 && c < 0x7f && c != '#') bits |= target_bit;
    if ((c >= 0x20 && c != 0x7f) || c == '\t') bits |= value_bit;
    bool reg_name = alphanumeric;
    for (char s : {'-', '.', '_', '~', '!', '$', '&', '\'', '(', ')', '*', '+', ';', '=', '%'}) {
      reg_name |= static_cast<unsigned char>(s) == c;
    }
    if (reg_name) bits |= host_bit;
    table[c] = bits;
  }
  return table;
}();

constexpr bool has(char c, uint8_t bit) { return (classes[static_cast<unsigned char>(c)] & bit) != 0; }

}  // namespace detail

constexpr bool is_token_character(char c) { return detail::has(c, detail::token_bit); }
constexpr bool is_target_character(char c) { return detail::has(c, detail::target_bit); }

inline const char* find_end_of_token(const char* at, const char* end) {
  while (at != end && is_token_character(*at)) ++at;
  return at;
}

inline const char* find_end_of_host(const char* at, const char* end) {
  while (at != end && detail::has(*at, detail::host_bit)) ++at;
  return at;
}

inline const char* find_end_of_target(const char* at, const char* end) {
  while (at != end && is_target_character(*at)) ++at;
  return at;
}

// The first byte that may not stand in a field's value: the CR of a well-formed line.
inline const char* find_end_of_value(const char* at, const char* end) {
#ifdef __SSE2__
  const __m128i below_space = _mm_set1_epi8(0x1f);
  for (; end - at >= 16; at += 16) {
    __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, below_space), bytes);
    __m128i bad = _mm_or_si128(_mm_andnot_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\t')), control),
                               _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7f)));
    auto mask = static_cast<unsigned>(_mm_movemask_epi8(bad));
    if (mask != 0) return at + std::countr_zero(mask);
  }
#endif
  while (at != end && detail::has(*at, detail::value_bit)) ++at;
  return at;
}

}  // namespace webserv
