#include "webserv/handlers/finish.h"

#include <utility>

namespace webserv {

using namespace detail;

Finish::Finish(FieldRules fields_, ErrorPages error_pages_)
    : fields(std::move(fields_)), error_pages(std::move(error_pages_)) {}

Finish Finish::merge(const Finish& wider, const Finish& narrower) {
  return {webserv::merge(wider.fields, narrower.fields), ErrorPages::merge(wider.error_pages, narrower.error_pages)};
}

const ErrorPageFile* Finish::page_for(const Response& response) const {
  return response.page == ErrorPage::due ? error_pages.find(response.status) : nullptr;
}

bool Finish::finish(Response& response) const {
  if (const ErrorPageFile* file = page_for(response)) {
    if (!file->is_fresh()) return false;
    if (std::shared_ptr<const std::string> page = file->content()) {
      response.fields.set("Content-Type", file->type());
      response.body = SharedBytes{page, *page};
      response.page = ErrorPage::configured;
    }
  }
  apply(fields, response.fields);
  return true;
}

Task<> Finish::get_ready(const Response& response) const {
  if (const ErrorPageFile* file = page_for(response)) co_await file->refresh();
}

}  // namespace webserv
