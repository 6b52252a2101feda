#include "webserv/handlers/cgi.h"

namespace webserv {

Handler cgi(CgiOptions, const CgiHost&) {
  return [](Request&) { return error(Status::not_implemented, "programs cannot be run yet"); };
}

Handler files_with_scripts(Handler files, CgiOptions, const CgiHost&) { return files; }

}  // namespace webserv
