#include "app/toml/toml_values.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <utility>

#include "app/text/suggestion.h"
#include "app/text/values.h"
#include "app/toml/toml_slips.h"
#include "app/toml/toml_text.h"
#include "webserv/base/text.h"

namespace webserv::app {

using namespace detail;

namespace {

constexpr std::string_view unlimited_word = "unlimited";

// What people write for it where it may stand.
bool means_unlimited(std::string_view text) {
  constexpr auto words = std::to_array<std::string_view>(
      {"infinite", "infinity", "inf", "forever", "never", "none", "off", "disabled", "nolimit", "no limit", "max"});
  const std::string lower = to_lower(text);
  return std::ranges::find(words, lower) != words.end();
}

std::string_view name_of(toml::node_type type) {
  switch (type) {
    case toml::node_type::table: return "a table";
    case toml::node_type::array: return "a list";
    case toml::node_type::string: return "a text";
    case toml::node_type::integer: return "an integer";
    case toml::node_type::floating_point: return "a number with a point";
    case toml::node_type::boolean: return "a truth value";
    default: return "a date or a time of day";
  }
}

std::string_view name_of(Type type) {
  switch (type) {
    case Type::boolean: return "true or false";
    case Type::integer: return "an integer";
    case Type::size: return "a size";
    case Type::duration: return "a time";
    case Type::text:
    case Type::choice:
    case Type::path: return "a text";
    case Type::texts:
    case Type::paths: return "a text or a list of texts";
    case Type::map: return "a table of texts";
    case Type::table: return "a table";
    case Type::tables: return "a table of tables, each with a name";
  }
  return "";
}

// One key's value.
class ValueReader {
 public:
  ValueReader(const Key& key, const ValueContext& context)
      : key_(key), context_(context), findings_(context.findings) {}

  Value read(const toml::node& node) {
    if (context_.is_broken(region_of(node.source()))) return {};
    switch (key_.type) {
      case Type::boolean:
        if (const auto* boolean = node.as_boolean()) return boolean->get();
        break;
      case Type::integer:
      case Type::size:
      case Type::duration: return number(node);
      case Type::text:
      case Type::choice:
      case Type::path:
      case Type::texts:
      case Type::paths: return texts(node);
      case Type::map:
        if (const auto* table = node.as_table()) return map(*table);
        break;
      case Type::table:
        if (const auto* text = node.as_string(); text != nullptr && !key_.choices.empty()) return word(*text);
        break;
      case Type::tables: break;
    }
    return refuse_type(node, key_.type == Type::table ? table_or_word() : std::string(name_of(key_.type)));
  }

 private:
  Value refuse(const toml::node& node, std::string_view reason, std::string suggestion = {}) {
    findings_.add(context_.repairs.in_file(region_of(node.source())),
                  fmt::format("{} {}", in_quotes(key_.name), reason), std::move(suggestion));
    return {};
  }

  Value refuse_type(const toml::node& node, std::string_view wanted) {
    const bool lists_choices = !key_.choices.empty() && key_.type != Type::texts && key_.type != Type::table;
    const std::string choices = fmt::format("one of {}", fmt::join(key_.choices, ", "));
    return refuse(node, fmt::format("is {}, not {}", lists_choices ? choices : wanted, name_of(node.type())),
                  advice(node));
  }

  std::string table_or_word() const {
    if (key_.choices.empty()) return "a table";
    return fmt::format("a table, or \"{}\"", fmt::join(key_.choices, "\", \""));
  }

  // Of a word that stands neither for a table nor for what this key has besides: whether it means that word.
  std::string advice_for_word(std::string_view word) const {
    const std::optional<bool> meant = meant_boolean(word);
    if (meant == false || means_unlimited(word)) return fmt::format("write \"{}\"", key_.choices.front());
    if (meant == true || to_lower(word) == "default") return "leave it out: that holds without it";
    return did_you_mean(word, key_.choices);
  }

