// "Did you mean ...?": what someone meant who mistyped a word of a known set. All are pure.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace webserv::app {

// How many characters (bytes) must be inserted, left out, replaced, or swapped with their neighbour to make `b` of `a`.
size_t edit_distance(std::string_view a, std::string_view b);

// The word that is closest to `typed`, of equal ones the first; empty where none is close enough to be meant: one slip
// for every three characters at most. Case, and "-" for "_", are no slips.
std::string_view closest(std::string_view typed, std::span<const std::string_view> words);

// "did you mean `word`?" for the closest word, or "".
std::string did_you_mean(std::string_view typed, std::span<const std::string_view> words);

// A text of several words with commas or blanks between them as a list of texts: ["GET", "POST"]; "" of a single word.
std::string written_list(std::string_view text);

}  // namespace webserv::app
