#include "app/command/terminal.h"

#include <unistd.h>

#include <cstdlib>

namespace webserv::app {

bool is_terminal(int fd) { return ::isatty(fd) == 1; }

Colours colours_of(int fd) { return choose_colours(is_terminal(fd), std::getenv("NO_COLOR"), std::getenv("TERM")); }

}  // namespace webserv::app
