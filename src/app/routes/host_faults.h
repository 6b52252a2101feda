// What is wrong on this host with files, folders and programs that the configuration names, for the user who asks.
// Looks and leaves nothing behind. Each reason is a whole sentence.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/schema/places.h"
#include "app/text/diagnostic.h"
#include "app/text/fault.h"

namespace webserv::app {

// Why the path is no folder that can be looked into, or that one has the other rights to (access(2)).
std::optional<Fault> fault_of_folder(const std::string& path, int rights = R_OK | X_OK);

// Why the path is no file that can be read, of at most so many bytes.
std::optional<Fault> fault_of_file(const std::string& path, uint64_t most_bytes = UINT64_MAX);

// Why the path is no program that can be run.
std::optional<Fault> fault_of_program(const std::string& path);

// Why programs cannot be given the file or folder: it is not there, or this user has not the rights to it (access(2)).
std::optional<Fault> fault_of_reach(const std::string& path, int rights);

// Adds to `findings` what is wrong with the folders of a key whose value is a list of them.
void check_folders(const std::vector<std::string>& folders, std::string_view key, const Places& places,
                   Findings& findings);

}  // namespace webserv::app
