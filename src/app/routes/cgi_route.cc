#include "app/routes/cgi_route.h"

#include <fmt/format.h>

#include <filesystem>

#include "app/routes/host_faults.h"
#include "app/routes/program_keys.h"
#include "app/text/literals.h"

namespace webserv::app {
namespace {

constexpr InterpretersKey interpreters_key{"cgi", "interpreters"};

// A folder of scripts, or one program.
void check_what_runs(const SectionReader& route, const SectionReader& table) {
  const Section& section = table.section();
  const Entry* program = section.find("program");
  const Entry* root = section.find("root");
  if (program == nullptr && root == nullptr) {
    if (!section.meant.empty()) return;
    table.findings().add(section.region, "`cgi` has neither `root` nor `program`",
                         "give it the folder of the scripts, or the one program that answers everything");
  }
  if (root != nullptr && !route.section().name.ends_with('/')) {
    table.refuse_key("root", "a route for one path alone runs no script of a folder",
                     "end its path with \"/\" for all below it, or name the one program");
  }
  if (program == nullptr) return;
  if (root != nullptr) {
    table.refuse_key("program", "`program` stands beside `root`: a folder of scripts runs, or one program",
                     "remove one of the two, or make two routes");
    return;
  }
  if (section.find("interpreters") != nullptr) {
    table.refuse_key("interpreters", "`interpreters` has no meaning beside `program`",
                     "it belongs to a `root` of scripts");
  }
  for (const Entry& entry : route.section().entries) {
    if (entry.key->role != Role::of_folder) continue;
    route.refuse_key(entry.key->name, fmt::format("{} has no meaning beside `program`", in_quotes(entry.key->name)),
                     "it belongs to a folder of files or scripts");
  }
}

}  // namespace

CgiRoute::CgiRoute(const SectionReader& route) : options_(read_programs(route)) {
  options_.hidden_files = route.truth("hidden_files", options_.hidden_files);
  options_.symlinks = route.paths("symlinks");
  const std::optional<SectionReader> table = route.table("cgi");
  if (!table) return;
  options_.root = table->path("root");
  options_.program = table->path("program");
  if (const Text* program = table->section().text("program"); program != nullptr && program->text.ends_with('/')) {
    table->refuse(*program, {"is no path of a program", "remove the \"/\" at its end"});
  }
  options_.interpreters = read_interpreters(*table, "interpreters");
  check_what_runs(route, *table);
}

Handler CgiRoute::build(const HandlerParts& parts) const {
  CgiOptions options = options_;
  options.name = parts.name;
  return cgi(std::move(options), parts.programs);
}

HandlerFacts CgiRoute::explain(const Places& places) const {
  FactsBuilder facts(places);
  const bool is_folder = options_.program.empty();
  facts.set_handler("cgi", is_folder ? "root" : "program", literal_of(is_folder ? options_.root : options_.program));
  facts.add_option("hidden_files", literal_of(options_.hidden_files));
  facts.add_option("symlinks", literal_of(options_.symlinks));
  explain_programs(options_, interpreters_key, facts);
  return std::move(facts).take();
}

void CgiRoute::check_live(const Places& places, Findings& findings) const {
  if (!options_.root.empty()) findings.add(places.of_text("cgi", "root"), fault_of_folder(options_.root));
  if (!options_.program.empty()) findings.add(places.of_text("cgi", "program"), fault_of_program(options_.program));
  check_folders(options_.symlinks, "symlinks", places, findings);
  check_programs_live(options_, interpreters_key, places, findings);
}

std::vector<Missing> CgiRoute::missing() const {
  std::vector<Missing> missing = missing_programs(options_);
  std::error_code ignored;
  if (!options_.root.empty() && !std::filesystem::is_directory(options_.root, ignored)) {
    missing.insert(missing.begin(), missing_root(options_.root));
  }
  return missing;
}

}  // namespace webserv::app
