// Finds the first byte that a part of a message may not hold: sixteen bytes at a time where the processor has SSE2
// (every x86-64), else eight.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace webserv::detail::scan {

using Block16 [[gnu::vector_size(16)]] = unsigned char;
using Block8 [[gnu::vector_size(8)]] = unsigned char;
using Signed16 [[gnu::vector_size(16)]] = signed char;
using Signed8 [[gnu::vector_size(8)]] = signed char;
template <class Block>
using Signed = std::conditional_t<sizeof(Block) == sizeof(Block16), Signed16, Signed8>;

// Bits of the table below.
enum Kind : uint8_t { token = 1, field_value = 2, target = 4, plain_path = 8, host = 16, unreserved = 32, blank = 64 };

constexpr uint8_t kinds_of(unsigned char c) {
  bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  bool visible = c > ' ' && c < 0x7f;
  auto one_of = [c](std::string_view set) { return set.contains(static_cast<char>(c)); };
  unsigned kinds = 0;
  if (alphanumeric || one_of("!#$%&'*+-.^_`|~")) kinds |= token;
  if (visible || c >= 0x80 || c == ' ' || c == '\t') kinds |= field_value;
  if (c == ' ' || c == '\t') kinds |= blank;
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

// Of each kind, a test of a block in few instructions: all ones in the usual bytes of the kind, zero in all others.
// Unusual bytes of the kind are looked at one by one.

// All ones where least <= byte <= most. The range is moved to begin at the least number of signed comparisons, the only
// ones that SSE2 has, so that one is enough.
template <class Block>
auto between(Block bytes, unsigned char least, unsigned char most) {
  Block moved = bytes + static_cast<unsigned char>(0x80 - least);
  return std::bit_cast<Signed<Block>>(moved) < static_cast<signed char>(most - least + 1 - 0x80);
}

// RFC 9110 5.6.2: letters, digits and some punctuation.
struct Token {
  static constexpr Kind kind = token;
  template <class Block>
  static auto usual(Block b) {
    return between(b | 0x20, 'a', 'z') | (b == '-');
  }
};

// RFC 9110 5.5: no control byte but HTAB.
struct FieldValue {
  static constexpr Kind kind = field_value;
  template <class Block>
  static auto usual(Block b) {
    return between(b, ' ', '~');
  }
};

// Visible ASCII but for "#", which begins no part of a request target.
struct TargetText {
  static constexpr Kind kind = target;
  template <class Block>
  static auto usual(Block b) {
    return between(b, '$', '~');
  }
};

// The same up to a percent-encoding or a query.
struct PlainPath {
  static constexpr Kind kind = plain_path;
  template <class Block>
  static auto usual(Block b) {
    return between(b, '@', '~') | between(b, '&', '>');
  }
};

// Of a reg-name (RFC 3986 3.2.2).
struct HostName {
  static constexpr Kind kind = host;
  template <class Block>
  static auto usual(Block b) {
    return between(b | 0x20, 'a', 'z') | between(b, '0', '9') | between(b, '-', '.');
  }
};

// The same in lower case.
struct LowerHostName {
  static constexpr Kind kind = host;
  template <class Block>
  static auto usual(Block b) {
    return between(b, 'a', 'z') | between(b, '0', '9') | between(b, '-', '.');
  }
};

template <class Block>
Block load(const char* from) {
  Block block;
  std::memcpy(&block, from, sizeof block);
  return block;
}

template <class Bytes>
bool are_usual(Block8 bytes) {
  return std::bit_cast<int64_t>(Bytes::usual(bytes)) == -1;
}

// The bytes that are there to be read, [begin, end).
class Text {
 public:
  Text(const char* begin, const char* end) : end_(end), last_(end - begin >= 16 ? end - 16 : nullptr) {}
  explicit Text(std::string_view text) : Text(text.data(), text.data() + text.size()) {}

  const char* end() const { return end_; }

  // The first byte at or behind `at` that is unusual or not of the kind; end() where there is none. Whoever expects a
  // certain byte there can look for it before first_other().
  template <class Bytes>
  [[gnu::always_inline]] const char* skip_usual(const char* at) const {
#ifdef __SSE2__
    return skip_by_16<Bytes>(at);
#else
    return skip_by_8<Bytes>(at);
#endif
  }

  // The same for what is seldom longer than a block: in fewer instructions, but what is longer is looked at one by one.
  template <class Bytes>
  [[gnu::always_inline]] const char* skip_few(const char* at) const {
#ifdef __SSE2__
    if (at > last_) return skip_by_16<Bytes>(at);
    unsigned unusual = unusual_of_16<Bytes>(at);
    return unusual != 0 ? at + std::countr_zero(unusual) : skip_one_by_one<Bytes>(at + 16);
#else
    return skip_by_8<Bytes>(at);
#endif
  }

  // The first byte at or behind `at` that is not of the kind; end() where there is none.
  template <class Bytes>
  [[gnu::always_inline]] const char* first_other(const char* at) const {
    return skip_one_by_one<Bytes>(skip_usual<Bytes>(at));
  }

  template <class Bytes>
  const char* skip_one_by_one(const char* at) const {
    while (at != end_ && is(Bytes::kind, *at)) ++at;
    return at;
  }

  template <class Bytes>
  const char* skip_by_8(const char* at) const {
    while (end_ - at >= 8 && are_usual<Bytes>(load<Block8>(at))) at += 8;
    return skip_one_by_one<Bytes>(at);
  }

#ifdef __SSE2__
  template <class Bytes>
  [[gnu::always_inline]] const char* skip_by_16(const char* at) const {
    if (last_ == nullptr) return skip_one_by_one<Bytes>(at);
    for (; at <= last_; at += 16) {
      unsigned unusual = unusual_of_16<Bytes>(at);
      if (unusual != 0) return at + std::countr_zero(unusual);
    }
    // What is left is the end of the last whole block.
    unsigned unusual = unusual_of_16<Bytes>(last_) >> static_cast<unsigned>(at - last_);
    return unusual == 0 ? end_ : at + std::countr_zero(unusual);
  }
#endif

 private:
#ifdef __SSE2__
  // A bit for each byte.
  template <class Bytes>
  [[gnu::always_inline]] static unsigned unusual_of_16(const char* at) {
    auto usual = std::bit_cast<__m128i>(Bytes::usual(load<Block16>(at)));
    return static_cast<unsigned>(_mm_movemask_epi8(usual)) ^ 0xffffu;
  }
#endif

  const char* end_;
  const char* last_;  // where the last whole block begins; null in a shorter text
};

// Whether a path, which is not empty, stays as it is: plain bytes, and neither a slash nor a dot behind a slash. It may
// be one as well where this says no, if it has unusual bytes.
inline bool is_plain_path_of_8(const char* at) {
  static_assert(('.' | 1) == '/');
  auto bytes = load<Block8>(at);
  auto next = load<Block8>(at + 1);
  auto wrong = (bytes == '/') & ((next | 1) == '/');
  return std::bit_cast<int64_t>(PlainPath::usual(bytes) & ~wrong) == -1;
}

inline bool is_usual_path(std::string_view path) {
  const char* at = path.data();
  const char* end = at + path.size() - 1;  // of the bytes that have a next one
  if (!is(plain_path, *end)) return false;
  if (path.size() > sizeof(Block8)) {
    const char* last = end - sizeof(Block8);
    for (; at < last; at += sizeof(Block8)) {
      if (!is_plain_path_of_8(at)) return false;
    }
    return is_plain_path_of_8(last);
  }
  for (; at < end; ++at) {
    if (!is(plain_path, *at) || (*at == '/' && (at[1] == '/' || at[1] == '.'))) return false;
  }
  return true;
}

// Whether all bytes are of the kind.
template <class Bytes>
bool all(std::string_view text) {
  Text bytes(text);
  return bytes.first_other<Bytes>(text.data()) == bytes.end();
}

}  // namespace webserv::detail::scan
