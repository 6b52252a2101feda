// What the client would rather have (RFC 9110 12.4.2 and 12.5): quality values, content codings, media types.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "webserv/http/fields.h"

namespace webserv {

// Quality values are thousandths, exact: 0 is "not acceptable", 1000 the greatest.
constexpr int full_quality = 1000;

// The whole text is a qvalue (RFC 9110 12.4.2: 0 to 1 with up to three decimals); else nothing.
std::optional<int> parse_quality(std::string_view text);

enum class Coding : uint8_t { identity, gzip, br, zstd };

// "gzip", as in Content-Encoding.
std::string_view name_of(Coding coding);

// The content codings that a request accepts (RFC 9110 12.5.3).
class AcceptedCodings {
 public:
  // Takes in the value of one Accept-Encoding field; call it for each that there is. Without any, and where all are
  // empty, identity alone is accepted. Malformed elements are ignored; of several for a coding the greatest counts.
  // "x-gzip" is gzip (RFC 9110 8.4.1.3).
  void add(std::string_view value);

  // The quality of a coding: the field's own word on it, or that of "*"; 0 where there is neither. For identity that
  // means: it is not asked for, yet may be sent unless something else is wanted.
  int quality(Coding coding) const;

  // The best of `available`, which is in the server's order of preference and leaves identity out: that of the greatest
  // quality, among equals the first; identity where its quality is greater than that, or where none is acceptable. So
  // identity is also the answer where the client excludes it and everything else: it is better than no answer.
  Coding choose(std::span<const Coding> available) const;

 private:
  void add_elements(std::string_view value);
  void note(uint64_t name, size_t length, int quality);

  static constexpr int16_t unsaid = -1;
  std::array<int16_t, 4> quality_ = {unsaid, unsaid, unsaid, unsaid};  // by Coding
  int16_t any_ = unsaid;                                               // of "*"
};

// The coding of the answer to a request with one Accept-Encoding field, or (not `present`) none.
Coding choose_coding(std::string_view accept_encoding, bool present, std::span<const Coding> available);

// The coding of the answer to a request, which may have repeated fields.
Coding choose_coding(const Fields& fields, std::span<const Coding> available);

// The quality that the value of an Accept field gives to `type`, a media type without parameters: that of the most
// specific range which matches (RFC 9110 12.5.1); 0 where none does; 1000 where the field is empty or absent. Malformed
// ranges are ignored. A range with parameters of its own ("text/html;level=1") matches too, but less than the type
// alone: clients say "application/json; charset=utf-8" and mean JSON.
int media_quality(std::string_view accept, std::string_view type);

// Whether the client prefers `type` to `other`: by a greater quality, or, at the same above 0, by a more specific
// range, as in "application/json, */*". An empty or absent field prefers nothing.
bool prefers(std::string_view accept, std::string_view type, std::string_view other);

inline bool prefers_json(std::string_view accept) { return prefers(accept, "application/json", "text/html"); }

}  // namespace webserv
