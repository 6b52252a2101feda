#include "webserv/handlers/respond.h"

#include <string>

#include "webserv/base/text.h"
#include "webserv/http/h1_writer.h"

namespace webserv {

namespace {

// FNV-1a.
uint64_t digest(std::string_view bytes) {
  uint64_t hash = 0xcbf29ce484222325;
  for (char c : bytes) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  return hash;
}

std::shared_ptr<Prepared> prepare_head(Status status, const ResponseFields& fields, uint64_t length) {
  auto prepared = std::make_shared<Prepared>();
  prepared->status = status;
  std::string& bytes = prepared->fields_and_body;
  bytes.append(fields.lines());
  if (!is_bodiless(status)) append_content_length(bytes, length);
  bytes.append("\r\n");
  prepared->body_offset = bytes.size();
  return prepared;
}

}  // namespace

std::shared_ptr<const Prepared> prepare(Status status, const ResponseFields& fields, std::string_view body) {
  auto prepared = prepare_head(status, fields, body.size());
  if (!is_bodiless(status)) prepared->fields_and_body.append(body);
  return prepared;
}

std::shared_ptr<const Prepared> prepare(const ResponseFields& fields, FileSlice file) {
  auto prepared = prepare_head(Status::ok, fields, file.length);
  prepared->file = std::move(file);
  return prepared;
}

Handler respond(Status status, std::string_view text, std::string_view type, const FieldRules& rules) {
  ResponseFields fields;
  if (!is_bodiless(status)) fields.add("Content-Type", type);
  apply(rules, fields);
  return Handler([prepared = prepare(status, fields, text)](Request&) {
    Response response;
    response.status = prepared->status;
    response.finished = true;
    response.body = prepared;
    return response;
  });
}

Handler memory_file(std::string_view content, std::string_view type) {
  std::string etag = "\"";
  append_hex(etag, digest(content), 16);
  etag.push_back('"');
  ResponseFields fields;
  fields.add("Content-Type", type);
  fields.add("ETag", etag);
  return Handler([fields, content](Request&) {
    Response response;
    response.fields = fields;
    response.body = content;
    return response;
  });
}

}  // namespace webserv
