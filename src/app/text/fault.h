// Why something of the configuration is refused.
#pragma once

#include <string>
#include <string_view>

namespace webserv::app {

struct Fault {
  // Of a value: what a right one is, to be read behind the key's name or the text ("is a time: ..."). Of a statement of
  // the file, or of something on the host: a whole sentence.
  std::string reason;
  std::string suggestion;  // what to do; may be empty
};

// The suggestion to write this text: "write \"/x\"".
std::string advise_to_write(std::string_view text);

}  // namespace webserv::app
