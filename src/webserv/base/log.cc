#include "webserv/base/log.h"

#include <array>
#include <chrono>

#include "webserv/base/log_text.h"
#include "webserv/base/text.h"

namespace webserv {

using namespace detail;

namespace {

constexpr std::array<std::string_view, 5> level_names = {"error", "warning", "notice", "info", "debug"};

// The numbers of syslog(3), which sd-daemon(3) shares.
constexpr std::array<char, 5> priorities = {'3', '4', '5', '6', '7'};

// Adds the text of a field's value; strings by `append_text`.
template <class AppendText>
void append_field(std::string& to, const LogField& field, AppendText append_text) {
  if (const auto* text = std::get_if<std::string_view>(&field.value)) {
    append_text(to, *text);
  } else if (const auto* number = std::get_if<uint64_t>(&field.value)) {
    append_decimal(to, *number);
  } else {
    to += std::to_string(std::get<int64_t>(field.value));
  }
}

void append_text_event(std::string& to, Level level, std::string_view message, std::span<const LogField> fields) {
  to += to_string(level);
  to += ": ";
  log_text::append_message(to, message);
  for (const LogField& field : fields) {
    to += ' ';
    to += field.key;
    to += '=';
    append_field(to, field, log_text::append_value);
  }
}

void append_json_string(std::string& to, std::string_view text) {
  to += '"';
  log_text::append_json(to, text);
  to += '"';
}

void append_json_event(std::string& to, int64_t unix_microseconds, Level level, std::string_view name,
                       std::string_view message, std::span<const LogField> fields) {
  const int64_t second = std::chrono::floor<std::chrono::seconds>(std::chrono::microseconds(unix_microseconds)).count();
  std::array<char, 32> time;
  char* end = log_text::put(log_text::put_rfc3339_second(time.data(), second), ".");
  end =
      log_text::put(log_text::put_six_digits(end, static_cast<uint32_t>(unix_microseconds - second * 1'000'000)), "Z");
  to += "{\"time\":\"";
  to.append(time.data(), end);
  to += "\",\"level\":";
  append_json_string(to, to_string(level));
  to += ",\"event\":";
  append_json_string(to, name);
  to += ",\"message\":";
  append_json_string(to, message);
  for (const LogField& field : fields) {
    to += ',';
    append_json_string(to, field.key);
    to += ':';
    append_field(to, field, append_json_string);
  }
  to += '}';
}

}  // namespace

std::string_view to_string(Level level) { return level_names[static_cast<size_t>(level)]; }

std::optional<Level> parse_level(std::string_view name) {
  for (size_t i = 0; i < level_names.size(); ++i) {
    if (level_names[i] == name) return static_cast<Level>(i);
  }
  return std::nullopt;
}

std::string format_event(LogFormat format, int64_t unix_microseconds, Level level, std::string_view name,
                         std::string_view message, std::span<const LogField> fields) {
  std::string line;
  if (format == LogFormat::json) {
    append_json_event(line, unix_microseconds, level, name, message, fields);
  } else {
    if (format == LogFormat::journal) line = {'<', priorities[static_cast<size_t>(level)], '>'};
    append_text_event(line, level, message, fields);
  }
  line += '\n';
  return line;
}

void Log::event(Level level, std::string_view name, std::string_view message, std::span<const LogField> fields) const {
  if (!wants(level)) return;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const int64_t microseconds = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
  sink_.write(format_event(format_, microseconds, level, name, message, fields));
}

}  // namespace webserv
