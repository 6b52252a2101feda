// What is done to every response of a host or a route on its way out: errors get their pages, fields are added.
#pragma once

#include "webserv/handlers/errors.h"
#include "webserv/handlers/fields.h"
#include "webserv/server/request.h"
#include "webserv/server/response.h"

namespace webserv {

struct Finish {
  FieldRules fields;
  ErrorPages error_pages;

  static Finish merge(const Finish& wider, const Finish& narrower);

  // Prepared responses have their fields already and stay as they are. An error that the server made gets the
  // configured page, where there is one that can be read, else the built-in one; its status and fields stay.
  void apply(Response& response, const Request& request) const;

  // The same for an error before there was a request.
  void apply(Response& response) const;

 private:
  bool use_error_page(Response& response) const;
};

}  // namespace webserv
