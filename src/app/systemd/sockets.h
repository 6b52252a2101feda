// Socket activation: the listening sockets that systemd hands over, and which listener each of them belongs to
// (sd_listen_fds(3), systemd.socket(5)).
#pragma once

#include <expected>
#include <span>
#include <string>
#include <vector>

#include "webserv/io/fd.h"
#include "webserv/io/listener.h"

namespace webserv::app {

// What is wrong, all of it, each one sentence that says what to do.
using SocketErrors = std::vector<std::string>;

struct PassedSocket {
  Fd fd;  // close-on-exec and non-blocking
  std::string
      name;  // FileDescriptorName= of its unit, or the unit's name where that is not set; "unknown" if nobody set one
};

// Takes what systemd passed to this very process, and removes the variables that said so from the environment: call it
// once, before there are threads. Nothing was passed: empty. One that is no listening stream socket, of whatever family
// and port, is an error; what was passed is then closed, which leaves systemd's own copies listening.
std::expected<std::vector<PassedSocket>, SocketErrors> passed_sockets();

// A listener as the configuration has it.
struct ListenerPlan {
  std::string name;
  std::vector<std::string> addresses;
};

// What a listener listens on: the sockets passed for it, else the addresses to bind.
struct ListenerSockets {
  std::string name;
  std::vector<size_t> passed;          // their places among those that were passed
  std::vector<std::string> addresses;  // empty if there are sockets
};

// Gives each socket, of which `passed` has the names, to the listener of its name; several may share one. A lone socket
// belongs to a lone listener whatever their names. A socket without a listener and a listener with neither sockets nor
// addresses are errors. The result has the listeners' order; that of the sockets does not matter, for systemd promises
// none.
std::expected<std::vector<ListenerSockets>, SocketErrors> match_sockets(std::span<const std::string> passed,
                                                                        std::span<const ListenerPlan> listeners);

// For a server that cannot start because its configuration is wrong: answers every client that waits with 503 and
// closes the connection. While one waits, systemd would start the server again as soon as it has ended, over and over.
void turn_away_clients(std::span<const Listener> sockets);

}  // namespace webserv::app