  // How the value that was meant is written, where that is likely.
  std::string advice(const toml::node& node) const {
    const auto* text = node.as_string();
    if (const auto* seconds = node.as_integer(); seconds != nullptr && key_.name == "cache_control") {
      return fmt::format("write \"max-age={}\"", seconds->get());
    }
    switch (key_.type) {
      case Type::boolean: return advice_for_boolean(node);
      case Type::integer:
        if (const auto* number = node.as_floating_point()) return advice_for_point(number->get());
        if (text == nullptr) return {};
        if (parse_decimal(text->get())) return fmt::format("write {} without quotes", text->get());
        if (key_.fallback.empty()) return {};
        if (text->get() == "auto" || text->get() == "default") {
          return fmt::format("leave it out: {} holds then", key_.fallback);
        }
        return fmt::format("write for example {}", key_.fallback);
      case Type::size:
        if (const auto* number = node.as_floating_point()) return advice_for_point(number->get());
        return {};
      case Type::duration: return advice_for_duration(node);
      case Type::text:
      case Type::choice:
      case Type::path:
      case Type::texts:
      case Type::paths:
        if (const auto* list = node.as_array()) return advice_for_list(*list);
        if (const auto* number = node.as_integer(); number != nullptr && key_.name == "address") {
          return fmt::format("write \"*:{}\", or \"127.0.0.1:{}\"", number->get(), number->get());
        }
        if (const auto* truth = node.as_boolean()) return advice_instead_of(truth->get());
        if (const auto* table = node.as_table()) return advice_for_only_text(*table);
        return node.is_number() && key_.type != Type::choice ? "put it in quotes" : "";
      case Type::table: return advice_for_table(node);
      case Type::tables: return fmt::format("write {}", header_of(key_.inner));
      case Type::map:
        return fmt::format("write {} = {{ {} }}", key_.name,
                           key_.names == "STATUS"      ? "404 = \"404.html\""
                           : key_.names == "EXTENSION" ? "\".php\" = \"/usr/bin/php-cgi\""
                                                       : "NAME = \"...\"");
      default: return {};
    }
  }

  std::string advice_for_boolean(const toml::node& node) const {
    std::optional<bool> meant;
    if (const auto* number = node.as_integer(); number != nullptr && (number->get() == 0 || number->get() == 1)) {
      meant = number->get() == 1;
    } else if (const auto* text = node.as_string()) {
      meant = meant_boolean(text->get());
    }
    if (!meant) return "write true or false";
    return fmt::format("write {}{}", *meant, node.is_string() ? " without quotes" : "");
  }

  // What was most likely meant by a truth value where a text belongs.
  std::string advice_instead_of(bool truth) const {
    if (key_.name == "symlinks") {
      return truth ? "links below the root are followed; name the folders elsewhere that they may lead into"
                   : "leave it out: links lead nowhere but below the root";
    }
    if (key_.name == "fallback" && truth) return "write \"/index.html\"";
    if (key_.name == "cache_control") return truth ? "write \"max-age=3600\"" : "write \"no-store\"";
    const auto off = std::ranges::find(key_.choices, "off");
    if (off != key_.choices.end() && !truth) return "write \"off\"";
    if (!key_.choices.empty()) return {};
    const bool is_path = key_.type == Type::path || key_.type == Type::paths;
    return is_path ? "write a path in quotes" : truth ? "put it in quotes" : "leave it out";
  }

  static std::string advice_for_point(double number) {
    const bool is_whole = number >= 0 && number < 1e15 && std::floor(number) == number;
    return is_whole ? fmt::format("write {}", static_cast<uint64_t>(number)) : "";
  }

  std::string advice_for_duration(const toml::node& node) const {
    constexpr int64_t second = 1000;
    const auto* integer = node.as_integer();
    if (integer == nullptr || integer->get() < 0) return {};
    const bool fits = static_cast<uint64_t>(integer->get()) >= (key_.range.least + second - 1) / second;
    return fits ? fmt::format("write \"{}s\"", integer->get())
                : fmt::format("at least {} may stand here", shown(key_.range.least));
  }

  // The text that stands here instead of a table.
  Value word(const toml::value<std::string>& node) {
    const std::string& text = node.get();
    if (std::ranges::find(key_.choices, text) != key_.choices.end()) {
      return std::vector{Text{text, region_of(node.source())}};
    }
    const bool is_path = text.find('/') != std::string::npos;
    return refuse(node, fmt::format("is {}, not {}", table_or_word(), in_quotes(text)),
                  is_path ? advice_for_table(node) : advice_for_word(text));
  }

