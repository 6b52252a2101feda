#include "app/json_schema.h"

#include <fmt/core.h>

#include <cstdio>

namespace webserv {

ExitStatus print_schema(const SchemaOptions&) {
  fmt::print(stderr, "webserv: the schema is not built yet\n");
  return ExitStatus::failure;
}

}  // namespace webserv
