// Which programs a route runs, and how.
#pragma once

#include "app/config/config.h"
#include "app/schema/section_reader.h"

namespace webserv::app {

// The handler `cgi` of a route, and the `scripts` among its files, with what both have beside them.
CgiConfig build_cgi(const SectionReader& route);
CgiConfig build_scripts(const SectionReader& route);

}  // namespace webserv::app
