#include "app/toml/toml_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/text/characters.h"
#include "webserv/base/text.h"

namespace webserv::app {

using namespace detail;

namespace {

constexpr std::string_view blanks = " \t\r";

}  // namespace

bool is_bare_name(char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-'; }

bool is_bare_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) { return is_bare_name(c); });
}

std::string_view without_blanks(std::string_view text) {
  const size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

bool is_forbidden(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F; }

std::string quoted_text(std::string_view text) {
  const bool has_control = std::ranges::any_of(text, is_control);
  const bool has_escapes = text.find_first_of("\"\\") != std::string_view::npos;
  if (has_escapes && !has_control && text.find('\'') == std::string_view::npos) return fmt::format("'{}'", text);
  std::string quoted = "\"";
  for (char c : text) {
    if (is_control(c)) {
      quoted += fmt::format("\\u{:04X}", static_cast<unsigned char>(c));
    } else {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += c;
    }
  }
  return quoted + '"';
}

std::string written_key(std::string_view name) { return is_bare_name(name) ? std::string(name) : quoted_text(name); }

}  // namespace webserv::app
