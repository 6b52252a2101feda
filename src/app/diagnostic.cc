#include "app/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>

#include "webserv/base/log_text.h"

namespace webserv {
namespace {

// Bytes of a text that a message repeats.
constexpr size_t most_quoted = 80;

}  // namespace

std::string to_string(const Diagnostic& diagnostic) {
  std::string text = diagnostic.file;
  const SourcePlace place = diagnostic.region.begin;
  if (place.line != 0) text += fmt::format(":{}:{}", place.line, place.column);
  text += ": error: " + diagnostic.message;
  if (!diagnostic.suggestion.empty()) text += "; " + diagnostic.suggestion;
  std::string safe;
  log_text::append_message(safe, text);
  return safe;
}

std::string shortened(std::string_view text) {
  if (text.size() <= most_quoted) return std::string(text);
  size_t end = most_quoted;
  // Not within a character: its further bytes are 10xxxxxx.
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return fmt::format("{}...", text.substr(0, end));
}

std::string in_quotes(std::string_view text) { return fmt::format("`{}`", shortened(text)); }

void Findings::add(Region region, std::string key, std::string message, std::string suggestion) {
  ++count_;
  if (counts_only(region)) return;
  kept_.push_back({file_, region, std::move(key), std::move(message), std::move(suggestion)});
  if (kept_.size() < most_kept) return;
  sort();
  kept_.resize(most_told);
  last_told_ = kept_.back().region.begin;
}

void Findings::sort() {
  std::ranges::sort(kept_, {}, [](const Diagnostic& diagnostic) {
    return std::pair(diagnostic.region.begin, std::string_view(diagnostic.message));
  });
}

std::vector<Diagnostic> Findings::take() && {
  sort();
  if (count_ > most_told) {
    kept_.resize(most_told);
    const Region last = kept_.back().region;
    kept_.push_back({file_, last, {}, fmt::format("{} more errors are not shown", count_ - most_told), {}});
  }
  return std::move(kept_);
}

}  // namespace webserv
