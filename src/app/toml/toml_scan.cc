#include "app/toml/toml_scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "app/schema/schema.h"
#include "app/text/diagnostic.h"
#include "app/toml/toml_cursor.h"
#include "app/toml/toml_slips.h"
#include "app/toml/toml_text.h"

namespace webserv::app {
namespace {

using Kind = Statement::Kind;

constexpr size_t npos = std::string_view::npos;

bool is_quote(char c) { return c == '"' || c == '\''; }

std::string unescaped(std::string_view inside, char quote) {
  std::string name;
  for (size_t i = 0; i < inside.size(); ++i) {
    if (quote == '"' && inside[i] == '\\' && i + 1 < inside.size()) ++i;
    name += inside[i];
  }
  return name;
}

class Scanner {
 public:
  explicit Scanner(std::string_view text) : cursor_(text) {}

  std::vector<Statement> scan() {
    for (;;) {
      cursor_.skip_blanks();
      if (cursor_.at_end()) return std::move(statements_);
      if (cursor_.at_line_end()) {
        cursor_.advance();
      } else if (cursor_.here() == '#') {
        read_comment();
      } else {
        read_statement();
      }
    }
  }

 private:
  void finish(size_t begin) {
    now_.span = cursor_.since(begin);
    now_.fault = cursor_.take_fault();
    statements_.push_back(std::exchange(now_, {}));
  }

  void read_comment() {
    const size_t begin = cursor_.at();
    const std::string_view comment = cursor_.line(begin);
    const auto* wrong = std::ranges::find_if(comment, is_forbidden);
    cursor_.skip_line();
    if (wrong == comment.end()) return;
    const size_t place = begin + static_cast<size_t>(wrong - comment.begin());
    now_.kind = Kind::comment;
    cursor_.refuse({place, place + 1}, "a control character stands in this comment", "remove it");
    finish(begin);
  }

  void read_statement() {
    const size_t begin = cursor_.at();
    const std::string_view line = cursor_.line(begin);
    if (is_foreign_comment(line)) {
      now_.kind = Kind::comment;
      Fault fault = fault_of_comment(line);
      cursor_.refuse({begin, begin + line.size()}, std::move(fault.reason), std::move(fault.suggestion));
      cursor_.skip_line();
    } else if (begins_block(line) || ends_block(line)) {
      read_block(line);
    } else if (cursor_.here() == '[') {
      read_header();
    } else {
      read_pair();
    }
    finish(begin);
  }

  void read_block(std::string_view line) {
    const Span span{cursor_.at(), cursor_.at() + line.size()};
    cursor_.skip_line();
    if (begins_block(line)) {
      ++open_blocks_;
      now_.kind = Kind::block;
      Fault fault = fault_of_block(line);
      cursor_.refuse(span, std::move(fault.reason), std::move(fault.suggestion));
    } else if (open_blocks_ > 0) {
      --open_blocks_;  // the block was refused already
    } else {
      cursor_.refuse(span, fmt::format("{} ends nothing: TOML has no blocks", in_quotes(line)), "remove it");
    }
  }

  void read_header() {
    const size_t begin = cursor_.at();
    now_.kind = Kind::table;
    cursor_.advance();
    if (cursor_.here() == '[') {
      now_.kind = Kind::tables;
      cursor_.advance();
    }
    if (!read_path()) {
      now_.path.clear();
      return cursor_.skip_line();
    }
    for (size_t closers = now_.kind == Kind::tables ? 2 : 1; closers > 0; --closers) {
      if (cursor_.here() != ']') {
        cursor_.refuse(cursor_.since(begin), "this header of a table has no \"]\" at its end", as_header());
        return cursor_.skip_line();
      }
      cursor_.advance();
    }
    cursor_.expect_line_end("the header of a table");
  }

  // Whether the names that are read are those of a table, and not of a key.
  bool in_header() const { return now_.kind == Kind::table || now_.kind == Kind::tables; }

  std::string as_header() const { return fmt::format("write {}", written_header(now_)); }

  // The names in front of "=" or of "]". False where they cannot be told apart.
  bool read_path() {
    for (;;) {
      cursor_.skip_blanks();
      if (is_quote(cursor_.here())) {
        read_name_in_quotes();
      } else if (!read_bare_name()) {
        return false;
      }
      cursor_.skip_blanks();
      if (cursor_.here() == '.') {
        cursor_.advance();
        continue;
      }
      const bool ends = cursor_.here() == ']' || cursor_.at_line_end() || cursor_.here() == '#';
      if (!in_header() || ends || (!is_quote(cursor_.here()) && bare_end() == cursor_.at())) break;
      // [vhost "a.b"], as git's configuration has it.
      lacks_dots_ = true;
    }
    check_names();
    return true;
  }

