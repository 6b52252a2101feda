// A line of text as a terminal shows it: character by character, with what each takes of the line.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace webserv::app {

// A character, or a byte that is none.
struct Cell {
  std::string shown;
  size_t width = 1;  // columns of a terminal: 0 of a combining mark, 2 of most East Asian characters and emoji
};

// The cells of a line. A tab becomes blanks up to the next multiple of four; control characters (C0, C1, DEL) and bytes
// that are no UTF-8 become \xXX, invisible characters and those that turn the direction of writing \u{XXXX}.
std::vector<Cell> cells_of(std::string_view line);

}  // namespace webserv::app
