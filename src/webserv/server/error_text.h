// The built-in pages of errors.
#pragma once

#include <string>
#include <string_view>

#include "webserv/http/status.h"
#include "webserv/server/response.h"

namespace webserv::detail {

// A small page for people, whole: no other file is needed. In HTML, or in one line of plain text.
std::string error_html(Status status);
std::string error_text(Status status);

// Gives an error without a body its built-in page: in HTML where `accept` (the values of the Accept fields, joined)
// names text/html and does not prefer text/plain, else in plain text. Its status and other fields stay.
void put_built_in_page(Response& error, std::string_view accept);

}  // namespace webserv::detail
