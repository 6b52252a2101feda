#include "app/systemd/journal.h"

#include <unistd.h>

namespace webserv::app {

StandardError kind_of_standard_error(int fd, const char* journal_stream) {
  if (is_journal(fd, journal_stream)) return StandardError::journal;
  return isatty(fd) == 1 ? StandardError::terminal : StandardError::other;
}

LogFormats choose_log_formats(std::string_view access, StandardError standard_error) {
  LogFormats formats{LogFormat::json, AccessFormat::json};
  if (access == "combined") formats.access = AccessFormat::combined;
  if (access == "off") formats.access = AccessFormat::off;
  if (standard_error == StandardError::journal) {
    formats.events = LogFormat::journal;
  } else if (standard_error == StandardError::terminal || formats.access != AccessFormat::json) {
    formats.events = LogFormat::text;
  }
  return formats;
}

}  // namespace webserv::app
