#include "app/text/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>

#include "webserv/base/log_text.h"

namespace webserv::app {

using namespace detail;

namespace {

// Bytes of a text that a message repeats.
constexpr size_t most_quoted = 80;

// Gives each its lines of the text. They are in the order of their places.
void add_sources(std::vector<Diagnostic>& diagnostics, std::string_view text) {
  uint32_t line = 1;
  size_t line_begin = 0;
  for (Diagnostic& diagnostic : diagnostics) {
    const auto [begin, end] = diagnostic.region;
    for (; line < begin.line; ++line) {
      const size_t line_end = text.find('\n', line_begin);
      if (line_end == std::string_view::npos) break;
      line_begin = line_end + 1;
    }
    if (line != begin.line) continue;
    const uint32_t lines = std::min(end.line - begin.line + 1, Findings::most_lines);
    size_t source_end = text.find('\n', line_begin);
    for (uint32_t i = 1; i < lines && source_end < text.size(); ++i) source_end = text.find('\n', source_end + 1);
    diagnostic.source = text.substr(line_begin, source_end - line_begin);
  }
}

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
  while (end > 0 && !begins_character(text[end])) --end;
  return fmt::format("{}...", text.substr(0, end));
}

std::string in_quotes(std::string_view text) { return fmt::format("`{}`", shortened(text)); }

void Findings::add(Region region, std::string message, std::string suggestion) {
  if (is_spoilt(region)) return;
  ++count_;
  if (counts_only(region)) return;
  kept_.push_back({file_, region, std::move(message), std::move(suggestion)});
  if (kept_.size() < most_kept) return;
  sort();
  kept_.resize(most_shown);
  last_shown_ = kept_.back().region.begin;
}

bool Findings::is_spoilt(Region region) const {
  const auto next = std::ranges::lower_bound(spoilt_, region.begin);
  return next != spoilt_.end() && *next < region.end;
}

void Findings::sort() {
  std::ranges::sort(kept_, {}, [](const Diagnostic& diagnostic) {
    return std::pair(diagnostic.region.begin, std::string_view(diagnostic.message));
  });
}

std::vector<Diagnostic> Findings::take(std::string_view text) && {
  sort();
  if (count_ > most_shown) {
    kept_.resize(most_shown);
    const Region last = kept_.back().region;
    kept_.push_back({file_, last, fmt::format("{} more errors are not shown", count_ - most_shown), {}});
  }
  add_sources(kept_, text);
  return std::move(kept_);
}

}  // namespace webserv::app
