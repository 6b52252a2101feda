#include "webserv/server/response.h"

#include <utility>

namespace webserv {

using namespace detail;

Response text(std::string body, Status status, std::string_view type) {
  Response response;
  response.status = status;
  response.fields.add("Content-Type", type);
  response.body = std::move(body);
  return response;
}

Response error(Status status, std::string_view reason) {
  Response response;
  response.status = status;
  response.page = ErrorPage::due;
  response.reason = reason;
  return response;
}

Response closing(Response response) {
  response.close = true;
  return response;
}

}  // namespace webserv
