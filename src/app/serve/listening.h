// The sockets of the listeners: those that systemd passed, which are there as long as the program, and those that it
// opens itself, which come and go with the configuration.
#pragma once

#include <expected>
#include <span>
#include <vector>

#include "app/config/config.h"
#include "app/serve/refusal.h"
#include "webserv/io/address.h"
#include "webserv/io/listener.h"

namespace webserv::app {

struct Listening {
  // Opened by us, and for which address of the configuration.
  struct Own {
    Address address;
    Listener listener;
  };

  std::vector<Listener> listeners;  // all, in the order of the configuration
  std::vector<Own> own;             // those that we opened
};

// Finds each listener its sockets: those of `passed`, whose names are those that systemd gave them, else one for each
// address: that of `former` which has it, or a new one. Where an address cannot be had nothing has changed; what the
// result does not have of `former` ends with it.
std::expected<Listening, Refusal> listen_for(std::span<const ListenerConfig> listeners,
                                             std::span<const Listener> passed, const Listening& former);

}  // namespace webserv::app
