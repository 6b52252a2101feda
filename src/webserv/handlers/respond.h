// Answers that never change.
#pragma once

#include <string_view>

#include "webserv/handlers/field_rules.h"
#include "webserv/http/status.h"
#include "webserv/server/handler.h"
#include "webserv/server/response.h"

namespace webserv {

// A handler that answers with `text` of media type `type`; with neither where the status has no body (204, 304). Made
// once, with the fields of its route in it, and sent as it is.
Handler respond(Status status, std::string_view text, std::string_view type, const FieldRules& fields);

// A handler that answers with a file in memory, which outlives the handler, and with a strong ETag of its content.
Handler memory_file(std::string_view content, std::string_view type);

}  // namespace webserv
