// A note for those who want to know why an answer is as it is.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace webserv::detail {

// What a handler tells of the way to its answer. A request that has this note changes nothing: no program is run for
// it, and nothing is stored.
struct Trace {
  std::string file = {};                                               // that is sent or run, or was looked for
  std::string_view how = {};                                           // a literal: what it is to the request
  std::vector<std::pair<std::string_view, std::string>> details = {};  // more that was found out, by name
  bool open = false;  // the answer would be what a program says: the one that comes with this is but its place
};

}  // namespace webserv::detail
