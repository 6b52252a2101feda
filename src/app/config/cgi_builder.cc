#include "app/config/cgi_builder.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "app/text/names.h"

namespace webserv::app {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

// A table that is the value of a key; null where there is none, or it was refused.
const Section* table_of(const Section& section, std::string_view key) {
  const auto* tables = section.get<std::vector<Section>>(key);
  return tables == nullptr ? nullptr : &tables->front();
}

class CgiBuilder {
 public:
  explicit CgiBuilder(const SectionReader& route)
      : reader_(route), section_(route.section()), folder_(route.folder()), findings_(route.findings()) {}

  CgiConfig cgi() {
    CgiConfig cgi = common();
    const Section* table = table_of(section_, "cgi");
    if (table == nullptr) return cgi;
    if (const Text* root = table->text("root")) cgi.root = absolute_path(folder_, root->text);
    if (const Text* program = table->text("program")) {
      if (program->text.ends_with('/')) {
        reader_.refuse(*program, {"is no path of a program", "remove the \"/\" at its end"});
      }
      cgi.program = absolute_path(folder_, program->text);
    }
    check_what_runs(*table);
    cgi.interpreters = interpreters(*table, "interpreters");
    if (const bool* hidden_files = section_.get<bool>("hidden_files")) cgi.hidden_files = *hidden_files;
    cgi.symlinks = folders("symlinks");
    return cgi;
  }

  CgiConfig scripts() {
    CgiConfig scripts = common();
    scripts.interpreters = interpreters(section_, "scripts");
    if (const Entry* entry = section_.find("scripts"); entry != nullptr && is_empty(*entry)) {
      findings_.add(entry->region, "`scripts` names no extension", "write for example { \".cgi\" = \"\" }");
    }
    return scripts;
  }

 private:
  static bool is_empty(const Entry& entry) {
    const auto* pairs = std::get_if<std::vector<std::pair<Text, Text>>>(&entry.value);
    return pairs != nullptr && pairs->empty();
  }

  // A folder of scripts, or one program.
  void check_what_runs(const Section& table) {
    const Entry* program = table.find("program");
    const Entry* root = table.find("root");
    if (program == nullptr && root == nullptr) {
      if (!table.meant.empty()) return;
      findings_.add(table.region, "`cgi` has neither `root` nor `program`",
                    "give it the folder of the scripts, or the one program that answers everything");
    }
    if (root != nullptr && !section_.name.ends_with('/')) {
      findings_.add(root->key_region, "a route for one path alone runs no script of a folder",
                    "end its path with \"/\" for all below it, or name the one program");
    }
    if (program == nullptr) return;
    if (root != nullptr) {
      findings_.add(program->key_region, "`program` stands beside `root`: a folder of scripts runs, or one program",
                    "remove one of the two, or make two routes");
      return;
    }
    if (const Entry* interpreters = table.find("interpreters")) {
      findings_.add(interpreters->key_region, "`interpreters` has no meaning beside `program`",
                    "it belongs to a `root` of scripts");
    }
    for (const Entry& entry : section_.entries) {
      if (entry.key->role != Role::of_folder) continue;
      findings_.add(entry.key_region, fmt::format("{} has no meaning beside `program`", in_quotes(entry.key->name)),
                    "it belongs to a folder of files or scripts");
    }
  }

  // What stands beside `cgi` and beside `scripts`.
  CgiConfig common() {
    CgiConfig cgi;
    cgi.environment = pairs(section_, "environment", fault_of_variable_name, fault_of_variable_value);
    cgi.sendfile_roots = folders("sendfile_roots");
    if (const Text* body = section_.text("cgi_body")) {
      cgi.body = body->text == "stream" ? CgiOptions::Body::stream : CgiOptions::Body::gather;
    }
    if (const Section* table = table_of(section_, "cgi_limits")) cgi.limits = limits(*table);
    return cgi;
  }

  CgiLimits limits(const Section& table) {
    CgiLimits limits;
    const auto take = [&](std::string_view key, auto& to) {
      // The range of each key fits its type.
      if (const auto* number = table.get<uint64_t>(key))
        to = static_cast<std::remove_reference_t<decltype(to)>>(*number);
    };
    const auto take_time = [&](std::string_view key, Clock::duration& to) {
      const auto* number = table.get<uint64_t>(key);
      if (number == nullptr) return;
      to = *number == unlimited ? CgiLimits::forever : std::chrono::milliseconds(*number);
    };
    take_time("time", limits.time);
    take_time("grace", limits.grace);
    take("memory", limits.memory);
    take("tasks", limits.tasks);
    take("concurrency", limits.concurrency);
    take("output", limits.output);
    take("cpu_weight", limits.cpu_weight);
    if (limits.grace > limits.time) {
      // The default of `grace` is below every time.
      findings_.add(table.find("grace")->region,
                    "`grace` is longer than `time`: a program would get longer to end than to run", "make it shorter");
    }
    return limits;
  }

  Pairs interpreters(const Section& section, std::string_view key) {
    return pairs(section, key, fault_of_extension, fault_of_interpreter);
  }

  template <class OfName, class OfValue>
  Pairs pairs(const Section& section, std::string_view key, OfName fault_of_name, OfValue fault_of_value) {
    Pairs all;
    const auto* entries = section.get<std::vector<std::pair<Text, Text>>>(key);
    if (entries == nullptr) return all;
    for (const auto& [name, value] : *entries) {
      if (std::optional<Fault> fault = fault_of_name(name.text)) reader_.refuse(name, *fault);
      if (std::optional<Fault> fault = fault_of_value(value.text)) reader_.refuse(value, *fault);
      all.emplace_back(name.text, value.text);
    }
    return all;
  }

  std::vector<std::string> folders(std::string_view key) const {
    std::vector<std::string> all;
    const auto* texts = section_.get<std::vector<Text>>(key);
    if (texts == nullptr) return all;
    for (const Text& text : *texts) all.push_back(absolute_path(folder_, text.text));
    return all;
  }

  const SectionReader& reader_;
  const Section& section_;  // of the route
  const std::string_view folder_;
  Findings& findings_;
};

}  // namespace

CgiConfig build_cgi(const SectionReader& route) { return CgiBuilder(route).cgi(); }

CgiConfig build_scripts(const SectionReader& route) { return CgiBuilder(route).scripts(); }

}  // namespace webserv::app