  bool read_bare_name() {
    const size_t begin = cursor_.at();
    const size_t end = bare_end();
    if (end == begin) {
      const char here = cursor_.here();
      const bool ends = cursor_.at_line_end() || here == '.' || here == (in_header() ? ']' : '=');
      return cursor_.refuse(cursor_.character(),
                            ends ? "a name is missing here" : "this is no name of a key or a table");
    }
    now_.path.push_back({std::string(cursor_.between({begin, end})), {begin, end}});
    cursor_.go_to(end);
    return true;
  }

  // Behind the name without quotes that begins here, which may have characters that it must not have.
  size_t bare_end() const {
    const size_t begin = cursor_.at();
    if (lacks_dots_) return cursor_.find(" \t\r\n]#\"'", begin);
    // In quotes that are none the dots are part of the name.
    const size_t closing = typographic_end();
    if (closing != begin) return closing;
    const size_t end = cursor_.find(in_header() ? " \t\r\n].#\"'=" : " \t\r\n=.#\"':;,{}[]", begin);
    // A path or a wildcard without quotes has its dots in it.
    if (!in_header() || end == begin || std::string_view("/*~").find(cursor_.here()) == npos) return end;
    const std::string_view whole = cursor_.between({begin, cursor_.find(" \t\r\n]#\"'", begin)});
    return begin + std::min(whole.find(".route"), whole.size());
  }

  // Behind the name in typographic quotes that begins here, or here.
  size_t typographic_end() const {
    const size_t begin = cursor_.at();
    const std::string_view rest = cursor_.between({begin, cursor_.find("]=\r\n", begin)});
    if (within_typographic_quotes(rest).empty()) return begin;
    const size_t first = cursor_.character().end - begin;
    for (std::string_view quote : {"\u201C", "\u201D", "\u2019", "\u2018", "\u00BB", "\u00AB"}) {
      const size_t end = rest.find(quote, first);
      if (end != npos) return begin + end + quote.size();
    }
    return begin + without_blanks(rest).size();
  }

  void read_name_in_quotes() {
    const size_t begin = cursor_.at();
    const char quote = cursor_.here();
    const bool had_fault = cursor_.fault().has_value();
    if (cursor_.read_line_string()) {
      const std::string_view inside = cursor_.between({begin + 1, cursor_.at() - 1});
      now_.path.push_back({unescaped(inside, quote), {begin, cursor_.at()}});
      return;
    }
    // It is most likely meant to end with the header, or before "=".
    if (!had_fault) cursor_.take_fault();
    unended_ = now_.path.size();
    const Span name{begin + 1, cursor_.find(in_header() ? "]\r\n" : " \t=\r\n", begin + 1)};
    now_.path.push_back({std::string(cursor_.between(name)), {begin, name.end}});
    cursor_.go_to(name.end);
  }

  void check_names() {
    const auto write = [&](const KeyPart& name) {
      return in_header() ? as_header() : fmt::format("write {}", written_key(name.name));
    };
    if (unended_) {
      const KeyPart& name = now_.path[*std::exchange(unended_, std::nullopt)];
      cursor_.refuse(name.span, "this name has no quotes at its end", write(name));
    }
    const auto needs_quotes = [&](const KeyPart& name) {
      return !is_quote(cursor_.between(name.span).front()) && !is_bare_name(name.name);
    };
    const auto name = std::ranges::find_if(now_.path, needs_quotes);
    if (name != now_.path.end()) {
      if (std::optional<Fault> fault = fault_of_unseen(name->name)) {
        cursor_.refuse(name->span, std::move(fault->reason), std::move(fault->suggestion));
        // It is not known which names were meant.
        return now_.path.clear();
      }
    }
    if (name != now_.path.end() && !within_typographic_quotes(name->name).empty()) {
      name->name = within_typographic_quotes(name->name);
      cursor_.refuse(name->span, "these are no quotes in TOML", write(*name));
    } else if (name != now_.path.end()) {
      cursor_.refuse(
          name->span,
          fmt::format("{} needs quotes: only letters, digits, \"-\" and \"_\" go without", in_quotes(name->name)),
          write(*name));
    }
    if (std::exchange(lacks_dots_, false)) {
      const Span all{now_.path.front().span.begin, now_.path.back().span.end};
      cursor_.refuse(all, "the names of a table have dots between them", as_header());
    }
  }

  void read_pair() {
    const size_t begin = cursor_.at();
    if (!read_path() || (cursor_.here() != '=' && !now_.path.empty())) return refuse_directive(begin);
    if (now_.path.empty()) return cursor_.skip_line();
    const Span key{begin, now_.path.back().span.end};
    now_.kind = Kind::key;
    const size_t equals = cursor_.at();
    cursor_.advance();
    if (cursor_.here() == '=' || cursor_.here() == '>') {
      cursor_.refuse({equals, equals + 2}, "one \"=\" stands between a key and its value", "write =");
      return cursor_.skip_line();
    }
    cursor_.skip_blanks();
    now_.value = cursor_.at();
    if (cursor_.at_line_end() || cursor_.here() == '#') {
      cursor_.refuse(key, fmt::format("the value of {} is missing", in_quotes(cursor_.between(key))),
                     "write it behind \"=\"");
      return cursor_.skip_line();
    }
    const bool is_table = cursor_.here() == '{';
    if (cursor_.read_value()) return cursor_.expect_line_end("a value");
    if (is_table) return skip_rest_of_table();
    suggest_for_key();
  }

