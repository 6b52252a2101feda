#include "app/routes/program_keys.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "app/routes/host_faults.h"
#include "app/text/characters.h"
#include "app/text/literals.h"

namespace webserv::app {

using namespace detail;

namespace {

// What may be a path, and yet is most likely a program with arguments: "/usr/bin/env python3", "/usr/bin/perl -w".
std::optional<Fault> fault_of_arguments(std::string_view path) {
  const std::string_view program = path.substr(0, path.find(' '));
  const std::string_view rest = path.substr(program.size());
  const bool is_env = program.ends_with("/env");
  if (contains(rest, "/") || !(rest.starts_with(" -") || (is_env && !rest.empty()))) return std::nullopt;
  return Fault{"is more than the path of a program, which gets no arguments but the script",
               is_env ? "write the whole path of the interpreter" : advise_to_write(program)};
}

CgiLimits read_limits(const SectionReader& table) {
  CgiLimits limits;
  const uint64_t time = table.number("time", static_cast<uint64_t>(limits.time.count()));
  limits.time = time == unlimited ? CgiLimits::forever : Clock::duration(static_cast<int64_t>(time));
  limits.grace = table.time("grace", limits.grace);
  limits.memory = table.number("memory", limits.memory);
  limits.tasks = table.number("tasks", limits.tasks);
  limits.concurrency = table.number("concurrency", limits.concurrency);
  limits.output = table.number("output", limits.output);
  limits.cpu_weight = static_cast<uint32_t>(table.number("cpu_weight", limits.cpu_weight));
  if (limits.grace > limits.time) {
    // The default of `grace` is below every time.
    table.refuse_value("grace", "`grace` is longer than `time`: a program would get longer to end than to run",
                       "make it shorter");
  }
  return limits;
}

}  // namespace

std::optional<Fault> fault_of_extension(std::string_view extension) {
  const std::string_view name = extension.substr(extension.rfind('.') + 1);
  const bool is_name = !name.empty() && !contains(name, "/") && std::ranges::none_of(name, is_control);
  if (is_name && extension.size() == name.size() + 1) return std::nullopt;
  return Fault{"is no extension of a file: a dot, and a name without one",
               is_name ? advise_to_write(fmt::format(".{}", name)) : ""};
}

std::optional<Fault> fault_of_interpreter(std::string_view path) {
  if (path.empty()) return std::nullopt;
  if (path.starts_with('/') && !path.ends_with('/') && !contains(path, {"\0", 1})) return fault_of_arguments(path);
  const bool is_name = !contains(path, "/") && std::ranges::none_of(path, is_control);
  return Fault{"is no absolute path of a program: none is searched for",
               is_name ? advise_to_write(fmt::format("/usr/bin/{}", path)) : ""};
}

std::optional<Fault> fault_of_variable_name(std::string_view name) {
  const auto is_allowed = [](char c) { return is_letter(c) || is_digit(c) || c == '_'; };
  if (!name.empty() && !is_digit(name.front()) && std::ranges::all_of(name, is_allowed)) return std::nullopt;
  return Fault{"is no name of a variable", "letters, digits and \"_\" may stand in one, no digit at its beginning"};
}

std::optional<Fault> fault_of_variable_value(std::string_view value) {
  if (!contains(value, {"\0", 1})) return std::nullopt;
  return Fault{"has a NUL, which would end the variable", "remove it"};
}

CgiOptions read_programs(const SectionReader& route) {
  CgiOptions programs;
  programs.route = route.section().name;
  programs.environment = route.pairs("environment", fault_of_variable_name, fault_of_variable_value);
  programs.sendfile_roots = route.paths("sendfile_roots");
  if (route.text("cgi_body", {}) == "stream") programs.body = CgiOptions::Body::stream;
  if (const auto limits = route.table("cgi_limits")) programs.limits = read_limits(*limits);
  return programs;
}

SectionReader::Pairs read_interpreters(const SectionReader& table, std::string_view key) {
  return table.pairs(key, fault_of_extension, fault_of_interpreter);
}

void explain_programs(const CgiOptions& programs, InterpretersKey interpreters, FactsBuilder& facts) {
  const bool in_table = !interpreters.table.empty();
  const std::string_view key = in_table ? interpreters.table : interpreters.key;
  for (const auto& [extension, interpreter] : programs.interpreters) {
    std::string name =
        fmt::format("{}{}{}.{}", interpreters.table, in_table ? "." : "", interpreters.key, literal_of(extension));
    facts.add_part(key, std::move(name), literal_of(interpreter));
  }
  facts.add_option("cgi_body", literal_of(programs.body == CgiOptions::Body::stream ? "stream" : "gather"));
  facts.add_option("sendfile_roots", literal_of(programs.sendfile_roots));
  // The values may be secrets.
  std::vector<std::string> variables;
  for (const auto& [name, value] : programs.environment) variables.push_back(name);
  facts.add_option("environment", literal_of(variables));

  const auto limit = [&](std::string_view name, std::string value) {
    facts.add_limit("cgi_limits", name, std::move(value));
  };
  const CgiLimits& limits = programs.limits;
  limit("time", limits.time == CgiLimits::forever ? literal_of("unlimited") : literal_of(limits.time));
  limit("memory", literal_of(limits.memory, Unit::bytes));
  limit("tasks", literal_of(limits.tasks, Unit::none));
  limit("concurrency", literal_of(limits.concurrency, Unit::none));
  limit("output", literal_of(limits.output, Unit::bytes));
}

void check_programs_live(const CgiOptions& programs, InterpretersKey interpreters, const Places& places,
                         Findings& findings) {
  for (size_t i = 0; i < programs.interpreters.size(); ++i) {
    const std::string& interpreter = programs.interpreters[i].second;
    if (interpreter.empty()) continue;
    findings.add(places.of_text(interpreters.table, interpreters.key, i), fault_of_program(interpreter));
  }
  check_folders(programs.sendfile_roots, "sendfile_roots", places, findings);
}

std::vector<Missing> missing_programs(const CgiOptions& programs) {
  std::set<std::string> paths;
  if (!programs.program.empty()) paths.insert(programs.program);
  for (const auto& [extension, interpreter] : programs.interpreters) {
    if (!interpreter.empty()) paths.insert(interpreter);
  }
  std::vector<Missing> missing;
  for (const std::string& path : paths) {
    if (::access(path.c_str(), X_OK) != 0) missing.push_back(missing_program(path));
  }
  return missing;
}

}  // namespace webserv::app
