#include "app/routes/program_keys.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "app/routes/host_faults.h"
#include "app/text/characters.h"
#include "app/text/literals.h"
#include "app/text/values.h"
#include "webserv/base/text.h"

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

// Those of a list, which programs may reach. What is the server's own is not among them.
std::vector<std::string> read_reach(const SectionReader& table, std::string_view key) {
  const std::vector<std::string> paths = table.paths(key);
  const auto* texts = table.section().get<std::vector<Text>>(key);
  const std::filesystem::path name = std::filesystem::path(table.findings().file()).filename();
  const std::string configuration = absolute_path(table.folder(), name.string());
  for (size_t i = 0; i < paths.size(); ++i) {
    if (paths[i] == "/") {
      table.refuse((*texts)[i],
                   {"is all of the machine, and so no sandbox", "name what programs need, or write sandbox = \"off\""});
    } else if (paths[i] == configuration) {
      table.refuse((*texts)[i], {"is the configuration itself, which programs may not reach", "remove it"});
    } else if (is_within(table.folder(), paths[i])) {
      table.refuse((*texts)[i],
                   {"holds the configuration, which programs may not reach", "name a folder within it that has not"});
    }
  }
  return paths;
}

CgiSandbox read_sandbox(const SectionReader& route) {
  CgiSandbox sandbox;
  const Text* word = route.section().text("sandbox");
  sandbox.on = word == nullptr || word->text != "off";
  if (const auto table = route.table("sandbox")) {
    sandbox.read = read_reach(*table, "read");
    sandbox.write = read_reach(*table, "write");
    sandbox.network = table->truth("network", sandbox.network);
  }
  return sandbox;
}

// What a route's programs may reach, the default in words.
void explain_sandbox(const CgiOptions& programs, FactsBuilder& facts) {
  const CgiSandbox& sandbox = programs.sandbox;
  if (!sandbox.on) return facts.add_part("sandbox", "sandbox", literal_of("off"));
  std::vector<std::string> read = {programs.program.empty() ? programs.root : programs.program};
  for (const auto& [extension, interpreter] : programs.interpreters) {
    if (!interpreter.empty() && std::ranges::find(read, interpreter) == read.end()) read.push_back(interpreter);
  }
  read.emplace_back("the programs and libraries of the system");
  read.insert(read.end(), sandbox.read.begin(), sandbox.read.end());
  std::vector<std::string> write = {"a folder of the run, $TMPDIR"};
  write.insert(write.end(), sandbox.write.begin(), sandbox.write.end());
  facts.add_part("sandbox", "sandbox.read", literal_of(read));
  facts.add_part("sandbox", "sandbox.write", literal_of(write));
  facts.add_part("sandbox", "sandbox.network", literal_of(sandbox.network));
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
  programs.sandbox = read_sandbox(route);
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
  explain_sandbox(programs, facts);

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
  const auto check_reach = [&](const std::vector<std::string>& paths, std::string_view key, int rights) {
    for (size_t i = 0; i < paths.size(); ++i) {
      findings.add(places.of_text("sandbox", key, i), fault_of_reach(paths[i], rights));
    }
  };
  check_reach(programs.sandbox.read, "read", R_OK);
  check_reach(programs.sandbox.write, "write", R_OK | W_OK);
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
  std::set<std::string> reach(programs.sandbox.read.begin(), programs.sandbox.read.end());
  reach.insert(programs.sandbox.write.begin(), programs.sandbox.write.end());
  for (const std::string& path : reach) {
    if (::access(path.c_str(), F_OK) != 0) missing.push_back(missing_in_sandbox(path));
  }
  return missing;
}

}  // namespace webserv::app
