#include "webserv/http/accept.h"

#include <algorithm>
#include <bit>

#include "webserv/base/text.h"

namespace webserv {

using namespace detail;

namespace {

// An element of Accept or Accept-Encoding, taken apart.
struct Preference {
  std::string_view name;  // the coding or media range
  int quality = full_quality;
  bool parameters = false;  // others than q
};

// The text before the next semicolon that is not in a quoted string; takes it and the semicolon from `rest`.
std::string_view take_parameter(std::string_view& rest) {
  bool quoted = false;
  size_t i = 0;
  for (; i < rest.size(); ++i) {
    if (quoted && rest[i] == '\\') {
      ++i;
    } else if (rest[i] == '"') {
      quoted = !quoted;
    } else if (rest[i] == ';' && !quoted) {
      break;
    }
  }
  std::string_view parameter = rest.substr(0, i);
  rest.remove_prefix(std::min(i + 1, rest.size()));
  return trim(parameter);
}

// RFC 9110 12.5.1: q is the weight wherever it stands among the parameters. Nothing where a weight is malformed or
// doubled, or a parameter has no value.
std::optional<Preference> parse_preference(std::string_view element) {
  Preference preference;
  size_t semicolon = element.find(';');
  preference.name = trim(element.substr(0, semicolon));
  if (semicolon == std::string_view::npos) return preference;

  bool weighed = false;
  for (std::string_view rest = element.substr(semicolon + 1); !rest.empty();) {
    std::string_view parameter = take_parameter(rest);
    if (parameter.empty()) continue;
    size_t equals = parameter.find('=');
    if (equals == std::string_view::npos || equals == 0) return std::nullopt;
    if (equals != 1 || to_lower(parameter[0]) != 'q') {
      preference.parameters = true;
      continue;
    }
    std::optional<int> quality = parse_quality(parameter.substr(2));
    if (!quality || weighed) return std::nullopt;
    preference.quality = *quality;
    weighed = true;
  }
  return preference;
}

// The bytes of a short name as a number, so that one comparison tells them all; letters in lower case.
constexpr uint64_t packed(std::string_view name) {
  uint64_t number = 0;
  for (char c : name) number = number << 8 | static_cast<unsigned char>(to_lower(c));
  return number;
}

// How a media range matches a type, from not at all to the most specific.
enum class Match : uint8_t { none, anything, major_type, with_parameters, exact };

Match match(const Preference& range, std::string_view type) {
  if (equals_ignoring_case(range.name, type)) return range.parameters ? Match::with_parameters : Match::exact;
  if (range.name == "*/*") return Match::anything;
  size_t slash = type.find('/');
  bool major = range.name.ends_with("/*") && slash + 2 == range.name.size() &&
               equals_ignoring_case(range.name.substr(0, slash), type.substr(0, slash));
  return major ? Match::major_type : Match::none;
}

struct Verdict {
  Match match = Match::none;
  int quality = 0;
  auto operator<=>(const Verdict&) const = default;
};

// The most specific range decides; of several alike the greatest quality.
Verdict judge(std::string_view accept, std::string_view type) {
  Verdict best;
  for_each_element(accept, [&](std::string_view element) {
    std::optional<Preference> range = parse_preference(element);
    if (!range) return true;
    Verdict verdict{match(*range, type), range->quality};
    if (verdict.match != Match::none) best = std::max(best, verdict);
    return true;
  });
  return best;
}

}  // namespace

std::optional<int> parse_quality(std::string_view text) {
  constexpr size_t longest = 5;  // "0.123"
  if (text.empty() || text.size() > longest || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  int quality = text[0] == '1' ? full_quality : 0;
  int place = full_quality / 10;
  for (size_t i = 2; i < text.size(); ++i, place /= 10) {
    if (!is_digit(text[i])) return std::nullopt;
    quality += (text[i] - '0') * place;
  }
  if (quality > full_quality) return std::nullopt;
  return quality;
}

std::string_view name_of(Coding coding) {
  constexpr std::array<std::string_view, 4> names = {"identity", "gzip", "br", "zstd"};
  return names[static_cast<size_t>(coding)];
}

// Nearly all requests have this field, and nearly all fields are bare names: those are read in one pass, a fourth of
// what the general way costs. What it meets that is more than names and single spaces, it leaves to that. To read an
// element twice does no harm.
void AcceptedCodings::add(std::string_view value) {
  uint64_t name = 0;
  size_t length = 0;
  for (char c : value) {
    if (c > ';') {
      // Letters alone stay what they are in lower case; what others become is in no name.
      name = name << 8 | (static_cast<unsigned char>(c) | 0x20u);
      ++length;
    } else if (c == ',') {
      note(name, length, full_quality);
      name = 0;
      length = 0;
    } else if (c != ' ' || length != 0) {
      return add_elements(value);
    }
  }
  note(name, length, full_quality);
}

void AcceptedCodings::add_elements(std::string_view value) {
  for_each_element(value, [&](std::string_view element) {
    std::optional<Preference> preference = parse_preference(element);
    if (!preference || preference->parameters) return true;
    note(packed(preference->name), preference->name.size(), preference->quality);
    return true;
  });
}

void AcceptedCodings::note(uint64_t name, size_t length, int quality) {
  // Not where bytes are lost: those of a long name that were shifted out, or a NUL in front.
  if ((std::bit_width(name) + 7u) / 8 != length) return;
  auto raise = [quality](int16_t& known) { known = std::max(known, static_cast<int16_t>(quality)); };
  switch (name) {
    case packed("gzip"):
    case packed("x-gzip"): return raise(quality_[static_cast<size_t>(Coding::gzip)]);
    case packed("br"): return raise(quality_[static_cast<size_t>(Coding::br)]);
    case packed("zstd"): return raise(quality_[static_cast<size_t>(Coding::zstd)]);
    case packed("identity"): return raise(quality_[static_cast<size_t>(Coding::identity)]);
    case packed("*"): return raise(any_);
    default: return;
  }
}

int AcceptedCodings::quality(Coding coding) const {
  int16_t own = quality_[static_cast<size_t>(coding)];
  return std::max<int>(own != unsaid ? own : any_, 0);
}

Coding AcceptedCodings::choose(std::span<const Coding> available) const {
  Coding best = Coding::identity;
  int best_quality = 0;
  for (Coding coding : available) {
    if (quality(coding) <= best_quality) continue;
    best = coding;
    best_quality = quality(coding);
  }
  return quality(Coding::identity) > best_quality ? Coding::identity : best;
}

Coding choose_coding(std::string_view accept_encoding, bool present, std::span<const Coding> available) {
  AcceptedCodings accepted;
  if (present) accepted.add(accept_encoding);
  return accepted.choose(available);
}

Coding choose_coding(const Fields& fields, std::span<const Coding> available) {
  AcceptedCodings accepted;
  if (!fields.has(FieldName::accept_encoding) || available.empty()) return Coding::identity;
  for (const Field& field : fields) {
    if (field.known == FieldName::accept_encoding) accepted.add(field.value);
  }
  return accepted.choose(available);
}

int media_quality(std::string_view accept, std::string_view type) {
  return trim(accept).empty() ? full_quality : judge(accept, type).quality;
}

bool prefers(std::string_view accept, std::string_view type, std::string_view other) {
  Verdict a = judge(accept, type);
  Verdict b = judge(accept, other);
  return a.quality != b.quality ? a.quality > b.quality : a.quality > 0 && a.match > b.match;
}

}  // namespace webserv
