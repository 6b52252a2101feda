#include "webserv/server/exceptions.h"

#include <array>
#include <exception>
#include <string>

#include "webserv/server/connection.h"
#include "webserv/server/request.h"

namespace webserv::detail {

namespace {

// What the exception that is being handled says of itself.
std::string text_of_exception() {
  try {
    throw;
  } catch (const std::exception& exception) {
    return exception.what();
  } catch (...) {
    return "something that is no std::exception";
  }
}

}  // namespace

// Where there is no memory to tell it with, nobody is told.

void log_exception(const Log* log, std::string_view message, Request& request) noexcept {
  if (log == nullptr) return;
  try {
    const std::string text = text_of_exception();
    const std::string id = to_string(request.id());
    log->event(Level::error, "handler_failed", message,
               {{"request_id", id}, {"vhost", request.vhost}, {"route", request.route}, {"error", text}});
  } catch (...) {
  }
}

void log_exception(const Log* log, std::string_view message, const Connection& connection) noexcept {
  if (log == nullptr) return;
  try {
    const std::string text = text_of_exception();
    std::array<char, 46> address;
    log->event(
        Level::error, "connection_failed", message,
        {{"listener", connection.listener().name}, {"remote_addr", connection.peer().text(address)}, {"error", text}});
  } catch (...) {
  }
}

}  // namespace webserv::detail
