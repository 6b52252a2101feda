// What people write who think of another language, or of none: what they most likely meant. All are pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "app/text/fault.h"

namespace webserv::app {

// What a word means that is said for true or false: "on", "No"; nothing of others.
std::optional<bool> meant_boolean(std::string_view word);

// What stands within quotes that word processors make of "; empty where there are none.
std::string_view within_typographic_quotes(std::string_view word);

// Where a character stands in the text that nobody sees: a space that is none, or a control character.
std::optional<Fault> fault_of_unseen(std::string_view text);

// The same fault of `word`, which stands without quotes as the value of that key, or a better one where the key takes
// no such text.
Fault fault_for_key(std::string_view name, std::string_view word, Fault fault);

// What is wrong with a value that is neither in quotes nor in brackets; nothing where it may be a number, a date, true
// or false. `word` is not empty.
std::optional<Fault> fault_of_bare_value(std::string_view word);

// What is wrong with a line that has a name and more, but no "=": of nginx, Apache, Caddy, lighttpd, YAML, or just
// forgotten. `name` is its first word, `rest` what follows, without blanks at its ends.
Fault fault_of_directive(std::string_view name, std::string_view rest);

// Whether the line begins a block: it ends with a brace, or is a tag of Apache's.
bool begins_block(std::string_view line);
// Whether the line does nothing but end a block.
bool ends_block(std::string_view line);
// Whether the line is a comment elsewhere: "; x", "// x".
bool is_foreign_comment(std::string_view line);
Fault fault_of_comment(std::string_view line);
// What is wrong with a line that begins one.
Fault fault_of_block(std::string_view line);

}  // namespace webserv::app
