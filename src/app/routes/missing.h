// What is not there when a server starts, so that requests get an error until it is.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace webserv::app {

// An event of the log.
struct Missing {
  std::string_view event;    // its name
  std::string_view message;  // with what follows from it
  std::string_view field;    // "root"
  std::string path;          // the field's value
};

inline Missing missing_root(std::string path) {
  return {"root_missing", "a root is not there, or its folder may not be entered: 404 until it is", "root",
          std::move(path)};
}

inline Missing missing_program(std::string path) {
  return {"program_missing", "a program is not there, or may not be run: 502 until it may", "program", std::move(path)};
}

inline Missing missing_in_sandbox(std::string path) {
  return {"sandbox_path_missing", "a path of a sandbox is not there: programs do not reach it until it is", "path",
          std::move(path)};
}

}  // namespace webserv::app
