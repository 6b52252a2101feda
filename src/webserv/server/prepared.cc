#include "webserv/server/prepared.h"

#include <utility>

#include "webserv/http/h1_writer.h"

namespace webserv {

using namespace detail;

namespace {

std::string h1_head(Status status, const ResponseFields& fields, uint64_t length) {
  std::string text = fields.lines();
  if (!is_bodiless(status)) append_content_length(text, length);
  return text.append("\r\n");
}

}  // namespace

Prepared::Prepared(Status status_, ResponseFields fields_, std::string_view body)
    : status(status_),
      fields(std::move(fields_)),
      h1_text(h1_head(status, fields, body.size())),
      h1_head_size(h1_text.size()) {
  if (!is_bodiless(status)) h1_text.append(body);
}

Prepared::Prepared(ResponseFields fields_, FileSlice file_)
    : status(Status::ok),
      fields(std::move(fields_)),
      file(std::move(file_)),
      h1_text(h1_head(status, fields, file.length)),
      h1_head_size(h1_text.size()) {}

Response unfold(const std::shared_ptr<const Prepared>& prepared) {
  Response response;
  response.status = prepared->status;
  response.finished = true;
  response.fields = prepared->fields;
  if (prepared->file.length > 0) {
    response.body = prepared->file;
  } else {
    response.body = SharedBytes{prepared, prepared->body()};
  }
  return response;
}

}  // namespace webserv
