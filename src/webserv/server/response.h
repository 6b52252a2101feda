// Response: what a handler returns. A value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "webserv/http/status.h"
#include "webserv/server/body_source.h"
#include "webserv/server/response_fields.h"

namespace webserv {

// Whose the body of an error is.
enum class ErrorPage : uint8_t {
  none,        // the handler's: no page stands for it
  due,         // the server made the error: a page is to be found for it
  configured,  // a file that the configuration names
  built_in,
};

struct Response {
  Status status = Status::ok;
  // The connection is closed after this response.
  bool close = false;
  ErrorPage page = ErrorPage::none;
  // It has the fields of the configuration already, and no error page stands for it.
  bool finished = false;
  std::string_view reason;  // a literal: of an error, for the log
  ResponseFields fields;
  BodySource body;
};

// Text with its type.
Response text(std::string body, Status status = Status::ok, std::string_view type = "text/plain; charset=utf-8");

// An error that the server makes; its page is the configuration's or, without any, a built-in one.
Response error(Status status, std::string_view reason);
inline Response error(const HttpError& error_) { return error(error_.status, error_.reason); }

// The same response as the last of its connection.
Response closing(Response response);

}  // namespace webserv
