// Finds the first byte that a part of a message may not hold: sixteen bytes at a time where the processor has SSE2
// (every x86-64), else eight.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace webserv::scan {

// Compared as signed numbers, bytes that are no ASCII are below zero.
using Block16 [[gnu::vector_size(16)]] = signed char;
using Block8 [[gnu::vector_size(8)]] = signed char;

// Bits of the table below.
enum Kind : uint8_t { token = 1, field_value = 2, target = 4, plain_path = 8, host = 16, unreserved = 32 };

constexpr uint8_t kinds_of(unsigned char c) {
  bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  bool visible = c > ' ' && c < 0x7f;
  auto one_of = [c](std::string_view set) { return set.contains(static_cast<char>(c)); };
  unsigned kinds = 0;
  if (alphanumeric || one_of("!#$%&'*+-.^_`|~")) kinds |= token;
  if (visible || c >= 0x80 || c == ' ' || c == '\t') kinds |= field_value;
  if (visible && c != '#') kinds |= target;
  if (visible && c != '#' && c != '%' && c != '?') kinds |= plain_path;
  if (alphanumeric || one_of("-._~")) kinds |= unreserved;
  // RFC 3986 3.2.2: reg-name, but for "%", and for the comma that would join two fields.
  if (alphanumeric || one_of("-._~!$&'()*+;=")) kinds |= host;
  return static_cast<uint8_t>(kinds);
}

constexpr std::array<uint8_t, 256> make_kinds() {
  std::array<uint8_t, 256> table{};
  for (size_t c = 0; c < table.size(); ++c) table[c] = kinds_of(static_cast<unsigned char>(c));
  return table;
}
inline constexpr std::array<uint8_t, 256> kinds = make_kinds();

inline bool is(Kind kind, char c) { return (kinds[static_cast<unsigned char>(c)] & kind) != 0; }

// Of each kind, in blocks: nonzero at the bytes to look at more closely. All that are not of the kind are among them.

// RFC 9110 5.6.2. The rare punctuation is looked at one by one.
struct Token {
  static constexpr Kind kind = token;
  template <class Block>
  static auto suspects(Block b) {
    Block lower = b | 0x20;
    return ~(((lower >= 'a') & (lower <= 'z')) | ((b >= '0') & (b <= '9')) | (b == '-'));
  }
};

// RFC 9110 5.5: no control byte but HTAB.
struct FieldValue {
  static constexpr Kind kind = field_value;
  template <class Block>
  static auto suspects(Block b) {
    return ((b < ' ') & (b >= 0) & (b != '\t')) | (b == 0x7f);
  }
};

// Visible ASCII but for "#", which begins no part of a request target.
struct TargetText {
  static constexpr Kind kind = target;
  template <class Block>
  static auto suspects(Block b) {
    return (b <= ' ') | (b == 0x7f) | (b == '#');
  }
};

// The same up to a percent-encoding or a query.
struct PlainPath {
  static constexpr Kind kind = plain_path;
  template <class Block>
  static auto suspects(Block b) {
    return (b <= ' ') | (b == 0x7f) | (b == '#') | (b == '%') | (b == '?');
  }
};

template <class Block>
Block load(const char* from) {
  Block block;
  std::memcpy(&block, from, sizeof block);
  return block;
}

// Skips blocks without a suspect: to the first suspect, to the block that holds it, or to less than a block before the
// end.
#ifdef __SSE2__
template <class Bytes>
const char* skip_by_16(const char* at, const char* end) {
  for (; end - at >= 16; at += 16) {
    auto suspects = Bytes::suspects(load<Block16>(at));
    auto mask = static_cast<unsigned>(_mm_movemask_epi8(std::bit_cast<__m128i>(suspects)));
    if (mask != 0) return at + std::countr_zero(mask);
  }
  return at;
}
#endif

template <class Bytes>
const char* skip_by_8(const char* at, const char* end) {
  for (; end - at >= 8; at += 8) {
    if (std::bit_cast<uint64_t>(Bytes::suspects(load<Block8>(at))) != 0) return at;
  }
  return at;
}

// The first byte of [at, end) that is not of the kind; `end` where all are.
template <class Bytes>
const char* first_other(const char* at, const char* end) {
#ifdef __SSE2__
  at = skip_by_16<Bytes>(at, end);
#else
  at = skip_by_8<Bytes>(at, end);
#endif
  while (at != end && is(Bytes::kind, *at)) ++at;
  return at;
}

template <class Bytes>
bool all(std::string_view text) {
  const char* end = text.data() + text.size();
  return first_other<Bytes>(text.data(), end) == end;
}

}  // namespace webserv::scan
