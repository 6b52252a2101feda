#include "app/toml/toml_guard.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "app/text/values.h"
#include "webserv/base/text.h"

namespace webserv::app {

using namespace detail;

namespace {

using namespace std::literals;

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

Region one_character(SourcePlace place) { return {place, {place.line, place.column + 1}}; }

// As Windows saves it: with a mark in front, or every second byte of the first characters a NUL.
bool is_utf16(std::string_view text) {
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) return true;
  const auto is_pair = [&](size_t at) { return (text[at] == '\0') != (text[at + 1] == '\0'); };
  return text.size() >= 4 && text.size() % 2 == 0 && is_pair(0) && is_pair(2);
}

// False where a parser may not read it.
bool check_line(std::string_view line, uint32_t number, const TomlLimits& limits, Findings& findings) {
  if (line.size() > limits.line) {
    findings.add(one_character({number, 1}),
                 fmt::format("this line has {} bytes, more than the {} that are allowed", line.size(), limits.line),
                 "break it where TOML lets you: between the elements of a list, or in a text in three quotes");
  }
  SourcePlace place{number, 1};
  bool has_nul = false;
  bool has_bad_byte = false;
  for (size_t i = 0; i < line.size(); ++place.column) {
    const size_t size = character_size(line.substr(i));
    if (size == 0 && !has_bad_byte) {
      has_bad_byte = true;
      findings.add(one_character(place),
                   fmt::format("the byte 0x{:02X} is no UTF-8 here", static_cast<unsigned char>(line[i])),
                   "save the file as UTF-8");
    }
    if (line[i] == '\0' && !has_nul) {
      has_nul = true;
      findings.add(one_character(place), "a NUL stands here", "remove it");
    }
    if (size == 0 || line[i] == '\0') findings.spoil(place);
    i += std::max<size_t>(size, 1);
  }
  return line.size() <= limits.line;
}

// Follows the text as TOML from value to value, without building anything. Stops where it is certain that no TOML
// parser goes on.
class Depth {
 public:
  Depth(std::string_view text, const TomlLimits& limits) : text_(text), limits_(limits) {}

  // Why the text is too deep, and with place() where; "" if it is not.
  std::string_view fault() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"' || c == '\'') {
        if (!skip_string(c)) return {};
        continue;
      }
      if (c == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
        continue;
      }
      if (c == '.' && ++parts_ > limits_.key_parts) return "this key has too many parts";
      if (c == '[' || c == '{') ++nesting_;
      if ((c == ']' || c == '}') && nesting_ > 0) --nesting_;
      if (nesting_ > limits_.nesting) return "these lists and tables are nested too deep";
      // What may stand around a key: the next one begins anew.
      if (std::string_view("\n=,[]{}").find(c) != std::string_view::npos) parts_ = 1;
      ++at_;
    }
    return {};
  }

  SourcePlace place() const {
    const std::string_view before = text_.substr(0, at_);
    const size_t line_begin = before.rfind('\n') + 1;  // 0 where there is none
    return {static_cast<uint32_t>(std::ranges::count(before, '\n') + 1),
            count_characters(before.substr(line_begin)) + 1};
  }

 private:
  // Goes behind the text that begins here with the quote; false where it has no end.
  bool skip_string(char quote) {
    const bool escapes = quote == '"';
    if (quotes_here(quote, 3) < 3) {
      for (++at_; at_ < text_.size() && text_[at_] != '\n'; ++at_) {
        if (text_[at_] == quote) {
          ++at_;
          return true;
        }
        // A break cannot be escaped here, so the line's end is looked at as well.
        if (escapes && text_[at_] == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] != '\n') ++at_;
      }
      return false;
    }
    for (at_ += 3; at_ < text_.size();) {
      // One or two quotes may stand before the three that end it (TOML 1.0, String).
      const size_t quotes = quotes_here(quote, 5);
      if (quotes >= 3) {
        at_ += quotes;
        return true;
      }
      if (quotes > 0) {
        at_ += quotes;
      } else {
        at_ += escapes && text_[at_] == '\\' ? 2 : 1;
      }
    }
    return false;
  }

  // How many of these quotes stand here, up to `most`.
  size_t quotes_here(char quote, size_t most) const {
    size_t count = 0;
    while (count < most && at_ + count < text_.size() && text_[at_ + count] == quote) ++count;
    return count;
  }

  const std::string_view text_;
  const TomlLimits& limits_;
  size_t at_ = 0;
  size_t parts_ = 1;
  size_t nesting_ = 0;
};

}  // namespace

bool guard_toml(std::string_view text, Findings& findings, const TomlLimits& limits) {
  if (text.size() > limits.size) {
    findings.add({}, fmt::format("the file has {} bytes, more than the {} that are allowed", text.size(),
                                 format_number(limits.size, Unit::bytes)));
    return false;
  }
  if (is_utf16(text)) {
    findings.add({{1, 1}, {1, 1}}, "the file is written in UTF-16", "save it as UTF-8");
    return false;
  }
  if (text.starts_with(byte_order_mark)) {
    findings.add(one_character({1, 1}), "the file begins with a byte order mark", "save it as UTF-8 without BOM");
  }
  bool lines_fit = true;
  uint32_t number = 1;
  for (size_t begin = 0; begin < text.size(); ++number) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    lines_fit = check_line(text.substr(begin, end - begin), number, limits, findings) && lines_fit;
    begin = end + 1;
  }
  return guard_depth(text, findings, limits) && lines_fit;
}

bool guard_depth(std::string_view text, Findings& findings, const TomlLimits& limits) {
  Depth depth(text, limits);
  const std::string_view fault = depth.fault();
  if (fault.empty()) return true;
  findings.add(one_character(depth.place()), std::string(fault),
               fmt::format("{} parts, and {} levels, are allowed", limits.key_parts, limits.nesting));
  return false;
}

std::string clean_toml(std::string_view text) {
  // A letter within a word and in place of one, and a blank elsewhere, bring no further errors.
  constexpr char letter = 'x';
  constexpr char blank = ' ';
  constexpr std::string_view ends_word = " \t\r\n\0\"'[]{},=#"sv;
  std::string clean;
  clean.reserve(text.size());
  if (text.starts_with(byte_order_mark)) {
    clean += ' ';
    text.remove_prefix(byte_order_mark.size());
  }
  while (!text.empty()) {
    const size_t size = character_size(text);
    if (size == 0) {
      clean += letter;
    } else if (text.front() == '\0') {
      const bool in_word = !clean.empty() && ends_word.find(clean.back()) == std::string_view::npos &&
                           text.size() > 1 && ends_word.find(text[1]) == std::string_view::npos;
      clean += in_word ? letter : blank;
    } else {
      clean += text.substr(0, size);
    }
    text.remove_prefix(std::max<size_t>(size, 1));
  }
  return clean;
}

}  // namespace webserv::app
