// What is done to every response of a host or a route on its way out: errors get their pages, fields are added.
#pragma once

#include "webserv/handlers/error_pages.h"
#include "webserv/handlers/field_rules.h"
#include "webserv/server/response.h"

namespace webserv {

struct Finish {
  FieldRules fields;
  ErrorPages error_pages;

  static Finish merge(const Finish& wider, const Finish& narrower);

  // An error that the server made gets the configured page, where there is one that can be read; its status and fields
  // stay. Without one the connection sends the built-in page. What is finished already stays as it is.
  void apply(Response& response) const;
};

}  // namespace webserv
