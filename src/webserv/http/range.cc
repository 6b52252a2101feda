#include "webserv/http/range.h"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cstring>
#include <limits>
#include <optional>

#include "webserv/base/text.h"

namespace webserv::detail {
namespace {

constexpr std::string_view unit_prefix = "bytes=";
constexpr uint64_t greatest = std::numeric_limits<uint64_t>::max();

// The whole text is 1*DIGIT; a number that does not fit is the greatest one, which is beyond every end as well.
std::optional<uint64_t> parse_position(std::string_view text) {
  if (text.empty()) return std::nullopt;
  uint64_t value = 0;
  for (char c : text) {
    if (!is_digit(c)) return std::nullopt;
    auto digit = static_cast<uint64_t>(c - '0');
    value = value > (greatest - digit) / 10 ? greatest : value * 10 + digit;
  }
  return value;
}

}  // namespace

// Reads the range-specs of one field, one by one.
class RangeReader {
 public:
  RangeReader(Ranges& ranges, uint64_t length) : ranges_(ranges), length_(length) {}

  // False: the field is to be ignored.
  bool read(std::string_view spec) {
    size_t dash = spec.find('-');
    if (dash == std::string_view::npos) return false;
    std::string_view before = spec.substr(0, dash);
    std::string_view after = spec.substr(dash + 1);
    return before.empty() ? read_suffix(after) : read_int_range(before, after);
  }

 private:
  // RFC 9110 14.1.2: suffix-range = "-" suffix-length
  bool read_suffix(std::string_view digits) {
    std::optional<uint64_t> suffix = parse_position(digits);
    if (!suffix) return false;
    if (*suffix == 0) return true;  // is never satisfiable
    if (length_ == 0) return false;
    return ranges_.add({length_ - std::min(*suffix, length_), length_ - 1});
  }

  // RFC 9110 14.1.1: int-range = first-pos "-" [ last-pos ]
  bool read_int_range(std::string_view first_digits, std::string_view last_digits) {
    std::optional<uint64_t> first = parse_position(first_digits);
    std::optional<uint64_t> last = last_digits.empty() ? greatest : parse_position(last_digits);
    if (!first || !last || *last < *first) return false;
    if (*first >= length_) return length_ != 0 || *first != 0;  // not satisfiable, but for the beginning of nothing
    return ranges_.add({*first, std::min(*last, length_ - 1)});
  }

  Ranges& ranges_;
  const uint64_t length_;
};

Ranges Ranges::parse(std::string_view value, uint64_t length) {
  Ranges ranges;
  if (!equals_ignoring_case(value.substr(0, unit_prefix.size()), unit_prefix)) return ranges;
  RangeReader reader(ranges, length);
  size_t specs = 0;
  bool good = true;
  for_each_element(value.substr(unit_prefix.size()), [&](std::string_view spec) {
    ++specs;
    good = reader.read(spec);
    return good;
  });
  if (!good || specs == 0) {
    ranges.count_ = 0;
  } else {
    ranges.kind_ = ranges.count_ == 0 ? Kind::unsatisfiable : Kind::satisfiable;
  }
  return ranges;
}

// False where there is no more room. Ranges that are held are disjoint and do not touch; `range` may join several.
bool Ranges::add(ByteRange range) {
  size_t place = count_;  // of the first one that it joins
  for (size_t i = 0; i < count_;) {
    const ByteRange& other = ranges_[i];
    // No end is above the length less one, so that one more does not overflow.
    if (range.first > other.last + 1 || other.first > range.last + 1) {
      ++i;
      continue;
    }
    range = {std::min(range.first, other.first), std::max(range.last, other.last)};
    if (place == count_) {
      place = i++;
    } else {
      drop(i);
    }
  }
  if (place == max_ranges) return false;
  ranges_[place] = range;
  if (place == count_) ++count_;
  return true;
}

void Ranges::drop(size_t at) {
  ByteRange* hole = ranges_.data() + at;
  std::copy(hole + 1, ranges_.data() + count_, hole);
  --count_;
}

ContentRange::ContentRange(ByteRange range, uint64_t length) {
  put("bytes ");
  put(range.first);
  put("-");
  put(range.last);
  put("/");
  put(length);
}

ContentRange ContentRange::unsatisfied(uint64_t length) {
  ContentRange text;
  text.put("bytes */");
  text.put(length);
  return text;
}

void ContentRange::put(std::string_view text) {
  std::memcpy(text_.data() + size_, text.data(), text.size());
  size_ += text.size();
}

void ContentRange::put(uint64_t number) {
  char* end = std::to_chars(text_.data() + size_, text_.data() + text_.size(), number).ptr;
  size_ = static_cast<size_t>(end - text_.data());
}

std::string Byteranges::content_type() const { return std::string("multipart/byteranges; boundary=").append(boundary); }

std::string Byteranges::part_head(ByteRange range, bool first) const {
  std::string head(first ? "--" : "\r\n--");
  head.append(boundary).append("\r\n");
  if (!type.empty()) head.append("Content-Type: ").append(type).append("\r\n");
  return head.append("Content-Range: ").append(ContentRange(range, length).view()).append("\r\n\r\n");
}

std::string Byteranges::closing() const { return std::string("\r\n--").append(boundary).append("--\r\n"); }

uint64_t Byteranges::content_length(std::span<const ByteRange> ranges) const {
  uint64_t bytes = closing().size();
  for (const ByteRange& range : ranges) {
    bytes += part_head(range, &range == ranges.data()).size() + range.size();
  }
  return bytes;
}

}  // namespace webserv::detail
