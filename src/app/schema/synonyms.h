// What other servers call things: nginx, Apache, Caddy, lighttpd.
#pragma once

#include <initializer_list>
#include <span>
#include <string_view>

#include "app/schema/key.h"

namespace webserv::app {

struct Synonym {
  std::string_view words;               // separated by blanks, in lower case and without "_", "-" and "."
  std::string_view advice;              // what to do instead
  std::string_view key = {};            // the key of ours that takes its place, so that it is not missing; empty: none
  TableSet typed_in = TableSet::all();  // the tables in which this is meant
};

// The first that has the word, in any of these tables; case, "_", "-" and "." do not matter. Null where there is none.
const Synonym* find_synonym(std::string_view word, std::span<const Table> tables);

}  // namespace webserv::app
