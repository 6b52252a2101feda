// Any text is either a configuration, complete and right, or a list of errors with places within the text.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "app/config/config_reader.h"
#include "app/routes/cgi_route.h"
#include "app/routes/files_route.h"
#include "app/routes/program_keys.h"
#include "app/routes/redirect_route.h"
#include "app/routes/respond_route.h"
#include "app/text/names.h"
#include "webserv/base/text.h"
#include "webserv/io/address.h"

namespace webserv::app {

using namespace detail;

namespace {

using Outcome = std::expected<Config, std::vector<Diagnostic>>;

void require(bool holds) {
  if (!holds) std::abort();
}

// How many characters each line has; where the text is no UTF-8, how many bytes.
std::vector<size_t> line_lengths(std::string_view text) {
  const bool characters = is_utf8(text);
  std::vector<size_t> lengths = {0};
  for (char c : text) {
    if (c == '\n') {
      lengths.push_back(0);
    } else if (!characters || (static_cast<unsigned char>(c) & 0xC0) != 0x80) {
      ++lengths.back();
    }
  }
  return lengths;
}

void check_errors(const std::vector<Diagnostic>& errors, std::string_view text) {
  require(!errors.empty() && errors.size() <= Findings::most_shown + 1);
  const std::vector<size_t> lengths = line_lengths(text);
  const auto is_within = [&](SourcePlace place) {
    return place.line >= 1 && place.line <= lengths.size() && place.column >= 1 &&
           place.column <= lengths[place.line - 1] + 1;
  };
  SourcePlace last;
  for (const Diagnostic& error : errors) {
    const auto [begin, end] = error.region;
    require(!error.message.empty() && begin >= last && end >= begin);
    require(is_within(begin) && is_within(end));
    last = begin;
    const std::string shown = to_string(error);
    require(std::ranges::none_of(shown, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }));
    require(shown.starts_with("f:") && is_utf8(shown));
  }
}

void check_programs(const CgiOptions& cgi) {
  for (const auto& [extension, interpreter] : cgi.interpreters) {
    require(!fault_of_extension(extension) && !fault_of_interpreter(interpreter));
  }
  for (const auto& [name, value] : cgi.environment) {
    require(!fault_of_variable_name(name) && !fault_of_variable_value(value));
  }
  require(cgi.limits.grace <= cgi.limits.time && cgi.limits.time > Clock::duration(0));
}

void check_handler(const RouteConfig& route, const FilesRoute& handler) {
  const StaticFilesOptions& files = handler.options();
  require(files.route == route.path);
  require(files.root.starts_with("/") && (files.root.size() == 1 || !files.root.ends_with('/')));
  require(
      std::ranges::none_of(files.index, [](const std::string& name) { return fault_of_file_name(name).has_value(); }));
  if (handler.scripts()) check_programs(*handler.scripts());
}

void check_handler(const RouteConfig& route, const RedirectRoute& redirect) {
  require(!fault_of_target(redirect.to()) && code(redirect.status()) / 100 == 3);
  require(redirect.to() != route.path);
}

void check_handler(const RouteConfig&, const RespondRoute& respond) {
  require(code(respond.status()) >= 200 && code(respond.status()) < 600);
  require(!is_bodiless(respond.status()) || respond.text().empty());
}

void check_handler(const RouteConfig& route, const CgiRoute& handler) {
  const CgiOptions& cgi = handler.options();
  require(cgi.route == route.path);
  require(cgi.root.starts_with("/") != cgi.program.starts_with("/"));
  check_programs(cgi);
}

// Whether the handler is of the kind; then it is checked.
template <class Handler>
bool is_checked_as(const RouteConfig& route) {
  const auto* handler = dynamic_cast<const Handler*>(route.handler.get());
  if (handler != nullptr) check_handler(route, *handler);
  return handler != nullptr;
}

void check_route(const RouteConfig& route) {
  require(!fault_of_route_path(route.path));
  require(is_checked_as<FilesRoute>(route) || is_checked_as<CgiRoute>(route) || is_checked_as<RedirectRoute>(route) ||
          is_checked_as<RespondRoute>(route));
  for (const FieldRule& rule : route.fields)
    require(!fault_of_field_name(rule.name) && !fault_of_field_value(rule.value));
  for (const ErrorPageConfig& page : route.error_pages) require(page.code_or_class != 0 && page.file.starts_with("/"));
  require(!route.methods.contains(Method::unknown));
}

void check_config(const Config& config) {
  require(!config.listeners.empty() && !config.vhosts.empty());
  for (const ListenerConfig& listener : config.listeners) {
    require(!fault_of_listener_name(listener.name));
    for (const std::string& address : listener.addresses) require(parse_address(address).has_value());
  }
  for (const VhostConfig& host : config.vhosts) {
    require(parse_host_name(host.name) == host.name);
    for (const std::string& alias : host.aliases) require(parse_host_name(alias) == alias && alias != host.name);
    require(!host.routes.empty());
    for (const RouteConfig& route : host.routes) check_route(route);
  }
}

}  // namespace
}  // namespace webserv::app

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace webserv::app;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const Outcome outcome = read_config(text, "f", "/folder");
  if (outcome) {
    check_config(*outcome);
  } else {
    check_errors(outcome.error(), text);
  }
  // A comment in front moves everything, and changes nothing else. (Byte order marks, and NULs that tell of UTF-16,
  // count at the beginning alone.)
  const bool is_marked =
      text.starts_with("\xEF\xBB\xBF") || text.starts_with("\xFE\xFF") || text.starts_with("\xFF\xFE");
  if (is_marked || text.substr(0, 4).find('\0') != std::string::npos) return 0;
  const Outcome moved = read_config("# comment\n" + text, "f", "/folder");
  require(moved.has_value() == outcome.has_value());
  if (outcome) return 0;
  require(moved.error().size() == outcome.error().size());
  for (size_t i = 0; i < outcome.error().size(); ++i) {
    require(moved.error()[i].suggestion == outcome.error()[i].suggestion);
    require(moved.error()[i].region.begin.column == outcome.error()[i].region.begin.column);
  }
  return 0;
}
