// What the program is to serve, and where: the configuration read and checked, the command line applied, the sockets
// open. A start and a reload make one alike; what they do with it differs.
#pragma once

#include <expected>
#include <optional>
#include <span>
#include <string>

#include "app/command/options.h"
#include "app/config/config.h"
#include "app/serve/listening.h"
#include "app/serve/refusal.h"

namespace webserv::app {

struct Plan {
  Config config;
  Listening listening;
};

// The file that the command line names, or else the one that is found where it has its place; nothing where there is
// none.
std::optional<std::string> config_file(const ServeOptions& options);

// The configuration with what the command line says instead: workers, and the addresses of the listeners it names. A
// listener that is not there is added; the default one stays only if it is named.
Config with_options(Config config, const ServeOptions& options);

// What the file must be like to be believed.
struct FileRules {
  bool out_of_reach = false;  // of the server's own user, where programs run as that user: see config_trust.h
  bool programs_run = false;  // some do already, whatever the file says
};

// `passed` and `former` as for listen_for(). Without a plan nothing has changed.
std::expected<Plan, Refusal> make_plan(const ServeOptions& options, const FileRules& rules,
                                       std::span<const Listener> passed, const Listening& former);

}  // namespace webserv::app
