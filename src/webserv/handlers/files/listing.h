// The entries of a directory as a page for people, or as JSON for programs.
#pragma once

#include <string>
#include <string_view>

#include "webserv/io/file.h"
#include "webserv/server/request.h"
#include "webserv/server/response.h"

namespace webserv {

// A directory with more entries than this is not shown whole: the page would be of no use.
constexpr size_t max_listed_entries = 100'000;

// Names that begin with a dot are hidden, but for the one that RFC 8615 gave a meaning to.
inline bool is_hidden_name(std::string_view name) { return name.starts_with('.') && name != ".well-known"; }

struct ListingOptions {
  bool hidden_files = false;  // they are shown too
};

// The listing of `folder`, which is `relative` in `directory`: "" or with a slash at the end. Only what can be found
// is shown: no broken link, none that leads out, no FIFO. The query of the request says the order
// (?sort=name|size|mtime and &order=asc|desc; directories always come first), its Accept fields the form. Other
// connections go on meanwhile. `directory` and `request` outlive the task.
Task<Response> list_directory(Request& request, Directory& directory, std::string relative, OpenedFile folder,
                              ListingOptions options);

}  // namespace webserv
