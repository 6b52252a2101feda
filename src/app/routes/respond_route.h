// respond = { status = 200, text = "...", type = "text/plain" }
#pragma once

#include "app/routes/route_handler.h"
#include "app/schema/section_reader.h"
#include "webserv/http/status.h"

namespace webserv::app {

// A media type (RFC 9110 8.3.1): "text/plain", parameters may follow. The reason is read behind the type.
std::optional<Fault> fault_of_media_type(std::string_view type);

class RespondRoute final : public RouteHandler {
 public:
  explicit RespondRoute(const SectionReader& route);

  Status status() const { return status_; }  // any code from 200 to 599
  const std::string& text() const { return text_; }
  const std::string& type() const { return type_; }

  MethodSet methods() const override { return all_methods; }
  Handler build(const HandlerParts& parts) const override;
  HandlerFacts explain(const Places& places) const override;

 private:
  Status status_ = Status::ok;
  std::string text_;
  std::string type_ = "text/plain; charset=utf-8";
};

}  // namespace webserv::app
