// redirect = { to = "/new", status = 301 }
#pragma once

#include "app/routes/route_handler.h"
#include "app/schema/section_reader.h"
#include "webserv/http/status.h"

namespace webserv::app {

// Where a redirect goes: a path, or an absolute URI of http or https. The reason is read behind the target.
std::optional<Fault> fault_of_target(std::string_view target);

class RedirectRoute final : public RouteHandler {
 public:
  explicit RedirectRoute(const SectionReader& route);

  const std::string& to() const { return to_.text; }  // a path, or an absolute URI of http or https
  Status status() const { return status_; }

  MethodSet methods() const override { return all_methods; }
  Handler build(const HandlerParts& parts) const override;
  HandlerFacts explain(const Places& places) const override;
  std::optional<LocalRedirect> local_redirect() const override;

 private:
  std::string path_;  // of the route
  Text to_;
  Status status_ = Status::permanent_redirect;
};

}  // namespace webserv::app
