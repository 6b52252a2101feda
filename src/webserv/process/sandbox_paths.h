// What every program may read and run, whatever its route says.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace webserv::detail {

// The system's programs, libraries and data, those files of /etc that libraries and languages read, and what /dev has
// for everyone. Only what is there.
struct UsualPaths {
  std::vector<std::string> read;     // to read and to run
  std::vector<std::string> devices;  // to read and to write
};
UsualPaths usual_paths(bool network);

// What a program PREFIX/bin/NAME needs of where it is installed: programs and libraries of PREFIX, and the file by
// which Python knows that it is in a virtual environment. Also for the file that it is a link to.
std::vector<std::string> of_installation(const std::string& program);

// The folders of a value of PATH (environ(7)) in which a program in a sandbox can run something: usual ones, and those
// below `also`, or what links lead to there. A language that finds itself in another one, as Python does by asking
// which files there are, would look for its libraries where it may not read.
std::string reachable_search_path(std::string_view path, const std::vector<std::string>& also);

}  // namespace webserv::detail
