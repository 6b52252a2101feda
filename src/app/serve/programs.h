// What starts the programs of CGI routes, and what people should know of it.
#pragma once

#include <memory>
#include <string>

#include "app/config/config.h"
#include "webserv/base/log.h"
#include "webserv/process/process.h"

namespace webserv::app {

struct Programs {
  std::shared_ptr<Spawner> spawner;
  std::string missing;  // what is not guaranteed, and why; empty: nothing
};

// Takes the cgroup that systemd has delegated, where there is one: this process moves into a group beneath it. Once in
// a process, and before it has threads. `threads` of them may start programs. Throws std::system_error.
Programs make_programs(unsigned threads);

// Tells the log what is not guaranteed, and which programs cannot be run, where the configuration has programs at all.
void warn_of_programs(const Config& config, const Programs& programs, const Log& log);

}  // namespace webserv::app
