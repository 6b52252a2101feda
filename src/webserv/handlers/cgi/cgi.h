// Programs that answer requests by the Common Gateway Interface (RFC 3875). docs/cgi.md says what scripts can rely
// on.
#pragma once

#include <memory>

#include "webserv/handlers/cgi/cgi_options.h"
#include "webserv/handlers/files/script_files.h"
#include "webserv/server/handler.h"

namespace webserv {

// Answers every method, by a task.
//   404 no such script, or a directory; 403 a file that may not be run; 413, 408, 400 what Body says; 502 a program
//   that cannot start, dies or writes what is no CGI answer; 503 with Retry-After: too many runs; 504 the time is up.
Handler cgi(CgiOptions options, const CgiHost& host);

// Scripts among files: those with an extension of `interpreters`. Which one a path leads to is for StaticFiles to say.
std::shared_ptr<const ScriptFiles> script_files(CgiOptions options, const CgiHost& host);

}  // namespace webserv
