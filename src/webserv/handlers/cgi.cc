#include "webserv/handlers/cgi.h"

namespace webserv {

Handler cgi(CgiOptions, unsigned, const Log&) {
  return [](Request&) { return error(Status::not_implemented, "programs cannot be run yet"); };
}

Handler files_with_scripts(Handler files, CgiOptions, unsigned, const Log&) { return files; }

}  // namespace webserv
