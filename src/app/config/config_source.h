// Where the configuration comes from: a file, a folder that is to be served, or nothing.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "app/config/config.h"
#include "app/text/diagnostic.h"

namespace webserv::app {

// The configuration of the machine.
inline constexpr const char* system_config = "/etc/webserv/webserv.toml";

// The file that holds where none is named: webserv.toml in the first folder that has one of $CONFIGURATION_DIRECTORY
// (systemd.exec(5): separated by colons), else `system_file`, else nothing. `configuration_directory` is that
// variable's value, or null where it is not set. A file that is there but cannot be read counts: it is not passed over
// in silence.
std::optional<std::string> find_config(const char* configuration_directory, const char* system_file = system_config);

// The file that a user named, or else the one that holds by the environment and the machine.
std::optional<std::string> choose_config(const std::optional<std::string>& named);

// A configuration before it is read.
struct ConfigText {
  std::string file;    // for messages
  std::string folder;  // where relative paths start
  std::string text;
};

// The text of a file, or of the standard input, which "-" stands for. A relative path starts at the working directory,
// as paths in the standard input do.
std::expected<ConfigText, std::vector<Diagnostic>> read_text(const std::string& file);

// read_config() of a file, and check_sandboxes() on this host. A relative path starts at the working directory.
std::expected<Config, std::vector<Diagnostic>> load_config(const std::string& file);

// Serves a folder with listing at 127.0.0.1:8080, under every name.
Config directory_config(const std::string& folder);

// All defaults, a listener at 127.0.0.1:8080, and no virtual host: for the site that is compiled in.
Config default_config();

}  // namespace webserv::app
