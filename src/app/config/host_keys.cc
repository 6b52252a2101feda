#include "app/config/host_keys.h"

#include <set>
#include <string>
#include <utility>

#include "app/text/names.h"
#include "webserv/base/text.h"

namespace webserv::app {

using namespace detail;

FieldRules read_fields(const SectionReader& section) {
  FieldRules rules;
  std::set<std::string> names;
  const auto* fields = section.section().get<std::vector<std::pair<Text, Text>>>("fields");
  if (fields == nullptr) return rules;
  for (const auto& [name, value] : *fields) {
    if (std::optional<Fault> fault = fault_of_field_name(name.text)) section.refuse(name, *fault);
    if (std::optional<Fault> fault = fault_of_field_value(value.text)) section.refuse(value, *fault);
    if (!names.insert(to_lower(name.text)).second) {
      section.refuse(name, {"stands twice here: names of fields have no case", {}});
    }
    rules.push_back({name.text, value.text});
  }
  return rules;
}

std::vector<ErrorPageConfig> read_error_pages(const SectionReader& section) {
  std::vector<ErrorPageConfig> pages;
  const auto* entries = section.section().get<std::vector<std::pair<Text, Text>>>("error_pages");
  if (entries == nullptr) return pages;
  for (const auto& [code_text, file] : *entries) {
    const std::expected<unsigned, Fault> code = parse_error_code(code_text.text);
    if (!code) section.refuse(code_text, code.error());
    if (file.text.find("://") != std::string::npos) {
      section.refuse(file, {"is a URL, but error pages are files", "write the path of a file"});
    } else if (file.text.empty() || file.text.ends_with('/') || file.text.find('\0') != std::string::npos) {
      section.refuse(file, {"is no path of a file", {}});
    }
    pages.push_back({code.value_or(0), absolute_path(section.folder(), file.text)});
  }
  return pages;
}

RouteLimits read_route_limits(const SectionReader& section, const RouteLimits& wider) {
  return {.body_size = section.number("body_size", wider.body_size),
          .body = section.time("body", wider.body),
          .write = section.time("write", wider.write),
          .proxy_write = section.time("write", wider.proxy_write)};
}

}  // namespace webserv::app