  // Of a table where its first text would do.
  static std::string advice_for_only_text(const toml::table& table) {
    for (auto&& [name, node] : table) {
      if (const auto* text = node.as_string()) return fmt::format("write {}", quoted_text(shortened(text->get())));
    }
    return {};
  }

  // The one value that was given, as that of its key in the table; of a list its first text.
  std::string advice_for_table(const toml::node& node) const {
    if (const auto* truth = node.as_boolean(); truth != nullptr && !key_.choices.empty()) {
      return advice_for_word(truth->get() ? "true" : "false");
    }
    const auto* list = node.as_array();
    const auto* text = list != nullptr && !list->empty() ? list->front().as_string() : node.as_string();
    const auto* number = node.as_integer();
    for (const Key& inner : schema()) {
      if (!inner.stands_in.contains(key_.inner)) continue;
      if (text != nullptr && (inner.type == Type::text || inner.type == Type::path || inner.type == Type::paths)) {
        return fmt::format("write {} = {{ {} = {} }}", key_.name, inner.name, quoted_text(shortened(text->get())));
      }
      if (node.is_boolean() && (inner.type == Type::text || inner.type == Type::path)) {
        return fmt::format("write {} = {{ {} = \"...\" }}", key_.name, inner.name);
      }
      if (number != nullptr && inner.name == "status") {
        return fmt::format("write {} = {{ {}status = {} }}", key_.name,
                           key_.inner == Table::redirect ? "to = \"/new\", " : "", number->get());
      }
    }
    return {};
  }

  static std::string advice_for_list(const toml::array& list) {
    const auto* text = list.size() == 1 ? list.front().as_string() : nullptr;
    return text != nullptr ? fmt::format("write {}", quoted_text(shortened(text->get()))) : "write one text";
  }

  Value number(const toml::node& node) {
    if (const auto* text = node.as_string(); text != nullptr) {
      const bool is_word = text->get() == unlimited_word;
      const bool is_slip = !is_word && !closest(text->get(), std::span(&unlimited_word, 1)).empty();
      if (is_word && key_.range.unlimited) return std::numeric_limits<uint64_t>::max();
      if ((is_word || is_slip) && !key_.range.unlimited) {
        return refuse(node, "cannot be unlimited", fmt::format("at most {} may stand here", shown(key_.range.most)));
      }
      if (is_slip) return refuse(node, fmt::format("is {}, or \"unlimited\"", name_of(key_.type)), lift_limit());
      if (key_.range.unlimited && means_unlimited(text->get())) {
        return refuse(node, fmt::format("is {}, not {}", name_of(key_.type), in_quotes(text->get())), lift_limit());
      }
    }
    if (const auto* text = node.as_string(); text != nullptr && key_.type != Type::integer) {
      const auto parsed = key_.type == Type::size ? parse_size(text->get()) : parse_duration(text->get());
      return parsed ? in_range(node, *parsed) : refuse(node, parsed.error().reason, parsed.error().suggestion);
    }
    const auto* integer = node.as_integer();
    if (integer == nullptr || key_.type == Type::duration) return refuse_type(node, name_of(key_.type));
    if (integer->get() < 0) return refuse_range(node, fmt::format("is at least {}", shown(key_.range.least)));
    const auto number = static_cast<uint64_t>(integer->get());
    if (!key_.choices.empty() && std::ranges::find(key_.choices, std::to_string(number)) == key_.choices.end()) {
      const bool is_answer = (number >= 200 && number < 300) || (number >= 400 && number < 600);
      return refuse(node, fmt::format("is one of {}, not {}", fmt::join(key_.choices, ", "), number),
                    is_answer ? fmt::format("respond = {{ status = {} }} answers with another", number) : "");
    }
    return in_range(node, number);
  }

  Value in_range(const toml::node& node, uint64_t number) {
    const Range& range = key_.range;
    if (number < range.least) return refuse_range(node, fmt::format("is at least {}", shown(range.least)));
    if (number <= range.most) return number;
    return refuse_range(node, fmt::format("is at most {}", shown(range.most)));
  }

  Value refuse_range(const toml::node& node, std::string_view reason) {
    return refuse(node, reason, key_.range.unlimited ? lift_limit() : "");
  }

