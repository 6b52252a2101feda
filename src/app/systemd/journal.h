// What standard error is, and which formats of the log suit it.
#pragma once

#include <cstdint>
#include <string_view>

#include "webserv/base/access_format.h"
#include "webserv/base/log.h"

namespace webserv::app {

enum class StandardError : uint8_t {
  journal,   // systemd connected it to the journal
  terminal,  // somebody reads along
  other,     // a file, or a pipe to a collector of logs
};

// What `fd` is. `journal_stream` is the value of $JOURNAL_STREAM, or null.
StandardError kind_of_standard_error(int fd, const char* journal_stream);

struct LogFormats {
  LogFormat events;
  AccessFormat access;
};

// From log.access in the configuration: "journal", "json", "combined" or "off". People get events as text, that is on a
// terminal, in the journal (with priorities) and beside an access log that is no JSON either; else all lines are JSON.
LogFormats choose_log_formats(std::string_view access, StandardError standard_error);

}  // namespace webserv::app
