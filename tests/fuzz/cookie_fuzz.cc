// The pairs of a Cookie field are parts of it, and written again they are read as the same; what Set-Cookie accepts
// stays one field, and comes back as the cookie that was set.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "webserv/http/cookie.h"
#include "webserv/http/cookie_pairs.h"

namespace {

using namespace webserv;
using namespace webserv::detail;
using Pairs = std::vector<std::pair<std::string_view, std::string_view>>;

void require(bool holds) {
  if (!holds) std::abort();
}

Pairs pairs_of(std::string_view field) {
  Pairs pairs;
  for_each_cookie(field, [&](std::string_view name, std::string_view value) {
    pairs.emplace_back(name, value);
    return true;
  });
  return pairs;
}

void check_reading(std::string_view field) {
  std::string again;
  const char* at = field.data();
  Pairs pairs = pairs_of(field);
  for (const auto& [name, value] : pairs) {
    require(!name.empty() && name.find_first_of("=;") == std::string_view::npos);
    require(value.find(';') == std::string_view::npos);
    require(name.data() >= at && name.data() + name.size() < value.data());
    at = value.data() + value.size();
    require(at <= field.data() + field.size());
    again.append(name).append("=").append(value).append("; ");
  }
  require(pairs_of(again) == pairs);
  for (auto pair = pairs.rbegin(); pair != pairs.rend(); ++pair) {
    std::string_view found = cookie_value(field, pair->first);
    bool first = true;
    for (auto earlier = pair + 1; earlier != pairs.rend(); ++earlier) first = first && earlier->first != pair->first;
    require(!first || found == pair->second);
  }
}

std::string_view take_line(std::string_view& text) {
  size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

void check_writing(std::string_view text) {
  SetCookie cookie;
  auto flags = static_cast<unsigned char>(text.empty() ? '\0' : text[0]);
  text.remove_prefix(text.empty() ? 0 : 1);
  cookie.secure = (flags & 1) != 0;
  cookie.http_only = (flags & 2) != 0;
  cookie.same_site = static_cast<SameSite>((flags >> 2) & 3);
  if ((flags & 16) != 0) cookie.max_age = std::chrono::seconds(flags);
  cookie.name = take_line(text);
  cookie.value = take_line(text);
  cookie.path = take_line(text);
  cookie.domain = take_line(text);

  std::expected<std::string, std::string_view> field = write_set_cookie(cookie);
  if (!field) return require(!field.error().empty());
  for (char c : *field) require(c >= 0x20 && c < 0x7f);
  size_t attributes = (cookie.secure ? 1u : 0u) + (cookie.http_only ? 1u : 0u) + (cookie.max_age ? 1u : 0u) +
                      (cookie.path.empty() ? 0u : 1u) + (cookie.domain.empty() ? 0u : 1u) +
                      (cookie.same_site == SameSite::unset ? 0u : 1u);
  require(static_cast<size_t>(std::count(field->begin(), field->end(), ';')) == attributes);
  Pairs pairs = pairs_of(*field);
  require(!pairs.empty() && pairs[0].first == cookie.name && pairs[0].second == cookie.value);
  require(cookie.path.empty() || cookie_value(*field, "Path") == cookie.path || cookie.name == "Path");
  require(cookie.domain.empty() || cookie_value(*field, "Domain") == cookie.domain || cookie.name == "Domain");
  if (cookie.name.starts_with("__Host-")) {
    require(cookie.secure && cookie.path == "/" && cookie.domain.empty());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  check_reading(text);
  check_writing(text);
  return 0;
}
