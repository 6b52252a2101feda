// What the program knows of the terminal that it writes to.
#pragma once

#include "app/text/report.h"

namespace webserv::app {

bool is_terminal(int fd);

// Colours for what is written to the descriptor, by its kind and by the environment.
Colours colours_of(int fd);

}  // namespace webserv::app