  // What to do about a value without quotes depends on its key.
  void suggest_for_key() {
    if (!cursor_.fault() || cursor_.fault()->span.begin != *now_.value) return;
    const std::string_view word = cursor_.between(cursor_.fault()->span);
    if (word.empty() || is_quote(word.front()) || word.front() == '[') return;
    auto [span, fault] = *cursor_.take_fault();
    Fault better = fault_for_key(now_.path.back().name, word, std::move(fault));
    cursor_.refuse(span, std::move(better.reason), std::move(better.suggestion));
  }

  // A table in braces that has no end goes on for people: its keys on the next lines, and the brace behind them.
  void skip_rest_of_table() {
    while (!cursor_.at_end()) {
      const std::string_view next = cursor_.line(cursor_.at() + 1);
      if (!next.starts_with('}') && !is_of_inner_table(next)) return;
      cursor_.advance();
      cursor_.skip_line();
      if (next.starts_with('}')) return;
    }
  }

  // Whether the line gives a key of the table that is the value of this statement's key.
  bool is_of_inner_table(std::string_view line) const {
    const std::string_view written = without_blanks(line.substr(0, line.find('=')));
    if (written.empty() || written.size() == line.size()) return false;
    const bool quoted = written.size() > 2 && is_quote(written.front());
    const std::string_view name = quoted ? written.substr(1, written.size() - 2) : written;
    const bool is_known = std::ranges::find(schema(), name, &Key::name) != schema().end();
    return std::ranges::any_of(schema(), [&](const Key& key) {
      if (key.name != now_.path.back().name) return false;
      const bool is_free = quoted || (!is_known && is_bare_name(name));
      return key.type == Type::map ? is_free : key.type == Type::table && find_key(key.inner, name) != nullptr;
    });
  }

  // A line that has no "=" behind its name.
  void refuse_directive(size_t begin) {
    cursor_.take_fault();
    cursor_.go_to(begin);
    const std::string_view line = cursor_.line(begin);
    if (line.ends_with(']') && line.find_first_of("[=") == npos && !now_.path.empty()) {
      now_.kind = Kind::table;
      cursor_.refuse({begin, begin + line.size()}, "this header of a table has no \"[\" at its beginning", as_header());
      return cursor_.skip_line();
    }
    const size_t end =
        now_.path.empty() ? begin + std::min(line.find_first_of(" \t="), line.size()) : now_.path.back().span.end;
    const std::string_view name = cursor_.between({begin, end});
    std::string_view rest = cursor_.line(end);
    rest = without_blanks(rest.substr(0, rest.find(" #")));
    Fault fault = fault_of_directive(name, rest);
    const bool is_known =
        now_.path.size() == 1 && std::ranges::find(schema(), now_.path.front().name, &Key::name) != schema().end();
    now_.kind = is_known ? Kind::key : Kind::none;
    // What follows a name with a colon, as YAML has it, belongs to that: a list, or a table.
    cursor_.skip_line();
    const std::string list = rest == ":" ? read_foreign_list() : "";
    if (!list.empty()) fault.suggestion = fmt::format("write {} = {}", name, list);
    const bool is_table = rest == ":" && list.empty();
    if (is_table) now_.kind = Kind::table;
    if (!is_known || is_table) now_.path.clear();
    cursor_.refuse({begin, begin + line.size()}, std::move(fault.reason), std::move(fault.suggestion));
  }

  // At the end of a line: reads the lines behind it that begin with "- ", and writes what they hold.
  std::string read_foreign_list() {
    constexpr std::string_view dash = "- ";
    std::string list;
    for (;;) {
      const std::string_view next = cursor_.at_end() ? std::string_view() : cursor_.line(cursor_.at() + 1);
      if (!next.starts_with(dash)) return list.empty() ? list : '[' + list + ']';
      const std::string_view element = without_blanks(next.substr(dash.size()));
      if (!list.empty()) list += ", ";
      list += element.starts_with('"') ? std::string(element) : quoted_text(shortened(element));
      cursor_.advance();
      cursor_.skip_line();
    }
  }

  TomlCursor cursor_;
  size_t open_blocks_ = 0;
  Statement now_;
  bool lacks_dots_ = false;        // between names in the header that is read
  std::optional<size_t> unended_;  // the name in it whose quotes have no end
  std::vector<Statement> statements_;
};

}  // namespace

std::vector<Statement> scan_toml(std::string_view text) { return Scanner(text).scan(); }

}  // namespace webserv::app
