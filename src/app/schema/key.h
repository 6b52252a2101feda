// What a key of the configuration is: which table it stands in, what it may hold, what it is to its route.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <span>
#include <string_view>

#include "app/text/values.h"

namespace webserv::app {

// The tables that keys stand in.
enum class Table : uint8_t {
  file,
  server,
  listener,
  limits,
  timeouts,
  log,
  vhost,
  route,
  redirect,
  respond,
  cgi,
  cgi_limits,
  sandbox
};
inline constexpr Table all_tables[] = {
    Table::file,  Table::server,   Table::listener, Table::limits, Table::timeouts,   Table::log,    Table::vhost,
    Table::route, Table::redirect, Table::respond,  Table::cgi,    Table::cgi_limits, Table::sandbox};

enum class Type : uint8_t {
  boolean,
  integer,
  size,      // bytes: an integer, or "16K", "10M", "2G"
  duration,  // milliseconds: "500ms", "15s", "5m", "24h", "7d"
  text,
  choice,  // one of the texts in `choices`
  path,    // of a file or folder; a relative one starts at the configuration file's folder
  texts,   // a list, or a single text
  paths,   // likewise
  map,     // a table of texts whose keys are free
  table,   // a table of the keys that stand in `inner`, or one of the texts in `choices` where there are any
  tables,  // tables of that kind by names that are free
};

class TableSet {
 public:
  constexpr TableSet(std::initializer_list<Table> tables) {
    for (Table table : tables) bits_ |= 1u << static_cast<unsigned>(table);
  }
  static constexpr TableSet all() {
    TableSet set{};
    set.bits_ = ~0u;
    return set;
  }
  constexpr bool contains(Table table) const { return (bits_ >> static_cast<unsigned>(table) & 1u) != 0; }

 private:
  unsigned bits_ = 0;
};

// Of a number, both ends belong to it: a count, bytes or milliseconds, as the type says.
struct Range {
  uint64_t least = 0;
  uint64_t most = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
  bool unlimited = false;  // whether "unlimited" may stand instead
};

// What a route key is to its route.
enum class Role : uint8_t {
  any,        // stands beside every handler
  handler,    // is the handler: a route has exactly one of these
  of_static,  // says how files are served: stands beside `root`
  of_folder,  // says which files of a folder there are: beside `root`, and beside a `cgi` that has a root
  of_cgi,     // says how programs run: beside `cgi` or `scripts`
  of_host,    // in a vhost it holds for all of its routes; all other keys of a vhost are those of its route "/"
};

inline constexpr Role all_roles[] = {Role::any,       Role::handler, Role::of_static,
                                     Role::of_folder, Role::of_cgi,  Role::of_host};

struct Key {
  std::string_view name;
  Type type = Type::text;
  TableSet stands_in;
  std::string_view fallback = {};  // what holds without it, as it would be written; empty: nothing does
  std::string_view text;           // one line for people
  Range range = {};
  std::span<const std::string_view> choices = {};  // all that may stand here, of a list in each element
  // What every right text looks like, of a list or a map each of them: a regular expression (ECMA-262) that finds most
  // slips, for editors. The reader has the last word.
  std::string_view pattern = {};
  std::string_view names = {};         // of tables and maps: what people call their free names, as "NAME"
  std::string_view name_pattern = {};  // what these look like
  Table inner = Table::file;           // of Type::table and Type::tables
  Role role = Role::any;
  bool required = false;
  bool served = true;  // a key that this version refuses with an error, for what it asks for is not built
};

// What the numbers of this type count.
Unit unit_of(Type type);

// What has to stand in a route for a key of some role to mean something.
struct Companions {
  std::span<const std::string_view> keys = {};  // one of these; empty: nothing has to
  std::string_view home = {};                   // where such a key belongs, for whoever has it elsewhere
  // Where one of them could stand beside the handler but does not: what the route lacks, and how to say so.
  std::string_view lack = {};
  std::string_view remedy = {};
};

Companions companions_of(Role role);

// "[limits]", or "[vhost.NAME.route.PATH]": how the table is written; the file itself is "".
std::string_view header_of(Table table);

}  // namespace webserv::app
