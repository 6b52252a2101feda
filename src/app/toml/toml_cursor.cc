#include "app/toml/toml_cursor.h"

#include <fmt/format.h>

#include "app/schema/schema.h"
#include "app/text/characters.h"
#include "app/text/diagnostic.h"
#include "app/toml/toml_slips.h"
#include "app/toml/toml_text.h"
#include "webserv/base/text.h"

namespace webserv::app {

using namespace detail;

namespace {

constexpr size_t npos = std::string_view::npos;
constexpr std::string_view blanks = " \t\r";

bool is_quote(char c) { return c == '"' || c == '\''; }

Span of_size(size_t begin, size_t size) { return {begin, begin + size}; }

}  // namespace

Span TomlCursor::character() const {
  return of_size(at_, at_line_end() ? 0 : std::max<size_t>(character_size(text_.substr(at_)), 1));
}

std::string_view TomlCursor::line(size_t from) const {
  from = std::min(from, text_.size());
  return without_blanks(text_.substr(from, line_end(from) - from));
}

Span TomlCursor::since(size_t begin) const {
  return of_size(begin, text_.substr(begin, at_ - begin).find_last_not_of(" \t\r\n") + 1);
}

void TomlCursor::skip_blanks() { at_ = std::min(text_.find_first_not_of(blanks, at_), text_.size()); }

bool TomlCursor::refuse(Span span, std::string reason, std::string suggestion) {
  if (!fault_) fault_ = SyntaxFault{span, {std::move(reason), std::move(suggestion)}};
  return false;
}

void TomlCursor::expect_line_end(std::string_view what) {
  const size_t begin = at_;
  skip_blanks();
  if (at_line_end() || here() == '#') return;
  const std::string_view rest = line(at_);
  const std::string_view next = without_blanks(rest.substr(rest.starts_with(',') ? 1 : 0));
  std::string suggestion = rest.find('=') != npos ? "write it on a line of its own" : "remove it";
  if (is_foreign_comment(rest) && rest.size() > 1) suggestion = fault_of_comment(rest).suggestion;
  if (next.size() < rest.size() && !next.empty() && is_digit(next.front()))
    suggestion = "a number has no comma: remove it";
  if (!next.empty() && is_quote(next.front())) suggestion = "write several values as a list: [\"a\", \"b\"]";
  if (between({begin, at_}).find('\r') != npos) suggestion = "lines end with LF, or CR LF, and not with CR alone";
  refuse(of_size(at_, rest.size()), fmt::format("{} stands behind {}, where only a comment may", in_quotes(rest), what),
         std::move(suggestion));
  skip_line();
}

bool TomlCursor::read_value() {
  if (here() == '[' || here() == '{') return read_nested();
  return is_quote(here()) ? read_string() : read_bare_value();
}

bool TomlCursor::read_bare_value() {
  std::string_view word = line(at_);
  word = without_blanks(word.substr(0, word.find(" #")));
  // What is right as it begins ends with the first blank; what is not was most likely meant as a whole.
  const std::string_view first = word.substr(0, word.find_first_of(" \t,#"));
  const std::string_view unit = without_blanks(word.substr(first.size()));
  const bool has_unit = is_digit(word.front()) && !unit.empty() && std::ranges::all_of(unit, is_letter);
  if (!first.empty() && first.back() != ';' && !has_unit && !fault_of_bare_value(first)) word = first;
  while (word.size() > 1 && word.back() == ';') word.remove_suffix(1);
  const Span span = of_size(at_, word.size());
  at_ = span.end;
  if (refuse_bare_value(span)) return true;
  skip_line();
  return false;
}

bool TomlCursor::read_inner_bare_value() {
  const Span span{at_, find(" \t\r\n,]}#", at_)};
  if (span.begin == span.end) return refuse(character(), "a value is missing here");
  at_ = span.end;
  refuse_bare_value(span);
  return true;
}

// False where it is refused.
bool TomlCursor::refuse_bare_value(Span span) {
  std::optional<Fault> fault = fault_of_bare_value(between(span));
  return !fault || refuse(span, std::move(fault->reason), std::move(fault->suggestion));
}

bool TomlCursor::read_string() {
  const std::string_view quotes = text_.substr(at_, 3);
  return quotes == "\"\"\"" || quotes == "'''" ? read_long_string() : read_line_string();
}

bool TomlCursor::read_line_string() {
  const size_t begin = at_;
  const char quote = here();
  const size_t end = line_end(begin);
  for (++at_; at_ < end; ++at_) {
    if (text_[at_] == quote) {
      ++at_;
      return true;
    }
    if (quote == '"' && text_[at_] == '\\' && at_ + 1 < end) {
      check_escape();
    } else if (is_forbidden(text_[at_]) && (text_[at_] != '\r' || at_ + 1 < end)) {
      refuse(character(), "a control character stands in this text", "write it as \\uXXXX, or remove it");
    }
  }
  at_ = end;
  std::string_view inside = line(begin + 1);
  while (!inside.empty() && (inside.back() == ';' || inside.back() == ',')) inside.remove_suffix(1);
  return refuse(since(begin), "this text has no quotes at its end",
                fmt::format("write {}", quoted_text(shortened(inside))));
}

// At a backslash; goes to the character that it escapes.
void TomlCursor::check_escape() {
  constexpr std::string_view escapes = "btnfr\"\\uU";
  const size_t begin = at_++;
  if (escapes.find(here()) != npos) return;
  const Span span{begin, character().end};
  refuse(span, fmt::format("{} means nothing in a text in double quotes", in_quotes(between(span))),
         "write \\\\ for a backslash, or the text in single quotes");
}

bool TomlCursor::read_long_string() {
  const size_t begin = at_;
  const std::string_view quotes = text_.substr(at_, 3);
  for (at_ += 3; at_ < text_.size(); ++at_) {
    if (quotes.front() == '"' && text_[at_] == '\\') {
      ++at_;
    } else if (text_.substr(at_, 3) == quotes) {
      // One or two quotes may stand before the three that end it (TOML 1.0, String).
      at_ += 3;
      for (int more = 0; more < 2 && here() == quotes.front(); ++more) ++at_;
      return true;
    }
  }
  // It goes on up to what is most likely no part of it.
  at_ = line_end(begin);
  while (at_ < text_.size() && !looks_like_header(at_ + 1)) at_ = line_end(at_ + 1);
  return refuse(of_size(begin, 3), fmt::format("this text has no {} at its end", quotes));
}

bool TomlCursor::read_nested() {
  Open open;
  const size_t first = at_;
  do {
    if (!read_element(open)) return end_nested(open.empty() ? first : open.back());
  } while (!open.empty());
  if (!fault_) return true;
  skip_line();
  return false;
}

// A value with all that follows it up to the next one; or the beginning of what values are in.
bool TomlCursor::read_element(Open& open) {
  if (!skip_gap(open)) return false;
  const char c = here();
  if (c == '[' || c == '{') {
    open.push_back(at_++);
    return c == '[' || read_inner_key(open);
  }
  if (c == ']' || c == '}') return close(open) && read_behind_element(open);
  if (c == ',') {
    refuse(character(), "a value is missing before this comma", "remove it");
    ++at_;
    return true;
  }
  return (is_quote(c) ? read_string() : read_inner_bare_value()) && read_behind_element(open);
}

// The ends of what the value is in, and the comma before the next one.
bool TomlCursor::read_behind_element(Open& open) {
  while (!open.empty()) {
    if (!skip_gap(open)) return false;
    if (here() != ']' && here() != '}') break;
    if (!close(open)) return false;
  }
  if (open.empty()) return true;
  const bool in_table = text_[open.back()] == '{';
  if (here() != ',') {
    refuse(character(), fmt::format("a comma is missing between two {}", in_table ? "keys" : "elements"),
           "write one before it");
    return !in_table || read_inner_key(open);
  }
  const Span comma = character();
  ++at_;
  if (!in_table) return true;
  if (!skip_gap(open)) return false;
  if (here() == '}') refuse(comma, "a comma stands before \"}\"", "remove it");
  return read_inner_key(open);
}

// name = of a table in braces, or its end at once.
bool TomlCursor::read_inner_key(const Open& open) {
  if (!skip_gap(open)) return false;
  if (here() == '}') return true;
  const size_t begin = at_;
  for (;;) {
    if (is_quote(here())) {
      if (!read_line_string()) return false;
    } else {
      while (is_bare_name(here())) ++at_;
    }
    skip_blanks();
    if (here() != '.') break;
    ++at_;
    skip_blanks();
  }
  const Span name = since(begin);
  if (name.begin == name.end) return refuse(character(), "a key is expected here");
  if (here() != '=' && here() != ':') {
    return refuse(name, fmt::format("\"=\" is missing behind {}", in_quotes(between(name))), as_pair(between(name)));
  }
  if (here() == ':') {
    refuse(character(), fmt::format("\":\" stands behind {} where \"=\" belongs", in_quotes(between(name))),
           fmt::format("write {} = ...", shortened(between(name))));
  }
  ++at_;
  return true;
}

// Closes the innermost; false where it is closed by the bracket of the other kind.
bool TomlCursor::close(Open& open) {
  if (open.empty()) return false;
  const char wanted = text_[open.back()] == '[' ? ']' : '}';
  if (here() != wanted) {
    return refuse(character(), fmt::format("\"{}\" stands where \"{}\" is expected", here(), wanted));
  }
  ++at_;
  open.pop_back();
  return true;
}

// Blanks, breaks and comments within brackets. False at the end of the text, or of what can be part of the value.
bool TomlCursor::skip_gap(const Open& open) {
  for (;; ++at_) {
    const size_t begin = at_;
    skip_blanks();
    if (here() == '#') skip_line();
    if (at_end()) return false;
    if (here() != '\n') return true;
    // A table with a break where one of its keys begins was meant to go on.
    const bool in_table = !open.empty() && text_[open.back()] == '{';
    if (in_table && (text_[begin - 1] == '{' || text_[begin - 1] == ',' || fault_)) {
      refuse(of_size(open.back(), 1), "a table in braces stands on one line",
             "write it on one line, or with a header of its own");
      if (looks_like_header(at_ + 1)) return false;
    } else if (looks_like_statement(at_ + 1)) {
      return false;
    }
  }
}

// The value cannot be read on: goes to where its statement most likely ends.
bool TomlCursor::end_nested(size_t opening) {
  const bool is_list = text_[opening] == '[';
  refuse(of_size(opening, 1),
         fmt::format("this {} has no \"{}\" at its end", is_list ? "list" : "table", is_list ? ']' : '}'),
         fmt::format("write {} behind its last {}", is_list ? ']' : '}', is_list ? "element" : "value"));
  for (skip_line(); !at_end() && !looks_like_statement(at_ + 1); at_ = line_end(at_ + 1)) {
    const std::string_view next = line(at_ + 1);
    if (next.empty()) break;
    // A bracket alone on its line ends it.
    if (next != "]" && next != "}") continue;
    at_ = line_end(at_ + 1);
    break;
  }
  return false;
}

bool TomlCursor::looks_like_header(size_t at) const {
  const std::string_view line = this->line(at);
  if (!line.starts_with('[')) return false;
  const std::string_view name = line.substr(line.starts_with("[[") ? 2 : 1);
  const std::string_view first = name.substr(0, name.find_first_of(".] "));
  return first.size() < name.size() && find_key(Table::file, first) != nullptr;
}

bool TomlCursor::looks_like_statement(size_t at) const {
  if (looks_like_header(at)) return true;
  const std::string_view line = this->line(at);
  const auto is_of_key = [](char c) { return is_bare_name(c) || c == '.'; };
  const auto end = static_cast<size_t>(std::ranges::find_if_not(line, is_of_key) - line.begin());
  return end > 0 && without_blanks(line.substr(end)).starts_with('=');
}

// "Name: value" in quotes as a key and its value; empty of anything else.
std::string TomlCursor::as_pair(std::string_view text) {
  const size_t colon = text.find(": ");
  if (text.size() < 2 || !is_quote(text.front()) || colon == npos) return {};
  const std::string_view value = text.substr(colon + 2, text.size() - colon - 3);
  return fmt::format("write {} = {}", written_key(text.substr(1, colon - 1)), quoted_text(shortened(value)));
}

}  // namespace webserv::app
