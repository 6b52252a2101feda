#include "webserv/handlers/respond.h"

#include <memory>
#include <string>
#include <utility>

#include "webserv/base/text.h"
#include "webserv/server/prepared.h"

namespace webserv {

using namespace detail;

namespace {

// FNV-1a.
uint64_t digest(std::string_view bytes) {
  uint64_t hash = 0xcbf29ce484222325;
  for (char c : bytes) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  return hash;
}

}  // namespace

Handler respond(Status status, std::string_view text, std::string_view type, const FieldRules& rules) {
  ResponseFields fields;
  if (!is_bodiless(status)) fields.add("Content-Type", type);
  apply(rules, fields);
  return Handler([prepared = std::make_shared<const Prepared>(status, std::move(fields), text)](Request&) {
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
