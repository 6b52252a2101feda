// Conditional requests (RFC 9110 13): entity tags, the preconditions in their order, and If-Range.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "webserv/http/fields.h"
#include "webserv/http/method.h"

namespace webserv::detail {

// An entity tag (RFC 9110 8.8.3). Borrows its text.
struct EntityTag {
  bool weak = false;
  std::string_view opaque;  // with its quotes

  bool operator==(const EntityTag&) const = default;
};

// The whole text is one entity tag; else nothing.
std::optional<EntityTag> parse_entity_tag(std::string_view text);

// RFC 9110 8.8.3.2.
inline bool strongly_equal(const EntityTag& a, const EntityTag& b) {
  return !a.weak && !b.weak && a.opaque == b.opaque;
}
inline bool weakly_equal(const EntityTag& a, const EntityTag& b) { return a.opaque == b.opaque; }

// What is known of the representation that is there now.
struct Validators {
  std::string_view etag{};                 // as in its ETag field; empty where it has none
  std::optional<int64_t> last_modified{};  // as in its Last-Modified field, in seconds since 1970
  bool exists = true;                      // false: there is none yet, as for a PUT that would create it
};

enum class Outcome : uint8_t {
  proceed,
  not_modified,         // 304
  precondition_failed,  // 412
};

constexpr FieldSet precondition_fields = field_set(FieldName::if_match, FieldName::if_unmodified_since,
                                                   FieldName::if_none_match, FieldName::if_modified_since);

// What the preconditions of a request ask for (RFC 9110 13.2.2), provided that it would be answered with 2xx without
// them (13.2.1: the caller knows). `now`, in seconds since 1970, is for dates with two-digit years.
//   1 If-Match, strongly compared; 2 If-Unmodified-Since where there is no If-Match; 3 If-None-Match, weakly compared;
//   4 If-Modified-Since where there is no If-None-Match, for GET and HEAD.
// Lists may be spread over several fields; what is no entity tag in them matches nothing, and "*" means anything where
// it stands alone. A date that is none, or repeated, or asked for where Last-Modified is not known, is ignored.
// CONNECT, OPTIONS and TRACE have no preconditions.
Outcome evaluate_preconditions(Method method, const Fields& fields, const Validators& validators, int64_t now);

// The same, inline for the common case of a request without any.
inline Outcome evaluate(Method method, const Fields& fields, const Validators& validators, int64_t now) {
  if (!fields.any(precondition_fields)) return Outcome::proceed;
  return evaluate_preconditions(method, fields, validators, now);
}

// Whether the value of an If-Range field names the current representation, so that a Range may be answered (RFC 9110
// 13.1.5): by a strong entity tag. A date never does, for nobody knows that nothing changed twice within its second
// (8.8.2.2): a client could join parts of two states.
bool if_range_holds(std::string_view value, const Validators& validators);

}  // namespace webserv::detail
