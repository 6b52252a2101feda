// Why something of the configuration is refused.
#pragma once

#include <string>

namespace webserv::app {

struct Fault {
  // Of a value: what a right one is, to be read behind the key's name or the text ("is a time: ..."). Of a statement of
  // the file, or of something on the host: a whole sentence.
  std::string reason;
  std::string suggestion;  // what to do; may be empty
};

}  // namespace webserv::app
