// Programs among the files of a site: what StaticFiles asks of those who run them.
#pragma once

#include <string_view>

#include "webserv/server/handler.h"

namespace webserv {

// Called from every worker.
class ScriptFiles {
 public:
  virtual ~ScriptFiles() = default;

  // Whether a file below the root is a program, by its name alone; "" is the root, where that is a file.
  virtual bool includes(std::string_view file) const = 0;
  // The answer of one of them. `path_info`: what stands behind it in the request's path, from its slash on.
  virtual Answer run(Request& request, std::string_view file, std::string_view path_info) const = 0;
};

}  // namespace webserv
