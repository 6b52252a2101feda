// cgi = { root = "cgi-bin", interpreters = { ".py" = "/usr/bin/python3" } }, or cgi = { program = "/usr/bin/x" }
#pragma once

#include <string_view>

#include "app/routes/route_handler.h"
#include "app/schema/section_reader.h"
#include "webserv/handlers/cgi/cgi.h"

namespace webserv::app {

class CgiRoute final : public RouteHandler {
 public:
  explicit CgiRoute(const SectionReader& route);

  const CgiOptions& options() const { return options_; }  // all paths are absolute

  MethodSet methods() const override { return all_methods; }
  Handler build(const HandlerParts& parts) const override;
  HandlerFacts explain(const Places& places) const override;
  void check_live(const Places& places, Findings& findings) const override;
  std::vector<Missing> missing() const override;
  std::string_view root() const override { return options_.root; }
  const CgiOptions* programs() const override { return &options_; }

 private:
  CgiOptions options_;
};

}  // namespace webserv::app
