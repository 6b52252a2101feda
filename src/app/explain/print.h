// Explanations as people and as programs read them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/explain/explanation.h"
#include "app/text/report.h"

namespace webserv::app {

struct Explained {
  const Config& config;
  const Question& question;
  std::string host;  // that is asked for: of the question, or the default one
  std::span<const Explanation> all;
  std::vector<std::string> notes;  // that hold for all of them
};

// A line for each fact, with the line of the configuration behind it, as "site.toml:12". No control byte of the
// question, of the configuration or of a file's name gets into it raw.
std::string explained_text(const Explained& explained, Colours colours);

// An object: the request, and a list of explanations.
std::string explained_json(const Explained& explained);

}  // namespace webserv::app
