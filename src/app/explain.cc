#include "app/explain.h"

#include <fmt/core.h>

#include <cstdio>

namespace webserv {

ExitStatus explain(const ExplainOptions&) {
  fmt::print(stderr, "webserv: explain is not built yet\n");
  return ExitStatus::failure;
}

}  // namespace webserv
