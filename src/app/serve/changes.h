// What a reload changes, in words for the log.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "app/config/config.h"
#include "app/serve/listening.h"

namespace webserv::app {

// What is remembered of the configuration that is served, so that the next one can be compared with it.
struct Outline {
  Outline() = default;
  Outline(const Config& config, const Listening& listening);

  std::vector<std::string> hosts;                          // names, sorted
  std::vector<std::string> listeners;                      // "name (address)" of each socket, sorted
  std::map<std::string, std::vector<std::string>> unused;  // addresses of listeners whose sockets systemd owns
  unsigned workers = 0;                                    // as configured
};

// "hosts added: b.test; hosts removed: a.test; listeners added: admin (127.0.0.1:8081)". Long lists are cut and say how
// many more there are. Where nothing came or went: "the same hosts and listeners".
std::string changes(const Outline& before, const Outline& after);

// What a reload cannot change, each a sentence that says what to do. `workers` are running.
std::vector<std::string> needs_restart(const Outline& before, const Outline& after, unsigned workers);

}  // namespace webserv::app
