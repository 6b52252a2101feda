#include "app/explain/explain.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>

#include "app/command/terminal.h"
#include "app/config/config_source.h"
#include "app/explain/explained_json.h"
#include "app/explain/explained_text.h"
#include "app/explain/explanation.h"
#include "app/text/report.h"

namespace webserv::app {
ExitStatus explain(const ExplainOptions& options) {
  const auto question = read_question(options);
  if (!question) {
    fmt::print(stderr, "webserv: {}\nSee webserv explain --help.\n", question.error());
    return ExitStatus::usage;
  }
  const std::optional<std::string> file = choose_config(options.config);
  const auto config = file ? load_config(*file) : default_config();
  if (!config) {
    fmt::print(stderr, "{}", report(config.error(), colours_of(STDERR_FILENO)));
    return ExitStatus::wrong_config;
  }
  const Explained explained = explain(*config, *question);
  fmt::print("{}", options.json ? explained_json(explained) : explained_text(explained, colours_of(STDOUT_FILENO)));
  return ExitStatus::ok;
}

}  // namespace webserv::app
