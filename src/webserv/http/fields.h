// The fields of a request (RFC 9110 5): views into the connection's buffer, in the order they came, with an index of
// the names the server itself looks at.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "webserv/http/field_name.h"

namespace webserv {

// Which of the names above this is, without regard to case.
FieldName field_name(std::string_view name);

// Whether `name` is a token (RFC 9110 5.6.2), as every field name must be.
bool is_token(std::string_view name);

// Whether `value` may stand in a field: no control byte but HTAB (RFC 9110 5.5).
bool is_field_value(std::string_view value);

struct Field {
  std::string_view name;
  std::string_view value;
  FieldName known = FieldName::other;
};

// A set of known names, for one-test questions such as "is there any precondition?".
using FieldSet = uint32_t;
template <class... Names>
constexpr FieldSet field_set(Names... names) {
  return ((FieldSet{1} << static_cast<unsigned>(names)) | ... | FieldSet{0});
}

class Fields {
 public:
  void clear() {
    all_.clear();
    size_ = 0;
    present_ = 0;
    repeated_ = 0;
  }
  void add(const Field& field) {
    // Names that are `other` take part too: nobody asks for them, and a test would cost more.
    FieldSet bit = field_set(field.known);
    if (present_ & bit) {
      repeated_ |= bit;
    } else {
      present_ |= bit;
      first_[static_cast<size_t>(field.known)] = size_;
    }
    ++size_;
    all_.push_back(field);
  }

  bool has(FieldName name) const { return any(field_set(name)); }
  bool any(FieldSet names) const { return (present_ & names) != 0; }
  bool repeated(FieldName name) const { return (repeated_ & field_set(name)) != 0; }

  // The first value of a known name, or "" where there is none.
  std::string_view value(FieldName name) const {
    return has(name) ? all_[first_[static_cast<size_t>(name)]].value : std::string_view();
  }

  // The first value of any name, compared without case, or "".
  std::string_view value(std::string_view name) const;

  // All values of a known name, joined by ", " (RFC 9110 5.3).
  std::string joined(FieldName name) const;

  size_t size() const { return size_; }
  std::vector<Field>::const_iterator begin() const { return all_.begin(); }
  std::vector<Field>::const_iterator end() const { return all_.end(); }

 private:
  std::vector<Field> all_;
  uint32_t size_ = 0;  // of it; it would take a division
  FieldSet present_ = 0;
  FieldSet repeated_ = 0;
  std::array<uint32_t, static_cast<size_t>(FieldName::count_)> first_{};  // valid where present_ has the bit
};

}  // namespace webserv
