// The program: reads the command line and does what it says.
#include <fmt/core.h>

#include <cstdio>

#include "app/check/check.h"
#include "app/command/options.h"
#include "app/explain/explain.h"
#include "app/schema/json_schema.h"
#include "app/serve/serve.h"

namespace webserv::app {
namespace {

ExitStatus run(const ServeOptions& options) { return serve(options); }
ExitStatus run(const CheckOptions& options) { return check(options); }
ExitStatus run(const ExplainOptions& options) { return explain(options); }
ExitStatus run(const SchemaOptions&) {
  fmt::print("{}", json_schema());
  return ExitStatus::ok;
}

}  // namespace
}  // namespace webserv::app

int main(int argc, char** argv) {
  using namespace webserv::app;
  const auto command = parse_command_line(argc, argv);
  if (!command) {
    const bool well = command.error().status == ExitStatus::ok;
    fmt::print(well ? stdout : stderr, "{}", command.error().text);
    return static_cast<int>(command.error().status);
  }
  return static_cast<int>(std::visit([](const auto& options) { return run(options); }, *command));
}
