#include "app/systemd/journal.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <string>

#include "webserv/io/fd.h"

namespace webserv::app {
namespace {

TEST(LogFormats, suit_what_standard_error_is) {
  struct Case {
    std::string_view access;
    StandardError standard_error;
    LogFormat events;
    AccessFormat requests;
  };
  const Case cases[] = {
      {"journal", StandardError::journal, LogFormat::journal, AccessFormat::json},
      {"journal", StandardError::terminal, LogFormat::text, AccessFormat::json},
      {"journal", StandardError::other, LogFormat::json, AccessFormat::json},
      {"json", StandardError::journal, LogFormat::journal, AccessFormat::json},
      {"json", StandardError::terminal, LogFormat::text, AccessFormat::json},
      {"json", StandardError::other, LogFormat::json, AccessFormat::json},
      {"combined", StandardError::journal, LogFormat::journal, AccessFormat::combined},
      {"combined", StandardError::terminal, LogFormat::text, AccessFormat::combined},
      {"combined", StandardError::other, LogFormat::text, AccessFormat::combined},
      {"off", StandardError::journal, LogFormat::journal, AccessFormat::off},
      {"off", StandardError::other, LogFormat::text, AccessFormat::off},
  };
  for (const Case& c : cases) {
    const LogFormats formats = choose_log_formats(c.access, c.standard_error);
    EXPECT_EQ(formats.events, c.events) << c.access;
    EXPECT_EQ(formats.access, c.requests) << c.access;
  }
}

TEST(LogFormats, know_what_standard_error_is) {
  const Fd file(open("/dev/null", O_WRONLY | O_CLOEXEC));
  EXPECT_EQ(kind_of_standard_error(file.get(), nullptr), StandardError::other);
  struct stat status {};
  ASSERT_EQ(fstat(file.get(), &status), 0);
  const std::string stream = std::to_string(status.st_dev) + ':' + std::to_string(status.st_ino);
  EXPECT_EQ(kind_of_standard_error(file.get(), stream.c_str()), StandardError::journal);
  const Fd terminal(posix_openpt(O_RDWR | O_NOCTTY));
  EXPECT_EQ(kind_of_standard_error(terminal.get(), stream.c_str()), StandardError::terminal);
}

}  // namespace
}  // namespace webserv::app
