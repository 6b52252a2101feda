// What a client prefers does not depend on the order of a field's elements, on case or on how the fields are split, and
// the choice is one of those that it rates highest.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "webserv/base/text.h"
#include "webserv/http/accept.h"

namespace {

using namespace webserv;
using namespace webserv::detail;

constexpr std::array<Coding, 3> forward = {Coding::zstd, Coding::br, Coding::gzip};
constexpr std::array<Coding, 3> backward = {Coding::gzip, Coding::br, Coding::zstd};
constexpr std::array<Coding, 4> codings = {Coding::identity, Coding::gzip, Coding::br, Coding::zstd};
constexpr std::array<std::string_view, 3> types = {"text/html", "application/json", "x/*"};

void require(bool holds) {
  if (!holds) std::abort();
}

void check_quality(std::string_view text) {
  std::optional<int> quality = parse_quality(text);
  if (!quality) return;
  require(*quality >= 0 && *quality <= full_quality);
  std::array<char, 16> exact{};
  std::snprintf(exact.data(), exact.size(), "%d.%03d", *quality / full_quality, *quality % full_quality);
  require(parse_quality(exact.data()) == quality);
  require(std::string_view(exact.data()).starts_with(text));
}

void check_choice(const AcceptedCodings& accepted, std::span<const Coding> available) {
  Coding chosen = accepted.choose(available);
  int best = 0;
  for (Coding coding : available) best = std::max(best, accepted.quality(coding));
  if (chosen == Coding::identity) {
    require(best == 0 || accepted.quality(Coding::identity) > best);
    return;
  }
  require(accepted.quality(chosen) == best && best > 0);
  require(accepted.quality(Coding::identity) <= best);
  for (Coding coding : available) {
    if (coding == chosen) break;
    require(accepted.quality(coding) < best);
  }
}

bool equal(const AcceptedCodings& a, const AcceptedCodings& b) {
  return std::all_of(codings.begin(), codings.end(), [&](Coding c) { return a.quality(c) == b.quality(c); });
}

void check_codings(const std::string& value, const std::vector<std::string_view>& elements) {
  AcceptedCodings whole;
  whole.add(value);
  check_choice(whole, forward);
  check_choice(whole, backward);
  check_choice(whole, std::span(forward).first(1));
  require(choose_coding(value, true, forward) == whole.choose(forward));

  AcceptedCodings reversed;
  for (auto element = elements.rbegin(); element != elements.rend(); ++element) reversed.add(*element);
  require(equal(whole, reversed));
  // A weight of 1 says what a bare name says; it is read in another way.
  AcceptedCodings weighed;
  for (std::string_view element : elements) {
    bool bare = element.find(';') == std::string_view::npos;
    weighed.add(std::string(element) + (bare ? ";q=1" : ""));
  }
  require(equal(whole, weighed));
  std::string shouted = value;
  for (char& c : shouted) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  AcceptedCodings upper;
  upper.add(shouted);
  require(equal(whole, upper));
  upper.add("nothing;q=1");
  upper.add(";;;q=1, gzip;q=1.001");
  require(equal(whole, upper));
}

void check_media(const std::string& accept, const std::vector<std::string_view>& elements) {
  std::string reversed;
  for (auto element = elements.rbegin(); element != elements.rend(); ++element) reversed.append(*element).append(",");
  for (std::string_view type : types) {
    int quality = media_quality(accept, type);
    require(quality >= 0 && quality <= full_quality);
    require(elements.empty() || media_quality(reversed, type) == quality);
    require(media_quality(to_lower(accept), type) == quality);
    require(media_quality("*/*;q=0.001," + accept, type) >= (elements.empty() ? 1 : quality));
    require(media_quality(std::string(type) + "," + accept, type) == full_quality);
    for (std::string_view other : types) {
      require(!prefers(accept, type, other) || !prefers(accept, other, type));
      require(!prefers(accept, type, other) || media_quality(accept, type) > 0);
      require(elements.empty() || quality <= media_quality(accept, other) || prefers(accept, type, other));
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string value(reinterpret_cast<const char*>(data), size);
  // An unfinished quoted string goes on into whatever is put behind it.
  if (std::count(value.begin(), value.end(), '"') % 2 != 0 || value.find('\\') != std::string::npos) return 0;
  std::vector<std::string_view> elements;
  for_each_element(value, [&](std::string_view element) {
    elements.push_back(element);
    return true;
  });
  check_quality(value);
  check_codings(value, elements);
  check_media(value, elements);
  return 0;
}
