// The keys that say how programs run: they stand beside `cgi`, and beside `scripts` among files.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "app/routes/route_handler.h"
#include "app/schema/section_reader.h"
#include "webserv/handlers/cgi/cgi.h"

namespace webserv::app {

// The end of a file's name that says how it runs: ".php". Each reason is read behind the text.
std::optional<Fault> fault_of_extension(std::string_view extension);

// What runs scripts: an absolute path, or "" for the script itself.
std::optional<Fault> fault_of_interpreter(std::string_view path);

// An environment variable: a name of letters, digits and "_", as shells take it (POSIX 8.1), and a value.
std::optional<Fault> fault_of_variable_name(std::string_view name);
std::optional<Fault> fault_of_variable_value(std::string_view value);

// The options of a route's programs: `environment`, `cgi_limits`, `cgi_body`, `sendfile_roots` and `sandbox`.
CgiOptions read_programs(const SectionReader& route);

// Extensions of scripts, and what runs them: the key of a table that has them.
SectionReader::Pairs read_interpreters(const SectionReader& table, std::string_view key);

// Where they stand: the key `interpreters` in the table that is the value of `table`, or, without one, of the route.
struct InterpretersKey {
  std::string_view table;
  std::string_view key;
};

void explain_programs(const CgiOptions& programs, InterpretersKey interpreters, FactsBuilder& facts);

// Scripts that run themselves are looked at when they are asked for: there may be thousands.
void check_programs_live(const CgiOptions& programs, InterpretersKey interpreters, const Places& places,
                         Findings& findings);

// The program and the interpreters that cannot be run, and what a sandbox names and is not there.
std::vector<Missing> missing_programs(const CgiOptions& programs);

}  // namespace webserv::app