  static std::string lift_limit() { return "write \"unlimited\" to lift the limit"; }

  // A number as it would be written.
  std::string shown(uint64_t number) const {
    const std::string text = format_number(number, unit_of(key_.type));
    return text.find_first_not_of("0123456789") == std::string::npos ? text : '"' + text + '"';
  }

  // A text, or a list of texts where the type allows it.
  Value texts(const toml::node& node) {
    const bool list = key_.type == Type::texts || key_.type == Type::paths;
    const auto* elements = list ? node.as_array() : nullptr;
    if (elements == nullptr) {
      if (!node.is_string()) return refuse_type(node, name_of(key_.type));
      std::optional<Text> only = text(node);
      return only ? Value(std::vector{*std::move(only)}) : Value();
    }
    std::vector<Text> all;
    for (const toml::node& element : *elements) {
      if (std::optional<Text> each = text(element)) all.push_back(*std::move(each));
    }
    // The elements that are right are looked at further, so that all that is wrong is found at once.
    if (all.empty() && !elements->empty()) return {};
    return all;
  }

  // One text; nothing where it is refused.
  std::optional<Text> text(const toml::node& node) {
    const auto* text = node.as_string();
    if (text == nullptr) {
      refuse(node, fmt::format("is a list of texts, and {} stands in it", name_of(node.type())), advice(node));
      return std::nullopt;
    }
    if (std::optional<Fault> fault = fault_of(text->get())) {
      refuse(node, fault->reason, std::move(fault->suggestion));
      return std::nullopt;
    }
    return Text{text->get(), region_of(node.source())};
  }

  std::optional<Fault> fault_of(const std::string& text) const {
    if (key_.type == Type::choice && std::ranges::find(key_.choices, text) == key_.choices.end()) {
      return Fault{fmt::format("is one of {}, not {}", fmt::join(key_.choices, ", "), in_quotes(text)),
                   text.find('/') == std::string::npos ? did_you_mean(text, key_.choices)
                                                       : fmt::format("write {}", key_.fallback)};
    }
    if (key_.type != Type::path && key_.type != Type::paths) return std::nullopt;
    if (text.empty()) return Fault{"is an empty path", "write \".\" for the folder of this file"};
    if (text.find('\0') != std::string::npos) return Fault{"is no path: it has a NUL", {}};
    constexpr std::string_view file_scheme = "file://";
    if (text.starts_with(file_scheme)) {
      return Fault{"is a path, not a URL",
                   fmt::format("write {}", quoted_text(shortened(text.substr(file_scheme.size()))))};
    }
    if (text.find("://") != std::string::npos)
      return Fault{"is a path, not a URL", "redirect = { to = \"...\" } leads to one"};
    if (text.starts_with("~/") || text == "~" || text.starts_with('$')) {
      return Fault{"is a path, in which \"~\" and variables stand for nothing", "write the whole path"};
    }
    return std::nullopt;
  }

  Value map(const toml::table& source) {
    std::vector<std::pair<Text, Text>> all;
    for (auto&& [name, node] : source) {
      if (context_.is_broken(region_of(name.source())) || context_.is_broken(region_of(node.source()))) continue;
      if (const auto* text = node.as_string()) {
        all.push_back({{std::string(name.str()), region_of(name.source())}, {text->get(), region_of(node.source())}});
        continue;
      }
      findings_.add(
          context_.repairs.in_file(region_of(node.source())),
          fmt::format("{} in {} is a text, not {}", in_quotes(name.str()), in_quotes(key_.name), name_of(node.type())),
          find_key(Table::route, name.str()) != nullptr
              ? fmt::format("as a key of the host or route it stands before the header of `{}`", key_.name)
          : node.is_number() || node.is_boolean() ? "put it in quotes"
                                                  : "");
    }
    // As a list of which no element is right.
    if (all.empty() && !source.empty()) return {};
    std::ranges::sort(all, {}, [](const auto& pair) { return pair.first.region.begin; });
    return all;
  }

  const Key& key_;
  const ValueContext& context_;
  Findings& findings_;
};

}  // namespace

Value read_value(const Key& key, const toml::node& node, const ValueContext& context) {
  return ValueReader(key, context).read(node);
}

}  // namespace webserv::app
