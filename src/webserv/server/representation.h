// Conditional requests and ranges, applied to a response once, whatever handler made it (RFC 9110 13 and 14).
#pragma once

#include "webserv/http/conditional.h"
#include "webserv/server/request.h"
#include "webserv/server/response.h"

namespace webserv::detail {

constexpr FieldSet selection_fields = precondition_fields | field_set(FieldName::range);

// Whether the request asks for anything that select_representation() would do.
inline bool wants_selection(const RequestHead& head) { return head.fields.any(selection_fields); }

// Makes of a 200 response to GET or HEAD that has an ETag or Last-Modified, once preconditions and ranges are
// applied: 304, 412, 206 with one part or several, 416, or the same response. Others, and bodies whose length is not
// known, are left as they are; so are responses that went through here before.
void select_representation(Request& request, Response& response);

}  // namespace webserv::detail
