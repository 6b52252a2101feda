// Byte ranges (RFC 9110 14): which parts of a representation a Range field asks for, and how they are told in a
// response. A Range is looked at for GET alone (RFC 9110 14.2), and only once the preconditions and If-Range hold.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace webserv::detail {

// Both ends belong to it.
struct ByteRange {
  uint64_t first = 0;
  uint64_t last = 0;

  uint64_t size() const { return last - first + 1; }
  bool operator==(const ByteRange&) const = default;
};

class Ranges {
 public:
  enum class Kind : uint8_t {
    ignore,         // answer as if there were no Range: 200
    unsatisfiable,  // 416 with "Content-Range: bytes */LENGTH"
    satisfiable,    // 206: one range as it is, several as multipart/byteranges
  };

  // A field with more satisfiable ranges than this is a flood, and ignored as RFC 9110 14.2 allows. Readers of PDF and
  // zip files, who ask for many, ask for fewer, and can live with 200.
  static constexpr size_t max_ranges = 16;

  // Reads the value of a Range field for a representation of `length` bytes. The ranges keep the order in which they
  // were asked for; those that overlap or touch are one, which stands where the first of them stood (RFC
  // 9110 15.3.7.2). So their sizes never add up to more than `length`. Positions may have any number of digits (RFC
  // 9110 14.1.1): those beyond the end are cut or unsatisfiable, and those above 2^64-1 all count as that number.
  //
  // Ignored: a unit other than "bytes" (compared without case), anything malformed in any of the ranges, a range whose
  // last position is before its first, an empty set, a flood; and, of an empty representation, ranges from its
  // beginning and suffixes, since no Content-Range could tell that they were served. A repeated Range field is
  // malformed: the caller ignores it, or hands over all values joined by a comma.
  static Ranges parse(std::string_view value, uint64_t length);

  Kind kind() const { return kind_; }

  // Of a satisfiable field: one at least, disjoint, each within the length. Else none.
  std::span<const ByteRange> all() const { return {ranges_.data(), count_}; }

 private:
  friend class RangeReader;
  bool add(ByteRange range);
  void drop(size_t at);

  Kind kind_ = Kind::ignore;
  size_t count_ = 0;
  std::array<ByteRange, max_ranges> ranges_{};
};

// The value of a Content-Range field (RFC 9110 14.4), without allocating.
class ContentRange {
 public:
  // "bytes 0-99/1000"
  ContentRange(ByteRange range, uint64_t length);
  // "bytes */1000", for 416.
  static ContentRange unsatisfied(uint64_t length);

  std::string_view view() const { return {text_.data(), size_}; }

 private:
  ContentRange() = default;
  void put(std::string_view text);
  void put(uint64_t number);

  std::array<char, 72> text_{};  // "bytes ", three numbers of up to 20 digits, two separators
  size_t size_ = 0;
};

// The body of a response with several ranges, multipart/byteranges (RFC 9110 14.6): for each range its part_head() and
// its bytes, then closing(). Borrows its texts.
struct Byteranges {
  std::string_view boundary;  // 1 to 70 letters and digits that do not occur in the representation: random ones
  std::string_view type;      // of the representation; where it is empty the parts name none
  uint64_t length = 0;        // of the whole representation

  // "multipart/byteranges; boundary=B", for the response's own Content-Type.
  std::string content_type() const;

  // What stands before the bytes of `range`, with the line break that ends the part before unless this is the first.
  std::string part_head(ByteRange range, bool first) const;

  // What stands after the bytes of the last range.
  std::string closing() const;

  // Bytes of the whole body: the response's Content-Length.
  uint64_t content_length(std::span<const ByteRange> ranges) const;
};

}  // namespace webserv::detail
