#include "app/text/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "app/text/cells.h"
#include "app/text/json.h"

namespace webserv::app {
namespace {

// Columns of a line that are shown, and how many of them stand before a token that is far behind.
constexpr size_t most_shown = 100;
constexpr size_t most_before = 40;
constexpr std::string_view cut = "...";

// ECMA-48 8.3.117.
constexpr std::string_view bold = "\x1b[1m";
constexpr std::string_view red = "\x1b[1;31m";
constexpr std::string_view green = "\x1b[32m";
constexpr std::string_view blue = "\x1b[34m";
constexpr std::string_view plain = "\x1b[m";

std::string visible(std::string_view text) {
  std::string shown;
  for (const Cell& cell : cells_of(text)) shown += cell.shown;
  return shown;
}

// A line, the part of it that is shown, and the carets below.
struct Excerpt {
  std::string line;
  size_t before = 0;  // columns before the carets
  size_t carets = 0;
};

size_t width_of(std::span<const Cell> cells) {
  size_t width = 0;
  for (const Cell& cell : cells) width += cell.width;
  return width;
}

// Marks the cells from `begin` to before `end`, of which both may be behind the last one.
Excerpt excerpt(std::string_view line, size_t begin, size_t end) {
  const std::vector<Cell> all = cells_of(line);
  begin = std::min(begin, all.size());
  end = std::clamp(end, begin, all.size());
  size_t first = 0;
  size_t last = all.size();
  if (width_of(all) > most_shown) {
    first = begin;
    for (size_t width = 0; first > 0 && width < most_before; width += all[first].width) --first;
    last = first;
    for (size_t width = 0; last < all.size() && width < most_shown; ++last) width += all[last].width;
  }
  end = std::min(end, last);
  Excerpt shown;
  if (first > 0) shown.line = cut;
  shown.before = shown.line.size() + width_of(std::span(all).subspan(first, begin - first));
  for (size_t i = first; i < last; ++i) shown.line += all[i].shown;
  if (last < all.size()) shown.line += cut;
  shown.carets = std::max<size_t>(width_of(std::span(all).subspan(begin, end - begin)), 1);
  return shown;
}

class Report {
 public:
  Report(const Diagnostic& diagnostic, Colours colours) : diagnostic_(diagnostic), colours_(colours) {}

  std::string text() {
    add_reason();
    const bool has_source = diagnostic_.region.begin.line != 0;
    const bool ends_in_carets = has_source && add_source();
    if (!diagnostic_.suggestion.empty()) {
      text_ += ends_in_carets ? " " : fmt::format("\n  {} ", painted("=", blue));
      text_ += painted(visible(diagnostic_.suggestion), green);
    }
    return std::move(text_) + '\n';
  }

 private:
  std::string painted(std::string_view text, std::string_view colour) const {
    if (colours_ == Colours::off) return std::string(text);
    return fmt::format("{}{}{}", colour, text, plain);
  }

  void add_reason() {
    const SourcePlace place = diagnostic_.region.begin;
    std::string where = visible(diagnostic_.file);
    if (place.line != 0) where += fmt::format(":{}:{}", place.line, place.column);
    text_ += fmt::format("{} {} {}", painted(where + ':', bold), painted("error:", red),
                         painted(visible(diagnostic_.message), bold));
  }

  // Each line of the token with its carets. False where the last one has none.
  bool add_source() {
    const auto [begin, end] = diagnostic_.region;
    const size_t margin = fmt::formatted_size("{}", std::max(begin.line, end.line));
    std::string_view rest = diagnostic_.source;
    for (uint32_t number = begin.line;; ++number) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      const size_t indent = std::min(line.find_first_not_of(" \t"), line.size());
      const size_t first = number == begin.line ? begin.column - 1 : indent;
      const size_t behind = number == end.line ? end.column - 1 : std::string_view::npos;
      // The end of a token may be the beginning of a line: nothing of it is there.
      const bool has_carets = number == begin.line || first < behind;
      if (has_carets) add_line(number, margin, excerpt(without_break(line), first, behind));
      if (line.size() == rest.size()) return has_carets;
      rest.remove_prefix(line.size() + 1);
    }
  }

  static std::string_view without_break(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }

  void add_line(uint32_t number, size_t margin, const Excerpt& shown) {
    text_ += fmt::format("\n  {} {}", painted(fmt::format("{:>{}} |", number, margin), blue), shown.line);
    // No blanks at the end of a line.
    text_.erase(text_.find_last_not_of(' ') + 1);
    text_ += fmt::format("\n  {} {}{}", painted(fmt::format("{:>{}} |", "", margin), blue),
                         std::string(shown.before, ' '), painted(std::string(shown.carets, '^'), red));
  }

  const Diagnostic& diagnostic_;
  const Colours colours_;
  std::string text_;
};

}  // namespace

Colours choose_colours(bool is_terminal, const char* no_color, const char* terminal) {
  const bool refused = no_color != nullptr && *no_color != '\0';
  const bool dumb = terminal == nullptr || std::string_view(terminal) == "dumb";
  return is_terminal && !refused && !dumb ? Colours::on : Colours::off;
}

std::string report(const Diagnostic& diagnostic, Colours colours) { return Report(diagnostic, colours).text(); }

std::string report(std::span<const Diagnostic> diagnostics, Colours colours) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics) text += report(diagnostic, colours);
  // Where there are too many, the last one says how many more there are.
  if (diagnostics.size() > Findings::most_shown) return text;
  return text + fmt::format("{} error{}\n", diagnostics.size(), diagnostics.size() == 1 ? "" : "s");
}

std::string to_json(std::span<const Diagnostic> diagnostics) {
  JsonWriter json;
  json.array([&] {
    for (const Diagnostic& diagnostic : diagnostics) {
      json.object([&] {
        const auto& [begin, end] = diagnostic.region;
        json.member("file", diagnostic.file);
        json.member("line", uint64_t{begin.line});
        json.member("column", uint64_t{begin.column});
        json.member("endLine", uint64_t{end.line});
        json.member("endColumn", uint64_t{end.column});
        json.member("severity", "error");
        json.member("message", diagnostic.message);
        json.member("suggestion", diagnostic.suggestion);
      });
    }
  });
  return std::move(json).take();
}

}  // namespace webserv::app
