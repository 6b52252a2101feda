// What the server has to say about itself: events with a name, a level, a message for people and fields for machines.
// docs/logging.md shows the formats. Requests have a log of their own: access_log.h.
#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "webserv/base/line_sink.h"

namespace webserv {

// From the most to the least urgent.
enum class Level : uint8_t { error, warning, notice, info, debug };

// The name of a level, as in the configuration and in the log.
std::string_view to_string(Level level);

// The level of that name, or nothing.
std::optional<Level> parse_level(std::string_view name);

// A fact of an event. The key is lower-case, a word of interfaces such as "remote_addr". Borrows its texts: for a call,
// not to keep.
struct LogField {
  LogField(std::string_view name, std::string_view text) : key(name), value(text) {}
  template <std::integral Number>
  LogField(std::string_view name, Number number) : key(name) {
    if constexpr (std::signed_integral<Number>) {
      value = static_cast<int64_t>(number);
    } else {
      value = static_cast<uint64_t>(number);
    }
  }

  std::string_view key;
  std::variant<std::string_view, int64_t, uint64_t> value;
};

enum class LogFormat : uint8_t {
  text,     // for people: "warning: message key=value"
  journal,  // the same with the priority in front, as sd-daemon(3) has it: "<4>warning: message key=value"
  json,     // one object a line, RFC 8259
};

// The line of an event, with its newline. No byte of an argument reaches it raw if it is a control byte or no UTF-8.
std::string format_event(LogFormat format, int64_t unix_microseconds, Level level, std::string_view name,
                         std::string_view message, std::span<const LogField> fields);

class Log {
 public:
  // Borrows `sink`. Events less urgent than `most_verbose` are left out.
  Log(LineSink& sink, LogFormat format, Level most_verbose)
      : sink_(sink), format_(format), most_verbose_(most_verbose) {}
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  // For later events. Any thread.
  void use(LogFormat format, Level most_verbose) {
    format_ = format;
    most_verbose_ = most_verbose;
  }

  // For what is costly to gather.
  bool wants(Level level) const { return level <= most_verbose_; }

  // Writes one line. `name` says which event it is, for machines, in lower case with underscores: "listener_failed".
  // Any thread.
  void event(Level level, std::string_view name, std::string_view message, std::span<const LogField> fields) const;
  void event(Level level, std::string_view name, std::string_view message,
             std::initializer_list<LogField> fields = {}) const {
    event(level, name, message, std::span<const LogField>(fields.begin(), fields.size()));
  }

 private:
  LineSink& sink_;
  std::atomic<LogFormat> format_;
  std::atomic<Level> most_verbose_;
};

}  // namespace webserv
