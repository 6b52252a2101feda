// Whatever a client sends, a line of the log stays one line of its format: no control byte, no byte that is no UTF-8,
// no quote that ends a value early; and what was UTF-8 can be read back.
#include <cstdlib>
#include <memory>
#include <string>

#include "webserv/base/log.h"
#include "webserv/base/log_text.h"
#include "webserv/base/text.h"

namespace {

using namespace webserv;
using namespace webserv::detail;

void check(bool holds) {
  if (!holds) std::abort();
}

// What a JSON reader makes of the inside of a string of ours (RFC 8259 7).
std::string read_json_string(std::string_view text) {
  std::string value;
  for (size_t i = 0; i < text.size(); ++i) {
    check(static_cast<unsigned char>(text[i]) >= 0x20 && text[i] != '"');
    if (text[i] != '\\') {
      value += text[i];
    } else if (text.substr(i + 1, 3) == "u00") {
      const auto point = parse_hex(text.substr(i + 4, 2));
      check(point.has_value());
      if (*point >= 0x80) value += '\xc2';
      value += static_cast<char>(*point);
      i += 5;
    } else {
      check(i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\'));
      value += text[++i];
    }
  }
  return value;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);

  // Room to the byte: one more written is found by the address sanitizer.
  const auto room = std::make_unique_for_overwrite<char[]>(size * log_text::most_per_byte);
  const std::string_view json(room.get(), log_text::put_json(room.get(), text));
  check(is_utf8(json));
  const std::string value = read_json_string(json);
  if (is_utf8(text)) check(value == text);

  const std::string_view combined(room.get(), log_text::put_combined(room.get(), text));
  for (char c : combined) check(c >= 0x20 && c < 0x7f && c != '"');

  const LogField fields[] = {{"key", text}};
  for (LogFormat format : {LogFormat::text, LogFormat::journal, LogFormat::json}) {
    const std::string line = format_event(format, 0, Level::info, "event", text, fields);
    check(is_utf8(line) && line.back() == '\n');
    for (char c : std::string_view(line).substr(0, line.size() - 1))
      check(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  }
  return 0;
}
