// The ranges of a field select the bytes that a slow and simple reading of it selects: one mark for each byte.
#include <algorithm>
#include <bitset>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "webserv/http/range.h"

namespace {

using namespace webserv;
using namespace webserv::detail;
using Kind = Ranges::Kind;

constexpr uint64_t most_marks = 200;
using Marks = std::bitset<most_marks>;

void require(bool holds) {
  if (!holds) std::abort();
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Numbers as texts without leading zeros: the longer one, or the later one in the alphabet, is the greater.
bool is_less(const std::string& a, const std::string& b) { return a.size() != b.size() ? a.size() < b.size() : a < b; }
std::string significant(std::string_view digits) {
  std::string number(digits.substr(std::min(digits.find_first_not_of('0'), digits.size())));
  std::string greatest = std::to_string(UINT64_MAX);
  return is_less(greatest, number) ? greatest : number;
}
uint64_t small(const std::string& digits) {
  return digits.size() > 6 ? 1'000'000 : static_cast<uint64_t>(std::atoi(digits.c_str()));
}

struct Expected {
  Kind kind = Kind::ignore;
  Marks marks;
  std::vector<uint64_t> asked;  // the first byte of each satisfiable range, in the order of the field
};

size_t runs(const Marks& marks) {
  size_t count = 0;
  for (size_t i = 0; i < most_marks; ++i) count += marks[i] && (i == 0 || !marks[i - 1]) ? 1 : 0;
  return count;
}

// False: malformed, or a range over the whole of nothing.
bool mark(std::string_view spec, uint64_t length, Expected& expected) {
  size_t dash = spec.find('-');
  if (dash == std::string_view::npos) return false;
  std::string_view before = spec.substr(0, dash);
  std::string_view after = spec.substr(dash + 1);
  if ((!before.empty() && !is_number(before)) || (!after.empty() && !is_number(after))) return false;
  if (before.empty() && after.empty()) return false;
  if (!before.empty() && !after.empty() && is_less(significant(after), significant(before))) return false;
  uint64_t first = before.empty() ? length - std::min(small(significant(after)), length) : small(significant(before));
  uint64_t last = before.empty() || after.empty() ? length : small(significant(after));
  bool empty_suffix = before.empty() && significant(after).empty();
  if (length == 0 && first == 0 && !empty_suffix) return false;
  if (first < length) expected.asked.push_back(first);
  for (uint64_t i = first; i <= last && i < length; ++i) expected.marks.set(i);
  return true;
}

Expected read_slowly(std::string_view value, uint64_t length) {
  Expected expected;
  std::string unit(value.substr(0, 6));
  for (char& c : unit) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  if (unit != "bytes=") return expected;
  size_t specs = 0;
  for (size_t at = 6; at <= value.size();) {
    size_t comma = std::min(value.find(',', at), value.size());
    std::string_view spec = value.substr(at, comma - at);
    at = comma + 1;
    while (!spec.empty() && (spec.front() == ' ' || spec.front() == '\t')) spec.remove_prefix(1);
    while (!spec.empty() && (spec.back() == ' ' || spec.back() == '\t')) spec.remove_suffix(1);
    if (spec.empty()) continue;
    ++specs;
    if (!mark(spec, length, expected) || runs(expected.marks) > Ranges::max_ranges) return expected;
  }
  if (specs != 0) expected.kind = expected.marks.none() ? Kind::unsatisfiable : Kind::satisfiable;
  return expected;
}

void check_small(std::string_view value, uint64_t length) {
  Ranges ranges = Ranges::parse(value, length);
  Expected expected = read_slowly(value, length);
  require(ranges.kind() == expected.kind);
  if (ranges.kind() != Kind::satisfiable) return require(ranges.all().empty());
  Marks marks;
  size_t previous = 0;  // where the first byte of the range before this was asked for
  for (const ByteRange& range : ranges.all()) {
    require(range.first <= range.last && range.last < length);
    for (uint64_t i = range.first; i <= range.last; ++i) marks.set(i);
    auto inside = [&](uint64_t first) { return first >= range.first && first <= range.last; };
    auto place = std::find_if(expected.asked.begin(), expected.asked.end(), inside) - expected.asked.begin();
    require(&range == ranges.all().data() || static_cast<size_t>(place) > previous);
    previous = static_cast<size_t>(place);
  }
  require(marks == expected.marks);
  require(runs(marks) == ranges.all().size());
}

void check_any(std::string_view value, uint64_t length) {
  Ranges ranges = Ranges::parse(value, length);
  uint64_t left = length;
  Byteranges byteranges{"boundary", "text/plain", length};
  uint64_t bytes = byteranges.closing().size();
  for (const ByteRange& range : ranges.all()) {
    require(range.first <= range.last && range.last < length && range.size() <= left);
    left -= range.size();
    std::string text = "bytes " + std::to_string(range.first) + "-" + std::to_string(range.last) + "/";
    require(ContentRange(range, length).view() == text + std::to_string(length));
    // What is told for a range asks for it.
    std::string again = "bytes=" + std::to_string(range.first) + "-" + std::to_string(range.last);
    require(Ranges::parse(again, length).all().size() == 1 && Ranges::parse(again, length).all()[0] == range);
    bytes += byteranges.part_head(range, &range == ranges.all().data()).size() + range.size();
  }
  require(byteranges.content_length(ranges.all()) == bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  uint64_t length = 0;
  if (size < sizeof length) return 0;
  std::memcpy(&length, data, sizeof length);
  std::string_view value(reinterpret_cast<const char*>(data) + sizeof length, size - sizeof length);
  check_any(value, length);
  check_small(value, length % most_marks);
  std::string prefixed = "bytes=" + std::string(value);
  check_any(prefixed, length);
  check_small(prefixed, length % most_marks);
  return 0;
}
