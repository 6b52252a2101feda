// What someone meant by an argument that the command line does not know: a typing error, or a habit of other servers.
// Both are pure, and say nothing ("") where they do not know.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace webserv::app {

// Of a word that stands where a command does, or a folder to serve.
std::string meant_by_word(std::string_view word);

// Of an argument that a command does not take. `options` are those that it has: "--config".
std::string meant_by_argument(std::string_view argument, std::span<const std::string> options);

}  // namespace webserv::app
