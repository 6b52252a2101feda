#include "webserv/base/text.h"

#include <charconv>
#include <cstring>

namespace webserv::detail {
namespace {

constexpr uint64_t high_bits = 0x8080808080808080;

bool is_blank(char c) { return c == ' ' || c == '\t'; }

bool same_bytes(const char* a, const char* b, size_t size) {
  for (size_t i = 0; i < size; ++i) {
    if (to_lower(a[i]) != to_lower(b[i])) return false;
  }
  return true;
}

template <class Word>
bool same_word(const char* a, const char* b) {
  constexpr auto case_bits = static_cast<Word>(0x2020202020202020);
  Word in_a = 0;
  Word in_b = 0;
  std::memcpy(&in_a, a, sizeof in_a);
  std::memcpy(&in_b, b, sizeof in_b);
  Word differing = in_a ^ in_b;
  // Where only bits of case differ, the bytes may be letters, and then are the same ones.
  return differing == 0 || ((differing & ~case_bits) == 0 && same_bytes(a, b, sizeof(Word)));
}

// The last word may overlap the one before.
template <class Word>
bool same_words(const char* a, const char* b, size_t size) {
  for (size_t at = 0; at + sizeof(Word) < size; at += sizeof(Word)) {
    if (!same_word<Word>(a + at, b + at)) return false;
  }
  size_t last = size - sizeof(Word);
  return same_word<Word>(a + last, b + last);
}

size_t skip_ascii(std::string_view text, size_t at) {
  for (; text.size() - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
    uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof word);
    if ((word & high_bits) != 0) break;
  }
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
  return at;
}

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  const size_t size = a.size();
  if (size != b.size()) return false;
  if (size < sizeof(uint32_t)) return same_bytes(a.data(), b.data(), size);
  if (size < sizeof(uint64_t)) return same_words<uint32_t>(a.data(), b.data(), size);
  return same_words<uint64_t>(a.data(), b.data(), size);
}

std::string to_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = to_lower(c);
  return lower;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<uint64_t> parse_decimal(std::string_view text, uint64_t limit) {
  if (text.empty()) return std::nullopt;
  uint64_t value = 0;
  for (char c : text) {
    if (!is_digit(c)) return std::nullopt;
    auto digit = static_cast<uint64_t>(c - '0');
    if (value > limit / 10 || digit > limit - value * 10) return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

std::optional<uint64_t> parse_hex(std::string_view text, uint64_t limit) {
  if (text.empty()) return std::nullopt;
  uint64_t value = 0;
  for (char c : text) {
    int digit = hex_value(c);
    if (digit < 0) return std::nullopt;
    if (value > limit / 16 || static_cast<uint64_t>(digit) > limit - value * 16) return std::nullopt;
    value = value * 16 + static_cast<uint64_t>(digit);
  }
  return value;
}

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

void append_decimal(std::string& to, uint64_t number) {
  char digits[20];
  char* end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  to.append(digits, end);
}

void append_hex(std::string& to, uint64_t number, int digits) {
  for (int i = digits; i-- > 0;) to.push_back(i < 16 ? "0123456789abcdef"[number >> (4 * i) & 0xf] : '0');
}

bool is_within(std::string_view path, std::string_view folder) {
  if (!path.starts_with(folder)) return false;
  return path.size() == folder.size() || folder.ends_with('/') || path[folder.size()] == '/';
}

size_t character_size(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return 1;
  // RFC 3629 4: the first byte decides how many follow and which the second may be.
  const size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < size) return 0;
  auto second = static_cast<unsigned char>(text[1]);
  unsigned char least = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  unsigned char most = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most) return 0;
  for (size_t i = 2; i < size; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) return 0;
  }
  return size;
}

bool is_utf8(std::string_view text) {
  for (size_t at = skip_ascii(text, 0); at < text.size(); at = skip_ascii(text, at)) {
    size_t size = character_size(text.substr(at));
    if (size == 0) return false;
    at += size;
  }
  return true;
}

}  // namespace webserv::detail
