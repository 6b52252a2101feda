#include "app/config/config_reader.h"

#include <optional>
#include <utility>

#include "app/config/config_builder.h"
#include "app/config/own_routes.h"
#include "app/toml/toml_sections.h"

namespace webserv::app {

std::expected<Config, std::vector<Diagnostic>> read_config(std::string_view text, std::string file,
                                                           std::string_view folder) {
  Findings findings(file);
  Config config;
  if (std::optional<Section> sections = read_sections(text, findings)) {
    move_own_routes(*sections, findings);
    config = build_config(*sections, folder, findings);
  }
  if (!findings.empty()) return std::unexpected(std::move(findings).take(text));
  config.file = std::move(file);
  return config;
}

}  // namespace webserv::app
