#include "app/routes/files_route.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "app/routes/host_faults.h"
#include "app/routes/program_keys.h"
#include "app/text/characters.h"
#include "app/text/literals.h"
#include "app/text/names.h"

namespace webserv::app {

using namespace detail;

namespace {

constexpr InterpretersKey interpreters_key{{}, "scripts"};

}  // namespace

std::optional<Fault> fault_of_file_name(std::string_view name) {
  if (name.empty() || name == "." || name == ".." || contains(name, "/") || std::ranges::any_of(name, is_control)) {
    const std::string_view last = name.substr(name.rfind('/') + 1);
    const bool is_meant = name.size() == last.size() + 1 && fault_of_file_name(last) == std::nullopt;
    return Fault{"is no name of a file in a folder", is_meant ? advise_to_write(last) : "write it without \"/\""};
  }
  return std::nullopt;
}

std::optional<Fault> fault_of_fallback(std::string_view path) {
  if (std::optional<Fault> fault = fault_of_path(path)) return fault;
  if (path.ends_with('/')) return Fault{"is a folder", advise_to_write(fmt::format("{}index.html", path))};
  return std::nullopt;
}

std::optional<Fault> fault_of_cache_control(std::string_view value) {
  if (value.empty() || !is_digit(value.front())) return fault_of_field_value(value);
  const auto time = parse_duration(value);
  const std::optional<uint64_t> seconds = time ? *time / 1000 : parse_decimal(value);
  return Fault{"is no directive of Cache-Control", advise_to_write(fmt::format("max-age={}", seconds.value_or(3600)))};
}

FilesRoute::FilesRoute(const SectionReader& route) {
  options_.route = route.section().name;
  options_.root = route.path("root");
  options_.index = route.texts("index", options_.index, fault_of_file_name);
  options_.cache_control = route.text("cache_control", options_.cache_control, fault_of_cache_control);
  options_.symlinks = route.paths("symlinks");
  options_.hidden_files = route.truth("hidden_files", options_.hidden_files);
  if (route.truth("precompressed", false)) options_.precompressed = {Coding::zstd, Coding::br, Coding::gzip};
  read_fallback(route);
  read_listing(route);
  if (route.section().find("scripts") != nullptr) read_scripts(route);
}

void FilesRoute::read_fallback(const SectionReader& route) {
  options_.fallback = route.text("fallback", options_.fallback, fault_of_fallback);
  if (options_.root.size() <= 1 || !options_.fallback.starts_with(options_.root + '/')) return;
  const std::string_view below = std::string_view(options_.fallback).substr(options_.root.size());
  route.refuse(*route.section().text("fallback"), {"is a path below the root, which has its own path in front already",
                                                   fmt::format("write \"{}\"", shortened(below))});
}

void FilesRoute::read_listing(const SectionReader& route) {
  options_.listing = route.truth("listing", options_.listing);
  if (!options_.listing || options_.route.empty() || options_.route.ends_with('/')) return;
  route.refuse_key("listing", "a route for one path alone lists nothing", "end its path with \"/\" for all below it");
}

void FilesRoute::read_scripts(const SectionReader& route) {
  scripts_ = read_programs(route);
  scripts_->root = options_.root;
  scripts_->interpreters = read_interpreters(route, "scripts");
  const auto* pairs = route.section().get<std::vector<std::pair<Text, Text>>>("scripts");
  if (pairs != nullptr && pairs->empty()) {
    route.refuse_value("scripts", "`scripts` names no extension", "write for example { \".cgi\" = \"\" }");
  }
}

Handler FilesRoute::build(const HandlerParts& parts) const {
  StaticFilesOptions options = options_;
  options.fields = parts.fields;
  if (scripts_) {
    CgiOptions scripts = *scripts_;
    scripts.name = parts.name;
    options.scripts = script_files(std::move(scripts), parts.programs);
  }
  return static_files(std::move(options), parts.files);
}

HandlerFacts FilesRoute::explain(const Places& places) const {
  FactsBuilder facts(places);
  facts.set_handler("root", literal_of(options_.root));
  facts.add_option("index", literal_of(options_.index));
  facts.add_option("listing", literal_of(options_.listing));
  facts.add_option("fallback", literal_of(options_.fallback));
  facts.add_option("precompressed", literal_of(!options_.precompressed.empty()));
  facts.add_option("hidden_files", literal_of(options_.hidden_files));
  facts.add_option("symlinks", literal_of(options_.symlinks));
  facts.add_field("Cache-Control", "cache_control");
  if (scripts_) explain_programs(*scripts_, interpreters_key, facts);
  return std::move(facts).take();
}

void FilesRoute::check_live(const Places& places, Findings& findings) const {
  // A route for one path alone may be of a file.
  std::error_code ignored;
  const bool is_file = !options_.route.ends_with('/') && std::filesystem::is_regular_file(options_.root, ignored);
  const std::optional<Fault> fault = is_file ? fault_of_file(options_.root) : fault_of_folder(options_.root);
  findings.add(places.of_text({}, "root"), fault);
  check_folders(options_.symlinks, "symlinks", places, findings);
  if (!fault && !options_.fallback.empty()) {
    findings.add(places.of_text({}, "fallback"), fault_of_file(options_.root + options_.fallback));
  }
  if (scripts_) check_programs_live(*scripts_, interpreters_key, places, findings);
}

std::vector<Missing> FilesRoute::missing() const {
  std::vector<Missing> missing;
  if (scripts_) missing = missing_programs(*scripts_);
  std::error_code ignored;
  if (!std::filesystem::exists(options_.root, ignored)) missing.insert(missing.begin(), missing_root(options_.root));
  return missing;
}

}  // namespace webserv::app
