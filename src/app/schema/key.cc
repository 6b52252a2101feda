#include "app/schema/key.h"

namespace webserv::app {

Unit unit_of(Type type) {
  if (type == Type::size) return Unit::bytes;
  return type == Type::duration ? Unit::milliseconds : Unit::none;
}

Companions companions_of(Role role) {
  static constexpr std::string_view root[] = {"root"};
  static constexpr std::string_view folder[] = {"root", "cgi"};
  static constexpr std::string_view programs[] = {"cgi", "scripts"};
  switch (role) {
    case Role::of_static: return {.keys = root, .home = "a route with a `root`"};
    case Role::of_folder: return {.keys = folder, .home = "a route with a `root`"};
    case Role::of_cgi:
      return {.keys = programs,
              .home = "a route with `cgi` or `scripts`",
              .lack = "programs",
              .remedy = "say with `scripts` which files are some"};
    default: return {};
  }
}

std::string_view header_of(Table table) {
  switch (table) {
    case Table::file: return "";
    case Table::server: return "[server]";
    case Table::listener: return "[listener.NAME]";
    case Table::limits: return "[limits]";
    case Table::timeouts: return "[timeouts]";
    case Table::log: return "[log]";
    case Table::vhost: return "[vhost.NAME]";
    case Table::route: return "[vhost.NAME.route.PATH]";
    case Table::redirect: return "redirect = { ... }";
    case Table::respond: return "respond = { ... }";
    case Table::cgi: return "cgi = { ... }";
    case Table::cgi_limits: return "cgi_limits = { ... }";
    case Table::sandbox: return "sandbox = { ... }";
  }
  return "";
}

}  // namespace webserv::app
