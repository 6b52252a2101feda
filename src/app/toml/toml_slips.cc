#include "app/toml/toml_slips.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "app/schema/schema.h"
#include "app/schema/synonyms.h"
#include "app/text/characters.h"
#include "app/text/diagnostic.h"
#include "app/text/suggestion.h"
#include "app/toml/toml_text.h"
#include "webserv/base/text.h"

namespace webserv::app {

using namespace detail;

namespace {

// Where a line may stand whose table is not known.
constexpr Table usual_tables[] = {Table::vhost, Table::route, Table::server, Table::file};

constexpr std::string_view example_host = "[vhost.\"example.org\"]";

bool is_any_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

std::string_view without(std::string_view text, char end) {
  while (text.ends_with(end)) text.remove_suffix(1);
  return trim(text);
}

// 1*DIGIT with single underscores between them, from the beginning of `text`: how many characters.
size_t digits(std::string_view text) {
  size_t end = 0;
  while (end < text.size() && (is_digit(text[end]) || (text[end] == '_' && end > 0 && text[end - 1] != '_'))) ++end;
  return end;
}

// As far as its characters show: the parser looks closer.
bool may_be_number(std::string_view word) {
  if (word.starts_with('+') || word.starts_with('-')) word.remove_prefix(1);
  if (is_any_of(word, {"inf", "nan"})) return true;
  if (word.size() > 2 && word[0] == '0' && is_any_of(word.substr(1, 1), {"x", "o", "b"})) {
    return word.find_first_not_of("0123456789abcdefABCDEF_", 2) == std::string_view::npos;
  }
  const size_t whole = digits(word);
  if (whole == 0) return false;
  std::string_view rest = word.substr(whole);
  if (rest.starts_with('.')) {
    const size_t fraction = digits(rest.substr(1));
    if (fraction == 0) return false;
    rest.remove_prefix(1 + fraction);
  }
  if (rest.starts_with('e') || rest.starts_with('E')) {
    rest.remove_prefix(1);
    if (rest.starts_with('+') || rest.starts_with('-')) rest.remove_prefix(1);
    rest.remove_prefix(digits(rest));
  }
  return rest.empty();
}

bool may_be_date(std::string_view word) {
  const auto has = [&](size_t at, char c) { return word.size() > at && word[at] == c; };
  if (word.find_first_not_of("0123456789-:.TtZz+") != std::string_view::npos) return false;
  return (digits(word) == 4 && has(4, '-') && has(7, '-')) || (digits(word) == 2 && has(2, ':') && has(5, ':'));
}

// The value as it would be written in TOML.
std::string written_value(std::string_view text) {
  if (text.empty()) return "...";
  if (is_any_of(text.substr(0, 1), {"\"", "'", "[", "{"})) return std::string(text);
  const std::optional<Fault> fault = fault_of_bare_value(text);
  if (!fault) return std::string(text);
  constexpr std::string_view write = "write ";
  return fault->suggestion.starts_with(write) ? fault->suggestion.substr(write.size()) : quoted_text(shortened(text));
}

// The same for a key of that name: several words become a list, where it takes one.
std::string written_value_of(std::string_view name, std::string_view text) {
  if (name == "root" && text.starts_with("* ")) text = trim(text.substr(2));  // Caddy's matcher of all
  const auto takes_list = [&](const Key& key) { return key.name == name && key.type == Type::texts; };
  const bool is_list =
      text.find(' ') != std::string_view::npos && text.find_first_of("\"'[{") == std::string_view::npos;
  const std::string list = is_list && std::ranges::any_of(schema(), takes_list) ? written_list(text) : "";
  return list.empty() ? written_value(text) : list;
}

// A number with a unit as it would be written: "15s" of 15 seconds.
std::string with_unit(std::string_view text) {
  constexpr std::string_view write = "write \"";
  const auto size = parse_size(text);
  const auto duration = parse_duration(text);
  if (size || duration) return quoted_text(text);
  for (const std::string& suggestion : {duration.error().suggestion, size.error().suggestion}) {
    if (suggestion.starts_with(write)) return suggestion.substr(write.size() - 1);
  }
  return quoted_text(shortened(text));
}

bool begins_with_tag(std::string_view line) { return line.size() > 1 && line[0] == '<' && line.ends_with('>'); }

// The names behind "location" and the like, without modifiers such as "~".
std::string_view last_word(std::string_view text) {
  const size_t blank = text.find_last_of(" \t");
  return blank == std::string_view::npos ? text : text.substr(blank + 1);
}

// How the table of that name is written.
std::string header_of_name(std::string_view name) {
  const Key* key = find_key(Table::file, name);
  if (key == nullptr) return "write the name of its table in brackets, as in [limits]";
  return fmt::format("write {}",
                     key->inner == Table::file ? fmt::format("[{}]", name) : std::string(header_of(key->inner)));
}

Fault fault_of_json(std::string_view name, std::string_view value) {
  std::string reason = fmt::format("\":\" stands behind {} where \"=\" belongs: this is JSON", in_quotes(name));
  const std::string_view bare = name.size() < 2 ? name : name.substr(1, name.size() - 2);
  if (value.starts_with('{') || value.empty()) return {std::move(reason), header_of_name(bare)};
  return {std::move(reason), fmt::format("write {} = {}", bare, written_value(value))};
}

std::vector<std::string_view> all_names() {
  std::vector<std::string_view> names;
  for (const Key& key : schema()) names.push_back(key.name);
  return names;
}

std::string header_of_route(std::string_view path) {
  return fmt::format("write [vhost.NAME.route.{}]",
                     path.starts_with('/') ? quoted_text(shortened(path)) : "\"/PATH/\"");
}

}  // namespace

bool is_foreign_comment(std::string_view line) {
  return line.starts_with(';') || line.starts_with("//") || line.starts_with("/*") || line.starts_with("-- ");
}

Fault fault_of_comment(std::string_view line) {
  std::string_view text = line.substr(std::min(line.find_first_not_of(";/*- "), line.size()));
  if (text.ends_with("*/")) text.remove_suffix(2);
  return {"a comment begins with \"#\" in TOML", fmt::format("write # {}", shortened(trim(text)))};
}

std::optional<bool> meant_boolean(std::string_view word) {
  const std::string lower = to_lower(word);
  if (is_any_of(lower, {"true", "yes", "on", "enable", "enabled", "1"})) return true;
  if (is_any_of(lower, {"false", "no", "off", "disable", "disabled", "0"})) return false;
  return std::nullopt;
}

std::string_view within_typographic_quotes(std::string_view word) {
  const auto is_quote = [](std::string_view character) {
    return is_any_of(character, {"\u201C", "\u201D", "\u201E", "\u2018", "\u2019", "\u00AB", "\u00BB"});
  };
  const size_t size = word.empty() ? 0 : character_size(word);
  if (size == 0 || !is_quote(word.substr(0, size))) return {};
  word.remove_prefix(size);
  for (size_t end : {size_t{2}, size_t{3}}) {
    if (word.size() > end && is_quote(word.substr(word.size() - end))) word.remove_suffix(end);
  }
  return word;
}

std::optional<Fault> fault_of_unseen(std::string_view text) {
  struct Unseen {
    std::string_view character, name, advice;
  };
  constexpr auto all = std::to_array<Unseen>({{"\u00A0", "U+00A0", "write a space"},
                                              {"\u2007", "U+2007", "write a space"},
                                              {"\u202F", "U+202F", "write a space"},
                                              {"\u3000", "U+3000", "write a space"},
                                              {"\u200B", "U+200B", "remove it"},
                                              {"\u2060", "U+2060", "remove it"},
                                              {"\uFEFF", "U+FEFF", "remove it"}});
  for (const Unseen& each : all) {
    if (text.find(each.character) == std::string_view::npos) continue;
    return Fault{fmt::format("the character {}, which looks like a space or nothing, stands here", each.name),
                 std::string(each.advice)};
  }
  if (std::ranges::none_of(text, is_control)) return std::nullopt;
  return Fault{"a control character stands here", "remove it"};
}

Fault fault_for_key(std::string_view name, std::string_view word, Fault fault) {
  constexpr auto truths = std::to_array<std::string_view>({"true", "false"});
  constexpr std::string_view text = "write \"";
  const auto key = std::ranges::find(schema(), name, &Key::name);
  const std::string_view suggestion = fault.suggestion;
  const bool to_quote = suggestion.starts_with(text) || suggestion.starts_with("write '");
  if (key == schema().end() || !to_quote) return fault;
  const std::string_view inside = suggestion.substr(text.size(), suggestion.size() - text.size() - 1);
  const auto example = [&] { return key->fallback.empty() ? "" : fmt::format("write for example {}", key->fallback); };
  switch (key->type) {
    case Type::boolean: {
      const std::string_view meant = closest(word, truths);
      return {fmt::format("{} is neither true nor false", in_quotes(word)),
              meant.empty() ? "" : fmt::format("write {}", meant)};
    }
    case Type::integer: return {fmt::format("{} is no integer", in_quotes(word)), example()};
    case Type::size:
      if (!parse_size(inside) && inside != "unlimited")
        return {fmt::format("{} is no size", in_quotes(word)), example()};
      return fault;
    case Type::duration:
      if (!parse_duration(inside)) return {fmt::format("{} is no time", in_quotes(word)), example()};
      return fault;
    case Type::texts:
      if (word.find(' ') == std::string_view::npos) return fault;
      return {std::move(fault.reason), fmt::format("write {}", written_value_of(name, word))};
    default: return fault;
  }
}

std::optional<Fault> fault_of_bare_value(std::string_view word) {
  if (word == "true" || word == "false" || may_be_date(word)) return std::nullopt;
  if (word == "0" || word == "1") return std::nullopt;
  if (std::optional<Fault> fault = fault_of_unseen(word)) return fault;
  if (const std::string_view inside = within_typographic_quotes(word); !inside.empty()) {
    return Fault{"these are no quotes in TOML", fmt::format("write {}", quoted_text(shortened(inside)))};
  }
  const std::string lower = to_lower(word);
  const auto value = [&](std::string_view reason, std::string_view written) {
    return Fault{fmt::format("{} {}", in_quotes(word), reason), fmt::format("write {}", written)};
  };
  if (const std::optional<bool> meant = meant_boolean(word)) {
    return value("is no value in TOML", *meant ? "true" : "false");
  }
  if (is_any_of(lower, {"null", "nil", "none", "undefined", "~"})) {
    return Fault{fmt::format("{} is no value in TOML", in_quotes(word)), "leave the key out"};
  }
  if (may_be_number(word)) {
    const std::string_view number = word.substr(word.find_first_not_of("+-"));
    constexpr size_t most_digits = 19;  // of what fits into 63 bits
    if (std::ranges::all_of(number, is_digit) && number.size() > most_digits) {
      return Fault{fmt::format("{} is larger than any number in TOML", in_quotes(word)), "write a smaller one"};
    }
    if (number.size() < 2 || number[0] != '0' || !is_digit(number[1])) return std::nullopt;
    const std::string_view rest = number.substr(std::min(number.find_first_not_of('0'), number.size() - 1));
    return value("has a zero in front, which numbers in TOML do not have", rest);
  }
  const bool has_unit = is_digit(word.front()) && word.find_first_not_of(".:/", digits(word)) == digits(word);
  if (has_unit && word.find_first_of("0123456789.:/,", digits(word)) == std::string_view::npos) {
    return value("is a number with a unit, which needs quotes", with_unit(word));
  }
  const std::string written = quoted_text(shortened(word));
  return value("is a text, which needs quotes", written);
}

Fault fault_of_directive(std::string_view name, std::string_view rest) {
  if (name.starts_with('{'))
    return {"this is no TOML: it has no braces around a file, as JSON has",
            "write tables as [limits], keys as name = value"};
  if (name.starts_with("<<<<<<<") || name.starts_with(">>>>>>>") || (name.empty() && rest.starts_with("======="))) {
    return {"two versions of the file were merged here and do not agree", "keep one of them, and remove this line"};
  }
  if (name.empty()) return {"a name is missing before \"=\"", {}};
  if (std::optional<Fault> fault = fault_of_unseen(fmt::format("{} {}", name, rest))) return *std::move(fault);
  if (name.starts_with('"') && rest.starts_with(':')) return fault_of_json(name, without(trim(rest.substr(1)), ','));
  if (rest.starts_with('{')) return fault_of_block(fmt::format("{} {}", name, rest));
  const bool has_colon = rest.starts_with(':') || name.ends_with(':');
  if (rest.starts_with(':')) rest = trim(rest.substr(1));
  if (rest.starts_with('=')) rest = trim(rest.substr(1));
  if (has_colon) name = without(name, ':');
  rest = without(rest, ';');
  name = without(name, ';');
  const Synonym* synonym = find_synonym(name, usual_tables);
  // What has a colon and nothing behind it is most likely the name of a table, which is not to be removed.
  if (has_colon && rest.empty() && synonym != nullptr && synonym->advice.starts_with("remove it")) synonym = nullptr;
  std::string suggestion;
  if (synonym != nullptr) {
    suggestion = synonym->advice;
  } else if (has_colon && rest.empty()) {
    suggestion = name.find('.') == std::string_view::npos ? header_of_name(name)
                                                          : fmt::format("write [vhost.{}]", quoted_text(name));
  } else if (std::ranges::find(schema(), name, &Key::name) != schema().end()) {
    suggestion = fmt::format("write {} = {}", name, written_value_of(name, rest));
  } else if (const std::string_view meant = closest(name, all_names()); !meant.empty()) {
    suggestion = fmt::format("did you mean {} = {}", meant, written_value_of(meant, rest)) + "?";
  }
  if (has_colon)
    return {fmt::format("\":\" stands behind {} where \"=\" belongs", in_quotes(name)), std::move(suggestion)};
  if (rest.empty())
    return {fmt::format("a line of TOML is a key, \"=\" and a value, and {} stands alone", in_quotes(name)),
            std::move(suggestion)};
  return {fmt::format("\"=\" is missing behind {}", in_quotes(name)), std::move(suggestion)};
}

bool begins_block(std::string_view line) {
  if (begins_with_tag(line)) return line[1] != '/';
  if (!line.ends_with('{')) return false;
  line.remove_suffix(1);
  return line.find_first_of("=\"'#[") == std::string_view::npos;
}

bool ends_block(std::string_view line) {
  return line == "}" || line == "};" || line == "}," || (begins_with_tag(line) && line[1] == '/');
}

Fault fault_of_block(std::string_view line) {
  std::string reason = fmt::format("TOML has no blocks in {}", line.starts_with('<') ? "tags" : "braces");
  std::string_view words = trim(line.substr(0, line.find_first_of("{>")));
  if (words.starts_with('<')) words.remove_prefix(1);
  const std::string_view first = words.substr(0, words.find_first_of(" \t"));
  const std::string name = to_lower(first);
  const std::string_view last = last_word(words);
  if (is_any_of(name, {"server", "virtualhost"})) return {std::move(reason), fmt::format("write {}", example_host)};
  if (is_any_of(name, {"http", "events", "stream"})) return {std::move(reason), "remove it"};
  if (line == "{") return {"this is no TOML: it has no braces around a file, as JSON has", "remove it"};
  if (name == "directory") return {std::move(reason), fmt::format("write root = {}", quoted_text(shortened(last)))};
  if (is_any_of(name, {"location", "handle", "handle_path", "route", "locationmatch"})) {
    return {std::move(reason), header_of_route(last)};
  }
  if (name.starts_with("$http")) return {std::move(reason), fmt::format("write {}", example_host)};
  if (is_any_of(name, {"if", "ifmodule", "ifdefine", "map", "else"}))
    return {"TOML has no blocks, and webserv no conditions", "remove it"};
  if (const Synonym* synonym = find_synonym(name, usual_tables))
    return {std::move(reason), std::string(synonym->advice)};
  if (first.find_first_of(".:*") != std::string_view::npos && first.find_first_of("()") == std::string_view::npos) {
    std::string_view host =
        first.starts_with("http://") || first.starts_with("https://") ? first.substr(first.find("//") + 2) : first;
    host = without(host.substr(0, host.find_first_of(":/,")), ',');
    return {std::move(reason), fmt::format("write [vhost.{}]", host.empty() ? "\"*\"" : quoted_text(shortened(host)))};
  }
  return {std::move(reason), header_of_name(name)};
}

}  // namespace webserv::app
