#include "app/explain/explain.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "app/config_source.h"
#include "app/diagnostic.h"
#include "app/explain/explanation.h"
#include "app/explain/print.h"

namespace webserv {
namespace {

// https://no-color.org, and terminals that have none.
bool is_coloured() {
  const char* off = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  return ::isatty(STDOUT_FILENO) != 0 && (off == nullptr || *off == '\0') &&
         std::string_view(terminal == nullptr ? "dumb" : terminal) != "dumb";
}

}  // namespace

ExitStatus explain(const ExplainOptions& options) {
  const auto question = read_question(options);
  if (!question) {
    fmt::print(stderr, "webserv: {}\nSee webserv explain --help.\n", question.error());
    return ExitStatus::usage;
  }
  std::optional<std::string> file = options.config;
  if (!file) file = find_config(std::getenv("CONFIGURATION_DIRECTORY"));
  const auto config = file ? load_config(*file) : default_config();
  if (!config) {
    for (const Diagnostic& diagnostic : config.error()) fmt::print(stderr, "{}\n", to_string(diagnostic));
    return ExitStatus::wrong_config;
  }
  const std::string otherwise = default_host(*config);
  const std::vector<Explanation> all = explain(*config, *question, otherwise);
  const Explained explained{*config, *question, question->host.value_or(otherwise), all};
  fmt::print("{}", options.json ? explained_json(explained) : explained_text(explained, is_coloured()));
  return ExitStatus::ok;
}

}  // namespace webserv
