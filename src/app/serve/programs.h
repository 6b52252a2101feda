// What starts the programs of routes.
#pragma once

#include <memory>
#include <string>

#include "webserv/process/spawner.h"

namespace webserv::app {

struct Programs {
  std::shared_ptr<detail::Spawner> spawner;
  std::string not_guaranteed;  // and why; empty: nothing
};

// Takes the cgroup that systemd has delegated, where there is one: this process moves into a group beneath it. Once in
// a process, and before it has threads. `threads` of them may start programs. Throws std::system_error.
Programs make_programs(unsigned threads);

}  // namespace webserv::app
