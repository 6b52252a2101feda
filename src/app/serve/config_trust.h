// Whether the configuration may be believed: a program that the server runs as its own user must not be able to write
// another one, by which it would make the server do what the program itself may not.
#pragma once

#include <string>
#include <vector>

namespace webserv::app {

// How this process was started.
struct Surroundings {
  bool service = false;  // by a service manager, and not as root
};

// By the variables that systemd sets for the process of a unit (systemd.exec(5)). Ask before the environment is
// emptied.
Surroundings find_surroundings();

// The ways by which the user of this process can write the file, or put another one in its place: by the file, by what
// links to it, or by one of the folders on the way. Each is a sentence that says what to do. Owner, group and mode
// count also where the file system is mounted read-only; access lists as far as faccessat(2) tells.
std::vector<std::string> ways_to_write(const std::string& file);

}  // namespace webserv::app
