// Which program answers a path, and which part of the path is its name (RFC 3875 3.3).
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "webserv/handlers/cgi/cgi_options.h"
#include "webserv/http/status.h"
#include "webserv/io/file.h"

namespace webserv::detail {

struct CgiScript {
  std::string file;         // an absolute path: the script, or the program where a route has but one
  std::string interpreter;  // the program that gets the file as its argument; empty: the file is executed
  std::string name;         // SCRIPT_NAME
  std::string path_info;    // the rest of the path, from its slash on

  const std::string& program() const { return interpreter.empty() ? file : interpreter; }
  // Its own: where it runs.
  std::string folder() const;
  // Whether it writes whole messages, which go to the client as they are (RFC 3875 5).
  bool writes_messages() const;
};

// Called from every worker, each of which has directories of its own.
class CgiScripts {
 public:
  // Borrows the options.
  CgiScripts(const CgiOptions& options, unsigned workers);
  CgiScripts(const CgiScripts&) = delete;

  // The script of a path. 404: nothing is there, a directory, what is hidden, a link that leads out; 403: a file that
  // neither has an interpreter nor may be executed.
  std::expected<CgiScript, HttpError> find(std::string_view path, unsigned worker, Clock::time_point now) const;

  // Whether files of that name have an interpreter, which may be themselves; "" is the root, where that is a file.
  bool has_interpreter(std::string_view file) const { return interpreter_of(file) != nullptr; }

  // A file below the root (or the root itself, "") as a script, whether it is there or not.
  CgiScript script(std::string_view file, std::string_view path_info) const;

  // The folder of scripts as an absolute path; empty where the route has but one program.
  const std::string& root() const { return root_; }
  // The one program as an absolute path; empty where the route has a folder.
  const std::string& program() const { return program_; }

 private:
  struct Found;
  Result<Found> walk(std::string_view relative, unsigned worker, Clock::time_point now) const;
  const std::string* interpreter_of(std::string_view file) const;
  std::optional<std::string_view> relative_to_route(std::string_view path) const;

  const CgiOptions& options_;
  const std::string root_;
  const std::string program_;
  const std::vector<std::unique_ptr<Directory>> directories_;  // of each worker
};

}  // namespace webserv::detail
