#include "app/text/suggestion.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "webserv/base/text.h"

namespace webserv::app {

using namespace detail;

namespace {

// No word of the configuration is longer; a longer text is no slip, and the distance costs time.
constexpr size_t longest_word = 64;

std::string without_style(std::string_view text) {
  std::string plain = to_lower(text);
  std::ranges::replace(plain, '-', '_');
  return plain;
}

// As "warn" is for "warning".
bool is_short_for(std::string_view begin, std::string_view word) {
  return begin.size() >= 3 && word.starts_with(begin);
}

}  // namespace

size_t edit_distance(std::string_view a, std::string_view b) {
  // Rows of the matrix of Wagner and Fischer, with neighbours swapped as a fourth step (optimal string alignment).
  std::vector<size_t> before(b.size() + 1), last(b.size() + 1), now(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      now[j] = std::min({replaced, last[j] + 1, now[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) now[j] = std::min(now[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, now);
  }
  return last[b.size()];
}

std::string_view closest(std::string_view typed, std::span<const std::string_view> words) {
  if (typed.size() > longest_word) return {};
  const std::string plain = without_style(typed);
  std::string_view best;
  size_t best_distance = 0;
  for (std::string_view word : words) {
    const size_t distance = edit_distance(plain, without_style(word));
    const bool is_slip = distance <= std::max(plain.size(), word.size()) / 3;
    if (!is_slip && !is_short_for(plain, word)) continue;
    if (!best.empty() && distance >= best_distance) continue;
    best = word;
    best_distance = distance;
  }
  return best;
}

std::string written_list(std::string_view text) {
  constexpr std::string_view separators = ", \t;";
  constexpr size_t longest_list = 200;
  if (text.size() > longest_list || text.find_first_of("\"\\") != std::string_view::npos) return {};
  std::string list;
  size_t words = 0;
  for (size_t at = text.find_first_not_of(separators); at < text.size(); ++words) {
    const size_t end = std::min(text.find_first_of(separators, at), text.size());
    if (!list.empty()) list += ", ";
    list.append("\"").append(text.substr(at, end - at)).append("\"");
    at = text.find_first_not_of(separators, end);
  }
  return words > 1 ? '[' + list + ']' : "";
}

std::string did_you_mean(std::string_view typed, std::span<const std::string_view> words) {
  const std::string_view word = closest(typed, words);
  return word.empty() ? "" : "did you mean `" + std::string(word) + "`?";
}

}  // namespace webserv::app
