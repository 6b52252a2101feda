#include "webserv/http/fields.h"

#include <bit>
#include <cstring>
#include <type_traits>

#include "webserv/base/text.h"
#include "webserv/http/scan.h"

namespace webserv {
namespace {

constexpr size_t shortest = 2;
constexpr size_t longest = 19;

// In the order of FieldName, without `other`.
constexpr std::array<std::string_view, static_cast<size_t>(FieldName::count_) - 1> names = {
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

// A name of `shortest` to `longest` bytes in three words, which overlap where it is short.
struct Words {
  uint64_t first = 0;
  uint64_t middle = 0;
  uint64_t last = 0;
};

constexpr Words words_of(const char* name, size_t size) {
  const char* end = name + size;
  if (size > 16) return {load<uint64_t>(name), load<uint64_t>(name + 8), load<uint64_t>(end - 8)};
  if (size >= 8) return {load<uint64_t>(name), 0, load<uint64_t>(end - 8)};
  if (size >= 4) return {load<uint32_t>(name), 0, load<uint32_t>(end - 4)};
  return {load<uint16_t>(name), 0, load<uint16_t>(end - 2)};
}

// The bit that tells upper from lower case, of each letter among the bytes of a lower-case word.
constexpr uint64_t case_bits(uint64_t word) {
  uint64_t bits = 0;
  for (unsigned shift = 0; shift < 64; shift += 8) {
    uint64_t byte = word >> shift & 0xff;
    if (byte >= 'a' && byte <= 'z') bits |= uint64_t{0x20} << shift;
  }
  return bits;
}

struct Known {
  FieldName name = FieldName::other;
  uint8_t size = 0;
  Words words;
  Words case_of;
};

// Different for all known names, which the compiler proves below. Case does not matter: it is a multiple of 32.
constexpr size_t slots = 32;
constexpr size_t slot_of(const char* name, size_t size) {
  return (size * 2 + static_cast<unsigned char>(name[0]) * 5u + static_cast<unsigned char>(name[size - 1]) * 7u) %
         slots;
}

constexpr std::array<Known, slots> make_table() {
  std::array<Known, slots> table{};
  for (size_t i = 0; i < names.size(); ++i) {
    std::string_view text = names[i];
    Known& known = table[slot_of(text.data(), text.size())];
    known.name = static_cast<FieldName>(i + 1);
    known.size = static_cast<uint8_t>(text.size());
    known.words = words_of(text.data(), text.size());
    known.case_of = {case_bits(known.words.first), case_bits(known.words.middle), case_bits(known.words.last)};
  }
  return table;
}
constexpr std::array<Known, slots> table = make_table();

constexpr bool all_have_a_slot() {
  size_t used = 0;
  for (const Known& known : table) used += known.size != 0;
  return used == names.size();
}
static_assert(all_have_a_slot());

}  // namespace

FieldName field_name(std::string_view name) {
  if (name.size() < shortest || name.size() > longest) return FieldName::other;
  const Known& known = table[slot_of(name.data(), name.size())];
  if (known.size != name.size()) return FieldName::other;
  Words words = words_of(name.data(), name.size());
  uint64_t differing = ((words.first | known.case_of.first) ^ known.words.first) |
                       ((words.middle | known.case_of.middle) ^ known.words.middle) |
                       ((words.last | known.case_of.last) ^ known.words.last);
  return differing == 0 ? known.name : FieldName::other;
}

bool is_token(std::string_view name) { return !name.empty() && scan::all<scan::Token>(name); }

bool is_field_value(std::string_view value) { return scan::all<scan::FieldValue>(value); }

std::string_view Fields::value(std::string_view name) const {
  for (const Field& field : all_) {
    if (equals_ignoring_case(field.name, name)) return field.value;
  }
  return {};
}

std::string Fields::joined(FieldName name) const {
  std::string joined;
  if (!has(name)) return joined;
  bool first = true;
  for (const Field& field : all_) {
    if (field.known != name) continue;
    if (!first) joined += ", ";
    first = false;
    joined += field.value;
  }
  return joined;
}

}  // namespace webserv
