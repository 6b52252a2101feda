// What the configuration does to every response of a host or a route: errors get their pages, fields are added.
#pragma once

#include "webserv/handlers/error_pages.h"
#include "webserv/handlers/field_rules.h"
#include "webserv/server/finisher.h"

namespace webserv {

class Finish final : public Finisher {
 public:
  Finish() = default;
  Finish(FieldRules fields_, ErrorPages error_pages_);

  static Finish merge(const Finish& wider, const Finish& narrower);

  // An error that the server made gets the configured page, where there is one that can be read; its status and fields
  // stay. Without one it keeps the mark that a page is due.
  bool finish(Response& response) const override;
  Task<> get_ready(const Response& response) const override;

  FieldRules fields;
  ErrorPages error_pages;

 private:
  // The page that is to stand for the body; null where none is.
  const ErrorPageFile* page_for(const Response& response) const;
};

}  // namespace webserv
