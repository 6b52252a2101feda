#include "webserv/http/mime.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace webserv::detail {
namespace {

// Extensions are numbers of base 40: up to 12 digits, which are the characters below, the last one first, fit 64 bits.
constexpr uint64_t base = 40;
constexpr size_t longest = 12;

// The digit of each character, and 0 for those that no known extension has. Case makes no difference.
constexpr std::array<uint8_t, 256> make_digits() {
  constexpr std::string_view lower = "abcdefghijklmnopqrstuvwxyz0123456789+-_";
  constexpr std::string_view upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  std::array<uint8_t, 256> digits{};
  for (size_t i = 0; i < lower.size(); ++i) digits[static_cast<unsigned char>(lower[i])] = static_cast<uint8_t>(i + 1);
  for (size_t i = 0; i < upper.size(); ++i) digits[static_cast<unsigned char>(upper[i])] = static_cast<uint8_t>(i + 1);
  return digits;
}
constexpr std::array<uint8_t, 256> digits = make_digits();

struct Extension {
  uint64_t number = 0;
  uint16_t type = 0;  // where it begins in type_texts

  consteval Extension(std::string_view text, uint16_t type_) : type(type_) {
    for (size_t i = text.size(); i-- > 0;) number = number * base + digits[static_cast<unsigned char>(text[i])];
  }
};

#include "webserv/http/mime_table.inc"

// An index of the extensions: open addressing, filled by less than half, so that one or two steps find a number.
constexpr unsigned slot_bits = 12;
constexpr size_t slot_count = size_t{1} << slot_bits;
static_assert(std::size(extensions) < slot_count / 2);

constexpr size_t slot_of(uint64_t number) {
  constexpr uint64_t golden_ratio = 0x9e37'79b9'7f4a'7c15;  // of 2^64: spreads numbers that are close
  return number * golden_ratio >> (64 - slot_bits);
}

// One more than the place in `extensions`; 0 in a free slot.
constexpr std::array<uint16_t, slot_count> make_slots() {
  std::array<uint16_t, slot_count> slots{};
  uint16_t place = 0;
  for (const Extension& extension : extensions) {
    size_t slot = slot_of(extension.number);
    while (slots[slot] != 0) slot = (slot + 1) % slot_count;
    slots[slot] = ++place;
  }
  return slots;
}
constexpr std::array<uint16_t, slot_count> slots = make_slots();

// The number of a name's extension; 0 where it has none that could be known.
uint64_t extension_number(std::string_view name) {
  uint64_t number = 0;
  size_t shortest = name.size() > longest + 1 ? name.size() - longest - 1 : 0;
  for (size_t i = name.size(); i-- > shortest;) {
    // A name that begins with its only dot is a hidden file without an extension.
    if (name[i] == '.') return i > 0 && name[i - 1] != '/' ? number : 0;
    uint8_t digit = digits[static_cast<unsigned char>(name[i])];
    if (digit == 0) return 0;
    number = number * base + digit;
  }
  return 0;
}

}  // namespace

std::string_view mime_type(std::string_view filename) {
  uint64_t number = extension_number(filename);
  for (size_t slot = slot_of(number); slots[slot] != 0; slot = (slot + 1) % slot_count) {
    const Extension& extension = extensions[slots[slot] - 1];
    if (extension.number == number) return type_texts + extension.type;
  }
  return default_mime_type;
}

}  // namespace webserv::detail
