#include "app/routes/program_keys.h"

#include <fmt/format.h>
#include <unistd.h>

#include <set>

#include "app/routes/host_faults.h"
#include "app/text/literals.h"
#include "app/text/names.h"

namespace webserv::app {
namespace {

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
