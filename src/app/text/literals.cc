#include "app/text/literals.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "webserv/base/log_text.h"

namespace webserv::app {

using namespace detail;

std::string literal_of(std::string_view text) {
  std::string quoted = "\"";
  log_text::append_json(quoted, text);
  return quoted + '"';
}

std::string literal_of(bool truth) { return truth ? "true" : "false"; }

std::string literal_of(const std::vector<std::string>& texts) {
  std::vector<std::string> all;
  for (const std::string& text : texts) all.push_back(literal_of(text));
  return fmt::format("[{}]", fmt::join(all, ", "));
}

std::string literal_of(uint64_t number, Unit unit) {
  const std::string text = format_number(number, unit);
  return text.find_first_not_of("0123456789") == std::string::npos ? text : literal_of(text);
}

std::string literal_of(Clock::duration time) {
  return literal_of(static_cast<uint64_t>(time.count()), Unit::milliseconds);
}

}  // namespace webserv::app
