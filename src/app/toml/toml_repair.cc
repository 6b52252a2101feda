#include "app/toml/toml_repair.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "app/toml/toml_scan.h"
#include "app/toml/toml_text.h"
namespace webserv::app {
namespace {

using Kind = Statement::Kind;

bool is_header(const Statement& statement) { return statement.kind == Kind::table || statement.kind == Kind::tables; }

// A name that cannot be that of a part.
constexpr char separator = '\0';

std::string joined(std::string name, const std::vector<KeyPart>& path) {
  for (const KeyPart& part : path) (name += part.name) += separator;
  return name;
}

// As it is written.
bool may_be_name(std::string_view text) {
  const bool has_quotes =
      text.size() > 1 && text.front() == text.back() && (text.front() == '"' || text.front() == '\'');
  return has_quotes || is_bare_name(text);
}

}  // namespace

TomlMender::TomlMender(std::string_view text, Findings& findings)
    : text_(text), findings_(findings), statements_(scan_toml(text)), fates_(statements_.size(), Fate::kept) {
  lines_.push_back(0);
  for (size_t at = text.find('\n'); at < text.size(); at = text.find('\n', at + 1)) lines_.push_back(at + 1);
  has_lists_of_tables_ = std::ranges::find(statements_, Kind::tables, &Statement::kind) != statements_.end();
  Past past;
  for (size_t i = 0; i < statements_.size(); ++i) judge(i, past);
}

void TomlMender::judge(size_t index, Past& past) {
  const Statement& statement = statements_[index];
  Fate& fate = fates_[index];
  if (statement.fault) {
    const auto& [span, fault] = *statement.fault;
    findings_.add(region(span), fault.reason, fault.suggestion);
  }
  if (statement.kind == Kind::comment) {
    fate = Fate::erased;
    return;
  }
  if (is_header(statement)) {
    past.header = index + 1;
    past.blocks = 0;
    fate = statement.path.empty() ? Fate::dropped : statement.fault ? Fate::mended : Fate::kept;
    if (fate != Fate::dropped && refuse_second(index, joined({}, statement.path), past)) fate = Fate::dropped;
    past.dropping = fate == Fate::dropped;
    return;
  }
  if (statement.kind == Kind::block) ++past.blocks;
  if (statement.kind == Kind::none && !statement.fault && past.blocks > 0) --past.blocks;
  const bool readable = statement.kind == Kind::key && !statement.path.empty() &&
                        std::ranges::all_of(statement.path, [&](const KeyPart& part) {
                          return may_be_name(text_.substr(part.span.begin, part.span.end - part.span.begin));
                        });
  if (past.dropping || (past.blocks > 0 && statement.kind != Kind::block)) {
    fate = Fate::erased;
  } else if (!readable) {
    fate = Fate::dropped;
  } else if (statement.fault) {
    fate = Fate::without_value;
  }
  if (fate == Fate::kept || fate == Fate::without_value) {
    if (refuse_second(index, joined(fmt::format("{}{}", past.header, separator), statement.path), past))
      fate = Fate::erased;
  }
}

bool TomlMender::refuse_second(size_t index, std::string name, Past& past) {
  // Below a list of tables a name stands for another one each time.
  if (has_lists_of_tables_) return false;
  const auto [other, is_new] = past.names.emplace(std::move(name), index);
  if (is_new) return false;
  const Statement& statement = statements_[index];
  const uint32_t first_line = place(statements_[other->second].span.begin).line;
  const Span span{statement.path.front().span.begin, statement.path.back().span.end};
  if (is_header(statement)) {
    lacking_.insert(other->second);
    findings_.add(region(span),
                  fmt::format("the table {} stands twice, first at line {}", written_header(statement), first_line),
                  "write all of its keys below one header");
  } else {
    const std::string key(text_.substr(span.begin, span.end - span.begin));
    findings_.add(region(span),
                  fmt::format("{} stands twice in its table, first at line {}", in_quotes(key), first_line),
                  "remove one of the two");
  }
  return true;
}

MendedText TomlMender::mend() const {
  MendedText mended;
  mended.text.reserve(text_.size());
  size_t written = 0;
  for (size_t i = 0; i < statements_.size(); ++i) {
    const Statement& statement = statements_[i];
    mended.text += text_.substr(written, statement.span.begin - written);
    write(i, mended, place(statement.span.begin).line);
    if (fates_[i] != Fate::kept) {
      const std::string_view replaced = text_.substr(statement.span.begin, statement.span.end - statement.span.begin);
      mended.text.append(static_cast<size_t>(std::ranges::count(replaced, '\n')), '\n');
    }
    written = statement.span.end;
  }
  mended.text += text_.substr(std::min(written, text_.size()));
  return mended;
}

void TomlMender::write(size_t index, MendedText& to, uint32_t line) const {
  const Statement& statement = statements_[index];
  switch (fates_[index]) {
    case Fate::kept:
      to.text += text_.substr(statement.span.begin, statement.span.end - statement.span.begin);
      if (lacking_.contains(index)) to.repairs.broken.insert(place(statement.path.back().span.begin));
      return;
    case Fate::without_value: {
      const size_t key_end = statement.path.back().span.end;
      const size_t value = statement.value.value_or(key_end);
      to.text += text_.substr(statement.span.begin, value - statement.span.begin);
      SourcePlace begin = place(value);
      if (!statement.value) {
        constexpr std::string_view equals = " = ";
        to.text += equals;
        begin.column += static_cast<uint32_t>(equals.size());
      }
      to.text += '0';
      to.repairs.broken.insert(begin);
      return;
    }
    case Fate::mended: return write_header(statement, to, line);
    case Fate::dropped:
      if (is_header(statement)) {
        to.repairs.lost_tables = to.repairs.lost_tables || statement.path.empty();
        return;
      }
      // A key that nobody else has.
      to.text += fmt::format("\"\\u007F{}\" = 0", index);
      to.repairs.broken.insert(place(statement.span.begin));
      return;
    case Fate::erased: return;
  }
}

void TomlMender::write_header(const Statement& header, MendedText& to, uint32_t line) const {
  const bool is_list = header.kind == Kind::tables;
  to.repairs.moved.emplace(place(header.span.begin), region(header.span));
  to.text += is_list ? "[[" : "[";
  for (const KeyPart& part : header.path) {
    if (&part != &header.path.front()) to.text += '.';
    const size_t line_begin = to.text.rfind('\n') + 1;
    const uint32_t column = count_characters(std::string_view(to.text).substr(line_begin)) + 1;
    to.repairs.moved.emplace(SourcePlace{line, column}, region(part.span));
    to.text += written_key(part.name);
  }
  to.text += is_list ? "]]" : "]";
}

bool TomlMender::refuse(SourcePlace at, std::string_view reason) {
  const auto behind = std::ranges::upper_bound(statements_, at.line, {},
                                               [&](const Statement& each) { return place(each.span.begin).line; });
  if (behind == statements_.begin()) return false;
  const auto index = static_cast<size_t>(behind - statements_.begin()) - 1;
  const Statement& statement = statements_[index];
  if (fates_[index] != Fate::kept) return false;
  Span span = statement.span;
  fates_[index] = Fate::dropped;
  if (statement.kind == Kind::key && statement.value) {
    const bool in_value = at >= place(*statement.value);
    span = in_value ? Span{*statement.value, span.end} : Span{span.begin, statement.path.back().span.end};
    if (in_value) fates_[index] = Fate::without_value;
  }
  if (is_header(statement)) {
    span = {statement.path.front().span.begin, statement.path.back().span.end};
    for (size_t i = index + 1; i < statements_.size() && !is_header(statements_[i]); ++i) fates_[i] = Fate::erased;
  }
  findings_.add(region(span), std::string(reason));
  return true;
}

SourcePlace TomlMender::place(size_t offset) const {
  const auto behind = std::ranges::upper_bound(lines_, offset);
  const size_t begin = *(behind - 1);
  const uint32_t column = count_characters(text_.substr(begin, offset - begin)) + 1;
  return {static_cast<uint32_t>(behind - lines_.begin()), column};
}

}  // namespace webserv::app
