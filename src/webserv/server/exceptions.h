// Exceptions that nobody can do anything about become events.
#pragma once

#include <string_view>

#include "webserv/base/log.h"

namespace webserv {

class Request;

namespace detail {

class Connection;

// Called where one is caught: tells the log its text, and of which request or connection it is. `log` may be null.
void log_exception(const Log* log, std::string_view message, Request& request) noexcept;
void log_exception(const Log* log, std::string_view message, const Connection& connection) noexcept;

}  // namespace detail

}  // namespace webserv
