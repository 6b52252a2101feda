#include "webserv/handlers/finish.h"

#include <utility>

namespace webserv {

namespace {

void use_page(const ErrorPages& pages, Response& response) {
  const ErrorPageFile* file = pages.find(response.status);
  if (file == nullptr) return;
  std::shared_ptr<const std::string> page = file->read();
  if (page == nullptr) return;
  response.fields.set("Content-Type", file->type());
  response.body = SharedBytes{page, *page};
  response.server_error_page = false;
}

}  // namespace

Finish Finish::merge(const Finish& wider, const Finish& narrower) {
  return {webserv::merge(wider.fields, narrower.fields), ErrorPages::merge(wider.error_pages, narrower.error_pages)};
}

void Finish::apply(Response& response) const {
  if (response.finished) return;
  if (response.server_error_page) use_page(error_pages, response);
  webserv::apply(fields, response.fields);
}

}  // namespace webserv
