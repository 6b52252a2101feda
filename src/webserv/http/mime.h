// Media types by file name extension: Debian's /etc/mime.types, compiled in (mime_table.py, mime_table.inc).
#pragma once

#include <string_view>

namespace webserv::detail {

constexpr std::string_view default_mime_type = "application/octet-stream";

// The value of Content-Type for a file of that name or path, by what follows the last dot of its last segment, without
// regard to case; the default above where there is no dot, only a leading one, or an unknown extension. All text/*
// types come with "; charset=utf-8", for nothing inside of most of them could tell it. Other types carry no charset:
// JSON is UTF-8 anyway (RFC 8259 8.1), and XML, SVG included, says it in the file, which a parameter would overrule
// (RFC 7303 3). A view of a constant.
std::string_view mime_type(std::string_view filename);

}  // namespace webserv::detail
