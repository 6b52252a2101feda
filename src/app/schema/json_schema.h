// The configuration's schema as JSON Schema (draft 2020-12). Editors check and complete files with it; the manual page,
// docs/configuration.md and whatever else describes the keys are made from it (docs/reference.py).
#pragma once

#include <string>

namespace webserv::app {

// Describes all keys that this version serves. Beside what the standard has, each key has an object "x-webserv" for
// those who write documents or options of it:
//   type               as schema.h names it: "size", "duration", "path", ...
//   unit               "bytes" or "milliseconds", of what `default` and the range mean
//   least, most        the range as it would be written
//   unlimited          true: "unlimited" may stand instead
//   names              what free names below it are called: "NAME"
//   role               "host": in a vhost it holds for all of its routes; "handler": is the handler of its route
//   beside             the handlers that it may stand beside, where not all
std::string json_schema();

}  // namespace webserv::app
