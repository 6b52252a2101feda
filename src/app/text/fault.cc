#include "app/text/fault.h"

#include <fmt/format.h>

namespace webserv::app {

std::string advise_to_write(std::string_view text) { return fmt::format("write \"{}\"", text); }

}  // namespace webserv::app
