#include "app/toml/toml_statement.h"

#include "app/toml/toml_text.h"

namespace webserv::app {

std::string written_header(const Statement& table) {
  std::string names;
  for (const KeyPart& part : table.path) {
    if (!names.empty()) names += '.';
    names += written_key(part.name);
  }
  return table.kind == Statement::Kind::tables ? "[[" + names + "]]" : "[" + names + "]";
}

}  // namespace webserv::app
