// What a text that may be no TOML consists of, before a parser sees it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/text/fault.h"

namespace webserv::app {

// Bytes of the text, from the first to behind the last.
struct Span {
  size_t begin = 0;
  size_t end = 0;
};

struct SyntaxFault {
  Span span;
  Fault fault;  // its reason is a whole sentence
};

struct KeyPart {
  std::string name;
  Span span;  // with its quotes
};

struct Statement {
  enum class Kind : uint8_t {
    key,      // name = value
    table,    // [name]
    tables,   // [[name]]
    block,    // begins a block in braces or the like, as other servers have them: what is in it belongs to no table
    comment,  // only where there is a fault in it
    none,     // nothing that TOML knows
  };

  Kind kind = Kind::none;
  Span span;                              // up to the end of its last line, or to its comment
  std::vector<KeyPart> path = {};         // of a key or table; empty where it could not be read
  std::optional<size_t> value = {};       // of a key: where its value begins
  std::optional<SyntaxFault> fault = {};  // the first one
};

// The header of a table as it is written: "[vhost.\"a.b\"]".
std::string written_header(const Statement& table);

}  // namespace webserv::app
