// Reads values of a text that may be no TOML, and finds what is wrong with them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/toml/toml_statement.h"

namespace webserv::app {

class TomlCursor {
 public:
  explicit TomlCursor(std::string_view text) : text_(text) {}

  size_t at() const { return at_; }
  bool at_end() const { return at_ >= text_.size(); }
  // The end of the text counts as a break.
  char here() const { return at_ < text_.size() ? text_[at_] : '\n'; }
  bool at_line_end() const { return here() == '\n'; }
  // The character that stands here; empty at the end of the line.
  Span character() const;
  // The line from there on, without blanks at its ends.
  std::string_view line(size_t from) const;
  std::string_view between(Span span) const { return text_.substr(span.begin, span.end - span.begin); }
  // From there up to here, without blanks at the end.
  Span since(size_t begin) const;
  // Where any of these characters is next, or the end of the text.
  size_t find(std::string_view characters, size_t from) const {
    return std::min(text_.find_first_of(characters, from), text_.size());
  }

  void go_to(size_t at) { at_ = at; }
  void advance() { ++at_; }
  void skip_blanks();
  void skip_line() { at_ = line_end(at_); }

  // Notes a fault, unless there is one already, from which others follow. Returns false, for whoever has to.
  bool refuse(Span span, std::string reason, std::string suggestion = {});
  const std::optional<SyntaxFault>& fault() const { return fault_; }
  std::optional<SyntaxFault> take_fault() { return std::exchange(fault_, std::nullopt); }

  // Goes behind the value that begins here. Where it is refused, to the end of the statement, and returns false.
  bool read_value();
  // Goes behind the text in quotes that begins here, on one line. False where it has no end.
  bool read_line_string();
  // Refuses what stands up to the end of the line but for blanks and a comment, behind `what`: "a value".
  void expect_line_end(std::string_view what);

 private:
  // Where the lists and tables in braces begin that have no end yet, the innermost last.
  using Open = std::vector<size_t>;

  size_t line_end(size_t at) const { return std::min(text_.find('\n', at), text_.size()); }
  bool read_bare_value();
  bool read_inner_bare_value();
  bool refuse_bare_value(Span span);
  bool read_string();
  bool read_long_string();
  void check_escape();

  bool read_nested();
  bool read_element(Open& open);
  bool read_behind_element(Open& open);
  bool read_inner_key(const Open& open);
  bool close(Open& open);
  static std::string as_pair(std::string_view text);
  bool skip_gap(const Open& open);
  bool end_nested(size_t opening);

  // Whether the line that begins there is most likely no part of a text or list that goes on.
  bool looks_like_header(size_t at) const;
  bool looks_like_statement(size_t at) const;

  const std::string_view text_;
  size_t at_ = 0;
  std::optional<SyntaxFault> fault_;
};

}  // namespace webserv::app
